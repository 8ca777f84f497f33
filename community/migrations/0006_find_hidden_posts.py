from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0005_search_own_words")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("hidden_at__isnull", False)),
                fields=["thread", "number"],
                name="post_hidden",
            ),
        ),
    ]
