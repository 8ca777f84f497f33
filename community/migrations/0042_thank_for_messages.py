import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0041_carry_on")]

    operations = [
        migrations.AlterField(
            model_name="thanks",
            name="post",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="thanks",
                to="community.post",
            ),
        ),
        migrations.AddField(
            model_name="thanks",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="thanks",
                to="community.message",
            ),
        ),
        # The table is looked through in the next migration, without holding it.
        AddConstraintNotValid(
            model_name="thanks",
            constraint=models.CheckConstraint(
                condition=models.Q(("message", None), ("post__isnull", False))
                | models.Q(("message__isnull", False), ("post", None)),
                name="thanks_for_one_item",
            ),
        ),
    ]
