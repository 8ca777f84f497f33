"""Groups of leaders curated by admins, and who belongs to them from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone


def today():
    """The service's own day, whoever asks: a membership ends for everybody at the same moment."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


class CohortQuerySet(models.QuerySet):
    def current(self):
        """Cohorts that have not ended."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=today()))

    def of(self, leader, day=None):
        """The cohorts that a leader belongs to today."""
        return self.filter(memberships__in=CohortMembership.objects.current(day).filter(leader=leader))


class Cohort(models.Model):
    """A group of leaders; it opens the spaces that are linked to it."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    purpose = models.TextField(blank=True)
    starts_on = models.DateField(default=today)
    ends_on = models.DateField(null=True, blank=True)
    leaders = models.ManyToManyField(
        "leaders.Leader",
        through="CohortMembership",
        through_fields=("cohort", "leader"),
        related_name="cohorts",
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_start",
                violation_error_message="A cohort cannot end before it starts.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def has_ended(self) -> bool:
        return self.ends_on is not None and self.ends_on <= today()


class CohortRole(models.TextChoices):
    MEMBER = "member", "Member"
    HOST = "host", "Host"
    MENTOR = "mentor", "Mentor"


class CohortMembershipQuerySet(models.QuerySet):
    def current(self, day=None):
        """Memberships that count today: begun and not ended, in a cohort that has not ended."""
        day = day or today()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gt=day),
            Q(cohort__ends_on=None) | Q(cohort__ends_on__gt=day),
            starts_on__lte=day,
        )


class CohortMembership(models.Model):
    """One leader's time in a cohort; it counts from the first day until, and not on, the last."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="memberships")
    leader = models.ForeignKey("leaders.Leader", models.CASCADE, related_name="cohort_memberships")
    role = models.CharField(max_length=10, choices=CohortRole, default=CohortRole.MEMBER)
    starts_on = models.DateField("from", default=today)
    ends_on = models.DateField(
        "to", null=True, blank=True, help_text="From this day on, it no longer counts."
    )
    reason = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        "leaders.Leader", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = CohortMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_membership_ends_after_start",
                violation_error_message="A membership cannot end before it starts.",
            ),
            ExclusionConstraint(
                name="cohort_membership_once_at_a_time",
                # The leader first: PostgreSQL takes this index to find a leader's memberships.
                expressions=[
                    ("leader", RangeOperators.EQUAL),
                    ("cohort", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="This leader is in the cohort at that time already.",
            ),
        ]

    def __str__(self):
        return f"{self.leader} in {self.cohort}"

    @property
    def is_current(self) -> bool:
        return self.starts_on <= today() and not self.has_ended

    @property
    def has_ended(self) -> bool:
        return self.ends_on is not None and self.ends_on <= today()
