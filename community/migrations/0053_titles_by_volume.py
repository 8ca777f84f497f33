import django.db.models.expressions
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0052_words_by_volume")]

    operations = [
        AddIndexConcurrently(
            "thread",
            GinIndex(
                models.F("search"),
                django.db.models.expressions.CombinedExpression(models.F("id"), ">>", models.Value(10)),
                name="thread_words",
            ),
        ),
        RemoveIndexConcurrently("thread", "thread_search"),
    ]
