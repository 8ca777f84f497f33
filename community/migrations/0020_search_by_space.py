from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    BtreeGinExtension,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0019_find_well_done")]

    operations = [
        BtreeGinExtension(),
        AddIndexConcurrently("post", GinIndex(fields=["space", "search"], name="post_search_by_space")),
        AddIndexConcurrently("post", models.Index(fields=["-created_at", "space"], name="post_latest")),
        RemoveIndexConcurrently("post", "post_search"),
    ]
