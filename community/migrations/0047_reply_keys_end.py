from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0046_posts_by_e_mail")]

    operations = [
        migrations.AddField(
            model_name="replykey",
            name="ended_at",
            field=models.DateTimeField(
                help_text="When others came to read that space than the letter promised.", null=True
            ),
        ),
    ]
