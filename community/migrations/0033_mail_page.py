from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0032_validate_deleting")]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[],
            options={
                "verbose_name": "e-mail",
                "verbose_name_plural": "mail",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("community.digest",),
        ),
        AddIndexConcurrently(
            "digest", models.Index(fields=["opened_at", "state"], name="digest_opened")
        ),
        AddIndexConcurrently(
            "letter", models.Index(fields=["opened_at", "state"], name="letter_opened")
        ),
    ]
