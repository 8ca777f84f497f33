"""A line that the host of a space writes for a week: on its page, and in digests."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from community.models import asking
from community.models.memberships import SpaceMembership, SpaceRole
from community.models.remarks import Remark
from community.models.spaces import Space, SpaceKind, spaces_read_by
from leaders.models import Leader

A_WEEK = timedelta(days=7)


class HostLineQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """The lines that hold now in the spaces that a leader may read."""
        return self.current().filter(space__in=spaces_read_by(leader))

    def current(self):
        """Those of this week that nobody took away, by those who still moderate there."""
        now = asking.moment()
        since = asking.SINCE if asking.is_building() else now - A_WEEK
        roles = SpaceMembership.objects.current(now).filter(
            space=OuterRef("space"), leader=OuterRef("by"), role=SpaceRole.MODERATOR
        )
        hosts = Leader.objects.active(now).filter(is_faculty=True)
        held = self.filter(Exists(roles), by__in=hosts, ended_at=None, hidden_at=None, at__gt=since)
        return held.exclude(space__kind=SpaceKind.SEALED)


class HostLine(Remark):
    """One sentence of one moderator; the next one takes its place."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="host_lines")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    words = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = HostLineQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space"], condition=models.Q(ended_at=None), name="one_host_line_per_space"
            ),
            models.UniqueConstraint(fields=["by", "client_uuid"], name="host_line_said_once"),
        ]

    def __str__(self):
        return f"{self.by} in {self.space}"

    def get_absolute_url(self) -> str:
        return self.space.get_absolute_url()
