from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0021_split_and_merge")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its author took it back; the words are gone.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its author took the first post back.",
                null=True,
            ),
        ),
        # A large table is looked through in the next migration, without holding it.
        AddConstraintNotValid(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at", None))
                | models.Q(("body", ""), ("body_html", ""), ("hidden_at__isnull", False)),
                name="post_withdrawn_is_empty",
            ),
        ),
        AddConstraintNotValid(
            model_name="thread",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at", None))
                | models.Q(("hidden_at__isnull", False), ("title", "")),
                name="thread_withdrawn_is_hidden",
            ),
        ),
    ]
