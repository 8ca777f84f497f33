from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0045_kinds_of_notices")]

    operations = [
        # With a default of the database's own: no row is written again.
        migrations.AddField(
            model_name="post",
            name="by_mail",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether it came as a reply by e-mail.",
            ),
        ),
    ]
