from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0018_well_done")]

    operations = [
        AddIndexConcurrently(
            model_name="notice",
            index=models.Index(
                fields=["well_done"],
                condition=models.Q(("well_done__isnull", False)),
                name="notice_of_well_done",
            ),
        ),
    ]
