"""The index that keeps memberships apart begins with the leader, as questions about rights do.

PostgreSQL takes it to find a leader's memberships, whatever the order of its columns, and then read the whole of it.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import DateRangeField
from django.db import migrations, models

BUILT = ExclusionConstraint(
    expressions=[
        ("leader", "="),
        ("cohort", "="),
        (
            models.Func(
                models.F("starts_on"),
                models.F("ends_on"),
                function="daterange",
                output_field=DateRangeField(),
            ),
            "&&",
        ),
    ],
    name="cohort_membership_once_at_a_time",
    violation_error_message="This leader is in the cohort at that time already.",
)


class Migration(migrations.Migration):
    dependencies = [("leaders", "0007_refused_addresses")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint("cohortmembership", "cohort_membership_once_at_a_time"),
        migrations.AddConstraint("cohortmembership", BUILT),
    ]
