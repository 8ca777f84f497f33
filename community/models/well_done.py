"""What one leader says of another's work, for that leader to show or to keep."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from community.models.posts import Post
from community.models.remarks import Remark
from community.models.threads import Thread
from leaders.models.account import may_come_in


class WellDoneQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Whoever said it sees it, whoever it was said to, and everybody where that leader shows it.

        What a moderator hid, and what is kept for a moderator alone, is seen by none of them.
        """
        if not may_come_in(leader):
            return self.none()
        unheard = Unheard.objects.filter(leader=OuterRef("to"), giver=OuterRef("by"))
        heard = ~Exists(unheard) & (Q(to=leader) | Q(is_shown=True))
        found = self.filter(Q(by=leader) | heard, by__is_active=True, to__is_active=True)
        return found.filter(hidden_at=None, removed_at=None)


class WellDone(Remark):
    """Kind words for a piece of work; never counted, never ranked."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="well_dones")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="well_dones_said")
    words = models.CharField(max_length=300)
    thread = models.ForeignKey(Thread, models.SET_NULL, null=True, related_name="+")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+")
    is_shown = models.BooleanField(default=False, help_text="Stands on the profile of whom it was said to.")
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When one of the two took away what had been reported."
    )

    space = None  # it is about people; this is what every item of a report is asked for

    objects = WellDoneQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["by", "client_uuid"], name="well_done_said_once"),
            models.CheckConstraint(condition=~Q(to=F("by")), name="well_done_to_another"),
        ]
        indexes = [
            models.Index(fields=["to", "-at"], name="well_done_to"),
            models.Index(fields=["by", "-at"], name="well_done_by"),
        ]

    def __str__(self):
        return f"{self.by} to {self.to}"

    def get_absolute_url(self) -> str:
        return self.to.get_absolute_url()

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None


class Unheard(models.Model):
    """A giver whose words a leader no longer wants to hear; that giver is not told."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unheard")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "giver"], name="unheard_once")]

    def __str__(self):
        return f"{self.leader} does not hear {self.giver}"
