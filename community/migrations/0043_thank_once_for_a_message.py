from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0042_thank_for_messages")]

    operations = [
        ValidateConstraint(model_name="thanks", name="thanks_for_one_item"),
        # A unique constraint with a condition is an index; made so, nobody waits for it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="thanks",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("message__isnull", False)),
                        fields=("message", "by"),
                        name="message_thanks_once",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS message_thanks_once "
                    "ON community_thanks (message_id, by_id) WHERE message_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS message_thanks_once",
                )
            ],
        ),
    ]
