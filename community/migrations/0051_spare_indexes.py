"""Indexes that say nothing beyond the beginning of another one, written with each post and each move."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

POST, READING = "community_post", "community_reading"
SPARED = [
    ("post", "author", POST, "community_post_author_id_a6c5f564", "author_id"),
    ("post", "space", POST, "community_post_space_id_dd313658", "space_id"),
    ("post", "thread", POST, "community_post_thread_id_67d7c63c", "thread_id"),
    ("post", "edited_by", POST, "community_post_edited_by_id_83ab3f93", "edited_by_id"),
    ("reading", "leader", READING, "community_reading_leader_id_75929392", "leader_id"),
    ("reading", "thread", READING, "community_reading_thread_id_7c77fa55", "thread_id"),
]


def _leader(on_delete, **options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete, db_index=False, **options)


FIELDS = {
    ("post", "author"): _leader(
        models.SET_NULL,
        null=True,
        related_name="posts",
        help_text="Absent when the post is anonymous or its author has left.",
    ),
    ("post", "edited_by"): _leader(models.SET_NULL, null=True, related_name="+"),
    ("post", "space"): models.ForeignKey(
        "community.space", models.PROTECT, db_index=False, related_name="posts"
    ),
    ("post", "thread"): models.ForeignKey(
        "community.thread", models.PROTECT, db_index=False, related_name="posts"
    ),
    ("reading", "leader"): _leader(models.CASCADE, related_name="readings"),
    ("reading", "thread"): models.ForeignKey(
        "community.thread", models.CASCADE, db_index=False, related_name="readings"
    ),
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0050_reports_of_well_done")]

    operations = [
        AddIndexConcurrently(
            "post",
            models.Index(
                fields=["edited_by"], condition=models.Q(edited_by__isnull=False), name="post_by_editor"
            ),
        ),
        # Concurrently, so that nobody who reads or writes waits for it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AlterField(*place, field) for place, field in FIELDS.items()],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
                    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} ({column})",
                )
                for _, _, table, index, column in SPARED
            ],
        ),
    ]
