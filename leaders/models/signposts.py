"""Where somebody in need finds help: kept by admins, shown on every page."""

from datetime import date, timedelta

from django.db import models
from django.utils import timezone


def in_half_a_year() -> date:
    return timezone.localdate() + timedelta(days=182)


class SignpostQuerySet(models.QuerySet):
    def stale(self):
        """Signposts whose day of review has passed."""
        return self.filter(review_by__lt=timezone.localdate())


class Signpost(models.Model):
    """One way to help: a name, whom it is for, how and when it is reached."""

    name = models.CharField(max_length=120, unique=True)
    who_for = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    link = models.URLField(blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    checked_on = models.DateField(default=timezone.localdate)
    review_by = models.DateField(default=in_half_a_year)

    objects = SignpostQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    @property
    def is_stale(self) -> bool:
        return self.review_by < timezone.localdate()
