from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0039_chat_notices")]

    operations = [
        AddIndexConcurrently(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("room__isnull", False)), fields=["room"], name="notice_of_room"
            ),
        ),
        AddIndexConcurrently(
            model_name="roomreading",
            index=models.Index(condition=models.Q(("level", "watching")), fields=["room"], name="room_watched"),
        ),
        # A unique constraint with a condition is an index; made so, nobody waits for it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="notice",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["chat", "direct"]), ("read_at", None)),
                        fields=("leader", "kind", "room"),
                        name="one_unread_notice_per_room",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_unread_notice_per_room "
                    "ON community_notice (leader_id, kind, room_id) "
                    "WHERE kind IN ('chat', 'direct') AND read_at IS NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS one_unread_notice_per_room",
                )
            ],
        ),
    ]
