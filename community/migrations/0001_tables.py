
import django.contrib.postgres.search
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.PositiveSmallIntegerField(help_text='1 is the gravest.')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, help_text='The sentence that the reporters are told.', max_length=300)),
            ],
            options={
                'ordering': ['priority', 'opened_at'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('hide', 'Hidden'), ('restore', 'Shown again'), ('close', 'Closed'), ('reopen', 'Opened again'), ('pin', 'Pinned'), ('unpin', 'Unpinned'), ('move', 'Moved'), ('suspend', 'Suspended'), ('lift', 'Suspension lifted'), ('dismiss', 'No action needed'), ('admit', 'Let in'), ('decline', 'Not let in')], max_length=10)),
                ('reason', models.TextField(max_length=1000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('detail', models.JSONField(default=dict, help_text='What else is needed to reverse it, such as where it stood.')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(help_text='A local day, such as 2026-11-22.', max_length=30)),
                ('state', models.CharField(choices=[('due', 'Due'), ('sending', 'Being sent'), ('sent', 'Sent'), ('deferred', 'To be tried again'), ('bounced', 'Refused by the server'), ('ambiguous', 'Unknown whether it was taken; not repeated'), ('skipped', 'Not sent')], default='due', max_length=10)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('message_key', models.UUIDField(default=uuid.uuid4, help_text='Stands in the Message-ID.', unique=True)),
                ('item_count', models.PositiveIntegerField(default=0)),
                ('note', models.CharField(blank=True, help_text='Why it was not sent, or what the server said.', max_length=300)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(blank=True, max_length=1000)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('accepted', models.BooleanField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['asked_at'],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('version', models.PositiveBigIntegerField()),
                ('alias', models.CharField(blank=True, max_length=40)),
                ('body', models.TextField()),
                ('body_html', models.TextField()),
                ('renderer', models.PositiveSmallIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('client_uuid', models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                'ordering': ['room', 'number'],
            },
        ),
        migrations.CreateModel(
            name='MessageRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['message', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reply', 'You watch this thread'), ('mention', 'You were mentioned'), ('thanks', 'Somebody thanked you'), ('moderation', 'A moderator decided something about your words'), ('report', 'You reported something'), ('membership', 'Your spaces changed')], max_length=12)),
                ('words', models.TextField(blank=True, help_text="A sentence for this leader, such as a moderator's reason.")),
                ('count', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('alias', models.CharField(blank=True, help_text='The name shown in place of an absent author.', max_length=40)),
                ('body', models.TextField()),
                ('body_html', models.TextField()),
                ('renderer', models.PositiveSmallIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('client_uuid', models.UUIDField(default=uuid.uuid4)),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('body', config='english'), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'ordering': ['thread', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_up_to', models.PositiveIntegerField(default=0)),
                ('mailed_up_to', models.PositiveIntegerField(default=0)),
                ('level', models.CharField(choices=[('watching', 'Watching: a notice for every reply'), ('normal', 'Normal: a notice when I am mentioned'), ('muted', 'Muted: nothing, and not in the digest')], default='normal', max_length=10)),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('risk', 'Somebody may be at risk'), ('confidential', 'It names or describes a patient'), ('harassment', 'Bullying or harassment'), ('discrimination', 'Discrimination'), ('unsafe', 'Unsafe or misleading advice'), ('spam', 'Advertising or spam'), ('other', 'Something else')], max_length=20)),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('at', models.DateTimeField(help_text='When this text was written.')),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['post', 'version'],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_number', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RoomReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_up_to', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('open', 'Open: every leader reads and writes'), ('restricted', 'Restricted: its page is visible, one asks to join'), ('private', 'Private: only the name is visible'), ('sealed', 'Sealed: unlisted, and nothing of it leaves')], default='restricted', max_length=10)),
                ('description', models.TextField(max_length=1000)),
                ('rules', models.TextField(blank=True, help_text='Markdown. What holds here beside the common rules.', verbose_name='house rules')),
                ('mail_rule', models.CharField(choices=[('everything', 'Titles and words'), ('title', 'The title only'), ('nothing', 'Nothing but “something new”')], default='title', max_length=10)),
                ('has_chat', models.BooleanField(default=True, verbose_name='has a chat room')),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('closed_at', models.DateTimeField(blank=True, help_text='From then on it can be read, not written in.', null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['order', 'name'],
            },
        ),
        migrations.CreateModel(
            name='SpaceMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'Member'), ('moderator', 'Moderator')], default='member', max_length=10)),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-starts_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TermsAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'thanks',
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('discussion', 'Discussion'), ('question', 'Question')], default='discussion', max_length=10)),
                ('title', models.CharField(max_length=150)),
                ('alias', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_number', models.PositiveIntegerField(default=0, help_text='The number last given to a post, contiguous.')),
                ('shown_count', models.PositiveIntegerField(default=0, help_text='Posts that are not hidden.')),
                ('last_post_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_pinned', models.BooleanField(default=False)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('title', config='english'), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'ordering': ['-is_pinned', '-last_post_at', '-pk'],
            },
        ),
    ]
