from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0031_delete_messages")]

    operations = [ValidateConstraint(model_name="message", name="message_deleted_is_empty")]
