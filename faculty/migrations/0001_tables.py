from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='FacultyMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('title', models.CharField(blank=True, help_text='For example: Dr.', max_length=20)),
                ('post', models.CharField(blank=True, max_length=200)),
                ('organisation', models.CharField(blank=True, max_length=160)),
                ('biography', models.TextField(blank=True)),
                ('expertise', models.CharField(blank=True, help_text='Separated by commas.', max_length=300)),
                ('photo', models.ImageField(blank=True, upload_to='faculty/')),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('is_published', models.BooleanField(default=True, verbose_name='published')),
            ],
            options={
                'verbose_name': 'faculty member',
                'verbose_name_plural': 'faculty directory',
                'ordering': ['order', 'name'],
            },
        ),
    ]
