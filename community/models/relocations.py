"""Many posts on their way to another thread."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from community.models.posts import Post
from community.models.spaces import Space, spaces_moderated_by
from community.models.threads import Thread

STUCK_AFTER = timedelta(hours=1)
# What a database that is busy, was restarted or cannot be reached raises.
PASSING = ("OperationalError", "InterfaceError")


class RelocationQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Those in spaces that a leader moderates, from where and to where."""
        moderated = spaces_moderated_by(leader)
        return self.filter(thread__space__in=moderated, to__space__in=moderated)

    def going(self):
        """Those on their way, the oldest first."""
        return self.filter(ended_at=None).order_by("begun_at", "pk")

    def due(self):
        """Those on their way of which a batch can be carried now, the oldest first."""
        return self.going().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")

    def stuck(self):
        """Those on their way of which nothing has gone for an hour."""
        return self.going().filter(moved_at__lt=timezone.now() - STUCK_AFTER)


class Relocation(models.Model):
    """A split, merge or move of more posts than one request should carry; a worker holds it for each batch.

    A thread that moves to another space is there at once, and is both ends of the way: its posts follow it.
    """

    verb = models.CharField(max_length=20, help_text="Of the decision: split, merge or move.")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="relocations")
    to = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    source = models.ForeignKey(
        Space, models.PROTECT, null=True, related_name="+", help_text="The space that a moved thread left."
    )
    start = models.PositiveIntegerField(
        default=1,
        help_text="The number from which on posts leave; of a moved thread, from which on they came.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    total = models.PositiveIntegerField(default=0)
    carried = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(
        default=timezone.now, db_default=Now(), help_text="When the last of them went."
    )
    ended_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who let the rest stay where it was.",
    )
    attempts = models.PositiveSmallIntegerField(default=0, help_text="That failed one after the other.")
    error = models.CharField(max_length=300, blank=True)

    objects = RelocationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="relocation_due")]

    def __str__(self):
        return f"{self.carried} of {self.total} posts from thread {self.thread_id} to {self.to_id}"

    @property
    def is_of_thread(self) -> bool:
        """Whether a whole thread goes to another space."""
        return self.verb == "move"

    @property
    def leaving(self) -> models.QuerySet[Post]:
        """The posts that have not left yet."""
        if self.is_of_thread:
            behind = Post.objects.filter(thread=self.thread_id, number__lt=self.start)
            return behind.exclude(space=self.thread.space_id)
        return Post.objects.filter(thread=self.thread_id, number__gte=self.start)

    @property
    def trouble(self) -> str:
        """What went wrong the last time, in words; nothing, if it goes on."""
        if not self.attempts:
            return ""
        if self.error in PASSING:
            return "The database did not answer in time, or was restarted."
        return (
            f"Something went wrong that nobody expected ({self.error}). "
            "If it stays so, please tell whoever runs this service."
        )
