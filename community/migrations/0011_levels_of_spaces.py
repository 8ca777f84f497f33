import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LEVELS = [
    ("watching", "Watching: a notice for every reply"),
    ("normal", "Normal: a notice when I am mentioned"),
    ("muted", "Muted: nothing, and not in the digest"),
]
KINDS = [
    ("reply", "You watch this thread"),
    ("thread", "You watch this space"),
    ("mention", "You were mentioned"),
    ("thanks", "Somebody thanked you"),
    ("answer", "Your reply answers a question"),
    ("moderation", "A moderator decided something about your words"),
    ("report", "You reported something"),
    ("membership", "Your spaces changed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0010_bookmarks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SpaceLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(choices=LEVELS, default="normal", max_length=10)),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="space_levels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="community.space"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["leader", "space"], name="space_level_once")],
                "indexes": [models.Index(fields=["space", "level"], name="space_level_by_space")],
            },
        ),
        migrations.AlterField(
            model_name="reading",
            name="level",
            field=models.CharField(
                blank=True,
                choices=LEVELS,
                help_text="Empty: as the space is followed.",
                max_length=10,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="set_back_at",
            field=models.DateTimeField(
                help_text="When the leader last marked posts as unread; what was seen before is void.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="notice", name="kind", field=models.CharField(choices=KINDS, max_length=12)
        ),
    ]
