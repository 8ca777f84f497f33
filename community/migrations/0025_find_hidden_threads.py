from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0024_sweeps")]

    operations = [
        AddIndexConcurrently(
            "thread",
            models.Index(fields=["id"], condition=models.Q(hidden_at__isnull=False), name="thread_hidden"),
        ),
    ]
