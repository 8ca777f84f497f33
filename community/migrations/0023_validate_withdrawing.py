from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("community", "0022_withdrawing")]

    operations = [
        ValidateConstraint(model_name="post", name="post_withdrawn_is_empty"),
        ValidateConstraint(model_name="thread", name="thread_withdrawn_is_hidden"),
    ]
