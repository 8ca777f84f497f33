"""What comes in by e-mail: the keys under which one may reply, and messages on their way into a thread."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models.letters import Letter
from community.models.posts import Post
from community.models.spaces import Space
from community.models.threads import Thread


class ReplyKey(models.Model):
    """The right of one leader to reply to one letter by e-mail, as long as what it promised holds."""

    digest = models.CharField(
        max_length=64, unique=True, help_text="Of the key, which stands in the letter alone."
    )
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="reply_keys")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    space = models.ForeignKey(
        Space,
        models.CASCADE,
        related_name="+",
        help_text="Whose readers the letter named; a thread may move on.",
    )
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, help_text="When others came to read that space than the letter promised."
    )

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="reply_key_expiry")]

    def __str__(self):
        return f"Reply by {self.leader} until {self.expires_at:%-d %B %Y}"

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class InboundState(models.TextChoices):
    WAITING = "waiting", "To be read"
    POSTED = "posted", "Posted"
    REFUSED = "refused", "Not posted; its sender is told why"
    DROPPED = "dropped", "Not posted; nobody is told"
    FAILED = "failed", "Given up after many tries"


class InboundReason(models.TextChoices):
    """Why a message did not become a post."""

    KEY = "key", "The address is not known"
    EXPIRED = "expired", "The letter is too old"
    SENDER = "sender", "It came from another address"
    UNPROVEN = "unproven", "Nobody vouches for its sender"
    MACHINE = "machine", "A machine sent it"
    REPEATED = "repeated", "It had come before"
    UNREADABLE = "unreadable", "It could not be read"
    RIGHT = "right", "One may not reply there any more"
    EMPTY = "empty", "It had no words of its own"
    LONG = "long", "It was too long"
    UNFIT = "unfit", "Its words cannot stand as they are"
    OFTEN = "often", "Too many came"


class InboundMail(models.Model):
    """One message: a promise until it is read, then a line in the ledger without a word of it."""

    key = models.ForeignKey(ReplyKey, models.SET_NULL, null=True, related_name="+")
    raw = models.BinaryField(null=True, help_text="The message; gone as soon as it has been dealt with.")
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=InboundState, default=InboundState.WAITING)
    reason = models.CharField(max_length=12, choices=InboundReason, blank=True)
    message = models.CharField(max_length=64, null=True, help_text="A digest of its Message-ID.")
    sender = models.CharField(max_length=64, blank=True, help_text="A keyed digest of its sender's address.")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, db_index=False, related_name="+")
    owes_answer = models.BooleanField(default=False)
    answer = models.TextField(blank=True, help_text="What its sender is told; gone once that was sent.")
    answer_to = models.CharField(max_length=260, blank=True)
    answer_id = models.CharField(max_length=260, blank=True, help_text="The Message-ID that is answered.")
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = "reply by e-mail"
        verbose_name_plural = "replies by e-mail"
        constraints = [models.UniqueConstraint(fields=["key", "message"], name="inbound_message_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting") | Q(owes_answer=True), name="inbound_due"
            ),
            models.Index(fields=["sender", "-answered_at"], name="inbound_by_sender"),
            models.Index(fields=["received_at"], name="inbound_received"),
            models.Index(fields=["post"], condition=Q(post__isnull=False), name="inbound_of_post"),
        ]

    def __str__(self):
        return f"Message of {self.received_at:%-d %B %Y, %H:%M}"
