from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0035_hosted_sessions")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["room", "created_at"], name="message_by_day"),
        ),
    ]
