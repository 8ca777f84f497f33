from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression

VOLUME = CombinedExpression(models.F("id"), ">>", models.Value(13))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0057_read_by_visiting")]

    operations = [
        AddIndexConcurrently(
            "post",
            GinIndex(
                models.F("space"),
                models.F("search"),
                models.Func(
                    VOLUME,
                    CombinedExpression(
                        CombinedExpression(models.F("space"), "<<", models.Value(40)), "|", VOLUME
                    ),
                    function="ARRAY",
                    output_field=ArrayField(base_field=models.BigIntegerField(), size=None),
                    template="%(function)s[%(expressions)s]",
                ),
                name="post_words_by_volume",
                gin_pending_list_limit=512,
            ),
        ),
        RemoveIndexConcurrently("post", "post_words"),
    ]
