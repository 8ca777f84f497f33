import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ONE_ITEM = (
    Q(("line", None), ("message", None), ("post__isnull", False))
    | Q(("line", None), ("message__isnull", False), ("post", None))
    | Q(("line__isnull", False), ("message", None), ("post", None))
)


def of_a_line(name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to="community.hostline",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0048_letters_in_hand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # Cases, decisions and lines are few: each of these steps is short.
    operations = [
        migrations.AddField("hostline", "hidden_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "hostline",
            "by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("case", "line", of_a_line("cases")),
        migrations.AddField("decision", "line", of_a_line("decisions")),
        migrations.RemoveConstraint("case", "case_of_one_item"),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=ONE_ITEM, name="case_of_one_item")
        ),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(
                condition=Q(("closed_at", None)), fields=("line",), name="one_open_case_per_line"
            ),
        ),
    ]
