from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models

QUOTE = r"(?:^|\n)[ >]*>[ ]*/posts/([0-9]+)/[^\n]*(?:\n[ ]*>[^\n]*)*"
OWN_WORDS = models.Func(
    models.F("body"),
    models.Value(QUOTE),
    models.Value(""),
    models.Value("g"),
    function="regexp_replace",
    output_field=models.TextField(),
)

class Migration(migrations.Migration):
    dependencies = [("community", "0004_digest_claims")]

    operations = [
        migrations.RemoveIndex(model_name="post", name="post_search"),
        migrations.RemoveField(model_name="post", name="search"),
        migrations.AddField(
            model_name="post",
            name="search",
            field=models.GeneratedField(
                expression=SearchVector(OWN_WORDS, config="english"),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(model_name="post", index=GinIndex(fields=["search"], name="post_search")),
    ]
