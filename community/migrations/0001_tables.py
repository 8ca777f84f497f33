import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('leaders', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_number', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('announce_post', 'Tell those whom a post concerns'), ('tell_thanked', 'Tell an author of a thank-you'), ('tell_author', "Tell an author of a moderator's decision"), ('tell_reporters', 'Tell the reporters of a case its outcome'), ('tell_member', 'Tell a leader of the answer to a request to join')], max_length=20)),
                ('target', models.BigIntegerField(help_text='The primary key of the post, thanks, decision, case or request.')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(fields=['due_at'], name='errand_due')],
            },
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
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='community.room')),
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
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='community.message')),
            ],
            options={
                'ordering': ['message', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RoomReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_up_to', models.PositiveIntegerField(default=0)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='room_readings', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='community.room')),
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
                ('cohorts', models.ManyToManyField(blank=True, help_text='Their current members belong to this space.', related_name='spaces', to='leaders.cohort')),
            ],
            options={
                'ordering': ['order', 'name'],
            },
        ),
        migrations.AddField(
            model_name='room',
            name='space',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='room', to='community.space'),
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
                ('author', models.ForeignKey(help_text='Absent when the post is anonymous or its author has left.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='posts', to=settings.AUTH_USER_MODEL)),
                ('edited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='community.space')),
            ],
            options={
                'ordering': ['thread', 'number'],
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
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='community.space')),
            ],
            options={
                'ordering': ['asked_at'],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.PositiveSmallIntegerField(help_text='1 is the gravest.')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, help_text='The sentence that the reporters are told.', max_length=300)),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='community.message')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='community.post')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='community.space')),
            ],
            options={
                'ordering': ['priority', 'opened_at'],
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
                ('added_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='space_memberships', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='community.space')),
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
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms_accepted', to='community.space')),
            ],
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thanks_given', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thanks', to='community.post')),
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
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='threads', to=settings.AUTH_USER_MODEL)),
                ('last_post', models.ForeignKey(help_text='The last post that is not hidden.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='community.post')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='community.space')),
            ],
            options={
                'ordering': ['-is_pinned', '-last_post_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_up_to', models.PositiveIntegerField(default=0)),
                ('mailed_up_to', models.PositiveIntegerField(default=0)),
                ('level', models.CharField(choices=[('watching', 'Watching: a notice for every reply'), ('normal', 'Normal: a notice when I am mentioned'), ('muted', 'Muted: nothing, and not in the digest')], default='normal', max_length=10)),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='community.thread')),
            ],
        ),
        migrations.AddField(
            model_name='post',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='community.thread'),
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
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='community.message')),
                ('post', models.ForeignKey(help_text='The latest one.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='community.post')),
                ('space', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='community.space')),
                ('thread', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='community.thread')),
            ],
            options={
                'ordering': ['-at', '-pk'],
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
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.case')),
                ('leader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.message')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.post')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.space')),
                ('thread', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='community.thread')),
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
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['due', 'deferred', 'sending'])), fields=['due_at'], name='digest_due')],
                'constraints': [models.UniqueConstraint(fields=('leader', 'period'), name='one_digest_per_leader_and_period')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='community.post')),
            ],
            options={
                'indexes': [models.Index(fields=['leader', '-at'], name='mention_of_leader')],
                'constraints': [models.UniqueConstraint(fields=('post', 'leader'), name='mention_once')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='community.post')),
                ('quoted', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quoted_by', to='community.post')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('post', 'quoted'), name='quote_once')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('risk', 'Somebody may be at risk'), ('confidential', 'It names or describes a patient'), ('harassment', 'Bullying or harassment'), ('discrimination', 'Discrimination'), ('unsafe', 'Unsafe or misleading advice'), ('spam', 'Advertising or spam'), ('other', 'Something else')], max_length=20)),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='community.case')),
            ],
            options={
                'ordering': ['at'],
                'constraints': [models.UniqueConstraint(fields=('case', 'by'), name='one_report_per_member_and_case')],
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
                ('editor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='community.post')),
            ],
            options={
                'ordering': ['post', 'version'],
                'constraints': [models.UniqueConstraint(fields=('post', 'version'), name='revision_version_unique')],
            },
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('room', 'number'), name='message_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('room', 'version'), name='message_version_unique'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('author', 'client_uuid'), name='message_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='roomreading',
            constraint=models.UniqueConstraint(fields=('leader', 'room'), name='room_reading_once'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sealed'), _negated=True), ('mail_rule', 'nothing'), _connector='OR'), name='sealed_space_mails_nothing', violation_error_message='Nothing of a sealed space may leave by e-mail.'),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('space', 'leader'), name='join_request_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['priority', 'opened_at'], name='case_queue'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('message', None), ('post__isnull', False)), models.Q(('message__isnull', False), ('post', None)), _connector='OR'), name='case_of_one_item'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('post',), name='one_open_case_per_post'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('message',), name='one_open_case_per_message'),
        ),
        migrations.AddConstraint(
            model_name='spacemembership',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('space', 'leader'), name='space_membership_once_at_a_time', violation_error_message='This leader is in the space already.'),
        ),
        migrations.AddConstraint(
            model_name='spacemembership',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='space_membership_ends_after_start', violation_error_message='A membership cannot end before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='termsacceptance',
            constraint=models.UniqueConstraint(fields=('space', 'leader'), name='terms_accepted_once'),
        ),
        migrations.AddConstraint(
            model_name='thanks',
            constraint=models.UniqueConstraint(fields=('post', 'by'), name='thanks_once'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['space', '-is_pinned', '-last_post_at', '-id'], name='thread_list'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['-last_post_at'], name='thread_latest'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='thread_search'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=django.contrib.postgres.indexes.GinIndex(fields=['title'], name='thread_title_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['thread', 'level'], name='reading_by_thread'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('leader', 'thread'), name='reading_once'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='post_search'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['author', '-created_at'], name='post_by_author'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['space', '-created_at'], name='post_by_space'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('thread', 'number'), name='post_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('author', 'client_uuid'), name='post_sent_once'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['leader', '-at'], name='notice_list'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['leader'], name='notice_unread'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'reply'), ('read_at', None)), fields=('leader', 'kind', 'thread'), name='one_unread_reply_notice_per_thread'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='decision_has_a_reason'),
        ),
    ]
