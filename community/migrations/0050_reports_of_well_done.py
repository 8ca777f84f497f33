import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ONE_ITEM = (
    Q(("line", None), ("message", None), ("post__isnull", False), ("well_done", None))
    | Q(("line", None), ("message__isnull", False), ("post", None), ("well_done", None))
    | Q(("line__isnull", False), ("message", None), ("post", None), ("well_done", None))
    | Q(("line", None), ("message", None), ("post", None), ("well_done__isnull", False))
)
OF_PEOPLE = (
    Q(("space__isnull", False))
    | Q(("well_done__isnull", False))
    | Q(("message__isnull", False), ("shown_from__isnull", False), ("shown_to__isnull", False))
)


def of_a_well_done(name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to="community.welldone",
    )


class Migration(migrations.Migration):
    dependencies = [("community", "0049_reports_of_lines")]

    # Cases, decisions and kind words are few: each of these steps is short.
    operations = [
        migrations.AddField("welldone", "hidden_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "welldone",
            "removed_at",
            models.DateTimeField(
                blank=True,
                help_text="When one of the two took away what had been reported.",
                null=True,
            ),
        ),
        migrations.AddField("case", "well_done", of_a_well_done("cases")),
        migrations.AddField("decision", "well_done", of_a_well_done("decisions")),
        migrations.AlterField(
            "case",
            "space",
            models.ForeignKey(
                help_text="Empty: it is of a conversation, or a “well done”.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="community.space",
            ),
        ),
        migrations.RemoveConstraint("case", "case_of_one_item"),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=ONE_ITEM, name="case_of_one_item")
        ),
        migrations.RemoveConstraint("case", "case_of_a_space_or_a_conversation"),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=OF_PEOPLE, name="case_of_a_space_or_of_people")
        ),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(
                condition=Q(("closed_at", None)),
                fields=("well_done",),
                name="one_open_case_per_well_done",
            ),
        ),
    ]
