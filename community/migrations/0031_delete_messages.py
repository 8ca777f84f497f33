from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0030_find_replies")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its author deleted it; the words are gone.",
                null=True,
            ),
        ),
        # A large table is looked through in the next migration, without holding it.
        AddConstraintNotValid(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("deleted_at", None)) | models.Q(("body", ""), ("body_html", "")),
                name="message_deleted_is_empty",
            ),
        ),
    ]
