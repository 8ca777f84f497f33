"""Hosted sessions: rooms of a space that open and close by the clock."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community.models.rooms import Room
from community.models.spaces import spaces_read_by

OPENS_BEFORE = timedelta(minutes=10)
LONGEST = timedelta(hours=8)


class SessionQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """The sessions of the spaces a leader may read."""
        return self.filter(room__space__in=spaces_read_by(leader))

    def coming(self, now=None):
        """Those that are on or still to come, the next first."""
        return self.filter(ends_at__gt=now or timezone.now(), cancelled_at=None).order_by("starts_at", "pk")

    def past(self, now=None):
        """Those that are over, the latest first."""
        return self.filter(ends_at__lte=now or timezone.now(), cancelled_at=None).order_by(
            "-starts_at", "-pk"
        )


class Session(models.Model):
    """When a room of a space is open, and who hosts it; only its times open and close it."""

    room = models.OneToOneField(Room, models.PROTECT, primary_key=True, related_name="session")
    title = models.CharField(max_length=120)
    about = models.TextField(max_length=1000, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Stands in the calendar file.")
    sequence = models.PositiveIntegerField(default=0, help_text="Counts its changes, for calendars.")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    client_uuid = models.UUIDField(default=uuid.uuid4)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.UniqueConstraint(fields=["planned_by", "client_uuid"], name="session_planned_once"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="session_by_end")]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return self.room.get_absolute_url()

    @staticmethod
    def cause_in_notices(pk: int) -> str:
        """How the causes of notices begin that tell of a session."""
        return f"session:{pk}:"

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - OPENS_BEFORE

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether one may speak there now."""
        return not self.is_cancelled and self.opens_at <= timezone.now() < self.ends_at
