from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists show no hidden threads: an index without them counts a space, another finds the unanswered."""

    atomic = False

    dependencies = [("community", "0043_thank_once_for_a_message")]

    operations = [
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["space", "-is_pinned", "-last_post_at", "-id"],
                condition=models.Q(hidden_at=None, merged_into=None),
                name="thread_list_shown",
            ),
        ),
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(shown_count=1, closed_at=None, hidden_at=None, merged_into=None),
                name="thread_unanswered",
            ),
        ),
        RemoveIndexConcurrently("thread", "thread_list"),
    ]
