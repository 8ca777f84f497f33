from django.db import migrations, models


class Migration(migrations.Migration):
    """Unlogged: after a crash of PostgreSQL it is empty, and then nothing counts as still in hand."""

    dependencies = [("community", "0047_reply_keys_end")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="InHand",
                    fields=[("message_key", models.UUIDField(primary_key=True, serialize=False))],
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNLOGGED TABLE community_inhand (message_key uuid PRIMARY KEY)",
                    "DROP TABLE community_inhand",
                )
            ],
        )
    ]
