from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("leaders", "0009_quiet_hours_and_slower_digests")]

    operations = [
        AddIndexConcurrently(
            model_name="leader",
            index=models.Index(
                condition=models.Q(("is_active", True), ("joined_at__isnull", False)),
                fields=["sort_name", "id"],
                name="leader_directory",
            ),
        ),
    ]
