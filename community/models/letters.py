"""The ledgers of what is sent by e-mail: rows that say what became of each letter, whatever crashes."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class LetterState(models.TextChoices):
    DUE = "due", "Due"
    CLAIMED = "claimed", "Being composed"
    SENDING = "sending", "In the hands of the server"
    SENT = "sent", "Sent"
    DEFERRED = "deferred", "To be tried again"
    BOUNCED = "bounced", "The address was refused"
    FAILED = "failed", "Given up"
    AMBIGUOUS = "ambiguous", "Unknown whether it was taken; not repeated"
    SKIPPED = "skipped", "Not sent"


LETTER_WAITS = timedelta(minutes=10)  # what is read on the site meanwhile needs no e-mail
STRANDED = ["failed", "bounced", "ambiguous"]  # somebody may have to look at them
UNFINISHED = ["due", "deferred", "claimed", "sending"]


class Outgoing(models.Model):
    """What every letter on its way has."""

    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.DUE)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Stands in the Message-ID.")
    marks = models.JSONField(
        default=dict, help_text="What it tells, to be marked as mailed in the same step as it is closed."
    )
    item_count = models.PositiveIntegerField(default=0)
    note = models.CharField(
        max_length=300, blank=True, help_text="Why it was not sent, or what the server said."
    )
    opened_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True, help_text="When the server was first offered it.")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Digest(Outgoing):
    """One digest for one leader and local period."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    period = models.CharField(max_length=30, help_text="A local day, such as 2026-11-22.")

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["leader", "period"], name="one_digest_per_leader_and_period")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=UNFINISHED), name="digest_due"),
            models.Index(fields=["opened_at", "state"], name="digest_opened"),
        ]

    def __str__(self):
        return f"Digest of {self.period} for {self.leader}"


class Mail(Digest):
    """Both ledgers together, as the administration shows them."""

    class Meta:
        proxy = True
        verbose_name = "e-mail"
        verbose_name_plural = "mail"


class LetterQuerySet(models.QuerySet):
    def open_for(self, leaders) -> None:
        """Have a letter wait for each of these leaders, by primary key, who has none waiting yet."""
        due = timezone.now() + LETTER_WAITS
        rows = [Letter(leader_id=pk, due_at=due) for pk in leaders]
        self.bulk_create(rows, ignore_conflicts=True)


class Letter(Outgoing):
    """One e-mail about notices; whatever comes while it waits goes with it."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters")

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader"], condition=Q(state="due"), name="one_waiting_letter_per_leader"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=UNFINISHED), name="letter_due"),
            models.Index(fields=["opened_at", "state"], name="letter_opened"),
        ]

    def __str__(self):
        return f"Letter to {self.leader}, opened {self.opened_at:%-d %B %Y}"


class InHand(models.Model):
    """A letter that was handed over, of which the server has heard nothing yet, or that it has just taken.

    Its table is not logged: writing there waits for no disk, and a crash of PostgreSQL empties it.
    """

    message_key = models.UUIDField(primary_key=True)
    taken_at = models.DateTimeField(null=True)

    def __str__(self):
        return str(self.message_key)
