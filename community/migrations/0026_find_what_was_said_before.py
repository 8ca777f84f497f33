from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0025_find_hidden_threads")]

    operations = [
        AddIndexConcurrently(
            "post",
            models.Index(fields=["thread", "created_at"], name="post_by_thread_and_time"),
        ),
    ]
