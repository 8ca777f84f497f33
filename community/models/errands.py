"""Work promised in a transaction and done after it, whatever happens to Redis or a worker."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from community.models import asking


class ErrandKind(models.TextChoices):
    ANNOUNCE_POST = "announce_post", "Tell those whom a post concerns"
    ANNOUNCE_MESSAGE = "announce_message", "Tell those whom a chat message concerns"
    TELL_THANKED = "tell_thanked", "Tell an author of a thank-you"
    TELL_ANSWERER = "tell_answerer", "Tell an author that their reply is the answer"
    TELL_PRAISED = "tell_praised", "Tell a leader that somebody said well done"
    TELL_AUTHOR = "tell_author", "Tell an author of a moderator's decision"
    TELL_MODERATORS = "tell_moderators", "Tell the moderators of a space of a new case"
    TELL_CARRIED_ON = "tell_carried_on", "Tell the authors of chat messages that a thread carries on"
    TELL_CARRIED = "tell_carried", "Tell the authors of posts that went to another thread"
    TELL_REPORTERS = "tell_reporters", "Tell the reporters of a case its outcome"
    TELL_MEMBER = "tell_member", "Tell a leader of the answer to a request to join"
    TELL_FOLLOWERS = "tell_followers", "Tell those who watch a space of a session"


class Errand(models.Model):
    """One promise: a kind, and the row that it is about. Deleted when done."""

    kind = models.CharField(max_length=20, choices=ErrandKind)
    target = models.BigIntegerField(
        help_text="The primary key of the post, thanks, decision, case, request or session."
    )
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["due_at"], name="errand_due")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.target}"


PROMISING = "INSERT INTO community_errand (kind, target, due_at, attempts, error)"
_PROMISE = asking.Statement(f"{PROMISING} VALUES (%s, %s, %s, 0, '') RETURNING id")


def promise(kind: ErrandKind, target: int, due_at: datetime) -> None:
    """Write down an errand in this transaction; every message and every edit brings one."""
    _PROMISE.row(kind, target, due_at)
