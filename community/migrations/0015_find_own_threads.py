from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0014_tell_moderators")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(fields=["author", "thread"], name="post_by_author_and_thread"),
        ),
    ]
