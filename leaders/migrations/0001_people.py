import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import leaders.models.account
import leaders.models.mail
import leaders.models.signposts
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('purpose', models.TextField(blank=True)),
                ('starts_on', models.DateField(default=django.utils.timezone.localdate)),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-starts_on', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Collaborative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, unique=True)),
                ('region', models.CharField(choices=[('east', 'East of England'), ('london', 'London'), ('midlands', 'Midlands'), ('north_east_yorkshire', 'North East and Yorkshire'), ('north_west', 'North West'), ('south_east', 'South East'), ('south_west', 'South West'), ('scotland', 'Scotland'), ('wales', 'Wales'), ('northern_ireland', 'Northern Ireland'), ('elsewhere', 'Elsewhere')], max_length=30)),
                ('is_vanguard', models.BooleanField(default=False, verbose_name='vanguard site')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='HouseRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(unique=True)),
                ('text', models.TextField(help_text='Markdown.')),
                ('in_force_from', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'house rules',
                'verbose_name_plural': 'house rules',
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='Signpost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('who_for', models.CharField(max_length=200)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('hours', models.CharField(blank=True, max_length=120)),
                ('link', models.URLField(blank=True)),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('checked_on', models.DateField(default=django.utils.timezone.localdate)),
                ('review_by', models.DateField(default=leaders.models.signposts.in_half_a_year)),
            ],
            options={
                'ordering': ['order', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Leader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(error_messages={'unique': 'Somebody with this e-mail address is here already.'}, max_length=254, unique=True, verbose_name='e-mail address')),
                ('handle', models.CharField(help_text='The short name in addresses and mentions. It lasts.', max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(-[a-z0-9]+)*$', 'Use small letters, digits and hyphens.')])),
                ('name', models.CharField(blank=True, max_length=120)),
                ('sort_name', models.CharField(blank=True, editable=False, max_length=120)),
                ('stage', models.CharField(blank=True, choices=[('current', 'Current leader'), ('emergent', 'Emergent leader'), ('future', 'Future leader')], max_length=10)),
                ('role', models.CharField(blank=True, help_text='For example: lead for partnerships.', max_length=120)),
                ('profession', models.CharField(blank=True, choices=[('gp', 'GP'), ('nurse', 'Nurse or nursing associate'), ('pharmacist', 'Pharmacist or pharmacy technician'), ('manager', 'Practice or service manager'), ('paramedic', 'Paramedic'), ('physiotherapist', 'Physiotherapist'), ('physician_associate', 'Physician associate'), ('occupational_therapist', 'Occupational therapist'), ('dietitian', 'Dietitian'), ('podiatrist', 'Podiatrist'), ('midwife', 'Midwife'), ('health_visitor', 'Health visitor'), ('mental_health', 'Mental health practitioner'), ('social_prescriber', 'Social prescriber, care co-ordinator or health coach'), ('social_worker', 'Social worker'), ('dental', 'Dental professional'), ('optometrist', 'Optometrist'), ('audiologist', 'Audiologist'), ('healthcare_assistant', 'Healthcare assistant'), ('administration', 'Receptionist or administrator'), ('public_health', 'Public health professional'), ('lay', 'Patient or lay leader'), ('other', 'Another profession')], max_length=30)),
                ('organisation_name', models.CharField(blank=True, help_text='As typed on joining, until an admin links an organisation.', max_length=160)),
                ('ask_me_about', models.TextField(blank=True, max_length=600)),
                ('working_on', models.TextField(blank=True, max_length=600)),
                ('photo', models.ImageField(blank=True, upload_to=leaders.models.account.photo_path)),
                ('visibility', models.JSONField(blank=True, default=leaders.models.account.shown_by_default)),
                ('shows_presence', models.BooleanField(default=True, help_text='Others in a chat room see that I am there.')),
                ('time_zone', models.CharField(default='Europe/London', max_length=64, validators=[leaders.models.account.validate_time_zone])),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('joined_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('suspended_until', models.DateTimeField(blank=True, null=True)),
                ('suspension_reason', models.TextField(blank=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('is_faculty', models.BooleanField(default=False, help_text='May moderate and host spaces.', verbose_name='is faculty')),
                ('is_staff', models.BooleanField(default=False, help_text='May use these administration pages.', verbose_name='is an admin')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'ordering': ['sort_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CohortMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'Member'), ('host', 'Host'), ('mentor', 'Mentor')], default='member', max_length=10)),
                ('starts_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                ('ends_on', models.DateField(blank=True, help_text='From this day on, it no longer counts.', null=True, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('added_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='leaders.cohort')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cohort_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_on', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='cohort',
            name='leaders',
            field=models.ManyToManyField(related_name='cohorts', through='leaders.CohortMembership', through_fields=('cohort', 'leader'), to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(default='digest', max_length=20)),
                ('choice', models.CharField(max_length=20)),
                ('text_version', models.CharField(max_length=20)),
                ('source', models.CharField(max_length=30)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='HouseRulesAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules_accepted', to=settings.AUTH_USER_MODEL)),
                ('rules', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='leaders.houserules')),
            ],
        ),
        migrations.CreateModel(
            name='MailPreferences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(choices=[('off', 'Never'), ('daily', 'Every day'), ('weekly', 'Once a week')], default='off', max_length=10)),
                ('digest_weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=3)),
                ('digest_hour', models.PositiveSmallIntegerField(default=7, help_text="In the leader's own time zone, 0 to 23.", validators=[django.core.validators.MaxValueValidator(23)])),
                ('key', models.CharField(default=leaders.models.mail.new_key, editable=False, max_length=40, unique=True)),
                ('leader', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'mail preferences',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, unique=True)),
                ('region', models.CharField(choices=[('east', 'East of England'), ('london', 'London'), ('midlands', 'Midlands'), ('north_east_yorkshire', 'North East and Yorkshire'), ('north_west', 'North West'), ('south_east', 'South East'), ('south_west', 'South West'), ('scotland', 'Scotland'), ('wales', 'Wales'), ('northern_ireland', 'Northern Ireland'), ('elsewhere', 'Elsewhere')], max_length=30)),
                ('collaborative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='organisations', to='leaders.collaborative')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='leader',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leaders', to='leaders.organisation'),
        ),
        migrations.CreateModel(
            name='StageRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('current', 'Current leader'), ('emergent', 'Emergent leader'), ('future', 'Future leader')], max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('evidence', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_records', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='cohortmembership',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='cohort_membership_ends_after_start', violation_error_message='A membership cannot end before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='cohortmembership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('cohort', '='), ('leader', '='), (models.Func(models.F('starts_on'), models.F('ends_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='cohort_membership_once_at_a_time', violation_error_message='This leader is in the cohort at that time already.'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='cohort_ends_after_start', violation_error_message='A cohort cannot end before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='houserulesacceptance',
            constraint=models.UniqueConstraint(fields=('rules', 'leader'), name='house_rules_accepted_once'),
        ),
        migrations.AddIndex(
            model_name='leader',
            index=models.Index(fields=['sort_name', 'id'], name='leader_sort'),
        ),
        migrations.AddIndex(
            model_name='leader',
            index=django.contrib.postgres.indexes.GinIndex(fields=['sort_name'], name='leader_name_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='leader',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='leader_email_small_letters'),
        ),
        migrations.AddIndex(
            model_name='stagerecord',
            index=models.Index(fields=['leader', '-at'], name='stage_by_leader'),
        ),
    ]
