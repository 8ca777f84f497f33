import django.db.models.expressions
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0051_spare_indexes")]

    operations = [
        AddIndexConcurrently(
            "post",
            GinIndex(
                models.F("space"),
                models.F("search"),
                django.db.models.expressions.CombinedExpression(models.F("id"), ">>", models.Value(13)),
                name="post_words",
                gin_pending_list_limit=512,
            ),
        ),
        RemoveIndexConcurrently("post", "post_search_by_space"),
    ]
