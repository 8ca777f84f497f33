"""Letters on their way to the mail server: rows under a lease, each sent once, whatever ends in between."""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from community.models import Digest, Letter, LetterState
from leaders.mail import Delivery, Line, Outcome
from leaders.models import Leader

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=5)
FRESH = 5  # seconds after which what was composed is composed anew: rights may have ended meanwhile
PATIENCE = 120  # seconds after which a run leaves the rest to the next one
LONGEST_PAUSE = timedelta(hours=1)

S = LetterState
Row = Digest | Letter


class Content(Protocol):
    """What a letter says; `marks` is what to mark as mailed once it has left."""

    count: int
    marks: dict


class Ledger(Protocol):
    """One kind of letter: its rows, what they say at this moment, and what follows when one has left."""

    model: type[Row]

    def compose(self, leaders: Iterable[Leader]) -> dict[int, Content]:
        """What to tell those who may come in, by primary key."""

    def why_not(self, row: Row, content: Content | None) -> str:
        """Why nothing is to be sent after all; empty if it is."""

    def write(self, row: Row, content: Content) -> EmailMultiAlternatives:
        """The letter."""

    def mark_mailed(self, row: Row) -> None:
        """What it told has been told."""


def deliver(ledger: Ledger) -> None:
    """Send what is due, batch by batch."""
    stop = time.monotonic() + PATIENCE
    _close_unanswered(ledger)
    with Line() as line:
        while time.monotonic() < stop and not line.is_down and (rows := claim(ledger)):
            send(ledger, rows, line, stop)


@transaction.atomic
def claim(ledger: Ledger) -> list[Row]:
    """Hold the next rows that are due and that nobody holds; of one leader's the newest alone counts."""
    now = timezone.now()
    _retire(ledger)
    free = Q(state__in=[S.DUE, S.DEFERRED], due_at__lte=now) | Q(state=S.CLAIMED, lease_until__lte=now)
    due = ledger.model.objects.filter(free).select_for_update(skip_locked=True).order_by("due_at", "pk")
    mine = list(due.values_list("pk", flat=True)[:BATCH])
    ledger.model.objects.filter(pk__in=mine).update(state=S.CLAIMED, lease_until=now + LEASE)
    held = ledger.model.objects.filter(pk__in=mine).select_related("leader__mail_preferences")
    return list(held.order_by("due_at", "pk"))


def send(ledger: Ledger, rows: list[Row], line: Line, stop: float) -> None:
    """Compose and send the rows that are held; what is left when time is up goes back."""
    waiting = list(rows)
    while waiting and not line.is_down and time.monotonic() < stop:
        composed = ledger.compose(row.leader for row in waiting)
        fresh = time.monotonic() + FRESH
        while waiting and not line.is_down and time.monotonic() < min(fresh, stop):
            row = waiting.pop(0)
            send_one(ledger, row, composed.get(row.leader_id), line)
    _held(ledger, waiting).update(state=S.DUE, lease_until=None)


def send_one(ledger: Ledger, row: Row, content: Content | None, line: Line) -> None:
    """Send one letter, or note why not."""
    if reason := ledger.why_not(row, content):
        _held(ledger, [row]).update(state=S.SKIPPED, lease_until=None, note=reason)
    elif (letter := _letter(ledger, row, content)) and hand_over(ledger, row, content):
        _close(ledger, row, line.send(letter))


def hand_over(ledger: Ledger, row: Row, content: Content) -> bool:
    """Note, before the server gets it, what it tells; False if somebody else holds the row by now."""
    lease = timezone.now() + LEASE
    handed = _held(ledger, [row]).update(
        state=S.SENDING,
        lease_until=lease,
        marks=content.marks,
        item_count=content.count,
        attempts=F("attempts") + 1,
    )
    row.state, row.lease_until, row.marks, row.attempts = S.SENDING, lease, content.marks, row.attempts + 1
    return bool(handed)


def _retire(ledger: Ledger) -> None:
    newer = ledger.model.objects.filter(leader=OuterRef("leader"), pk__gt=OuterRef("pk"))
    left = Q(state__in=[S.DUE, S.DEFERRED]) | Q(state=S.CLAIMED, lease_until__lte=timezone.now())
    waiting = ledger.model.objects.filter(left, Exists(newer))
    waiting.update(state=S.SKIPPED, lease_until=None, note="A newer one took its place.")


def _close_unanswered(ledger: Ledger) -> None:
    """Close what was with the server when its worker ended. It may have been taken, so it is not repeated."""
    for row in ledger.model.objects.filter(state=S.SENDING, lease_until__lte=timezone.now()):
        unknown = Delivery(Outcome.AMBIGUOUS, "The worker ended while the server had the letter.")
        _close(ledger, row, unknown)


def _letter(ledger: Ledger, row: Row, content: Content) -> EmailMultiAlternatives | None:
    """The letter, or None where it cannot be written: one bad row stops nobody else."""
    try:
        return ledger.write(row, content)
    except Exception as error:
        log.exception("%s %s could not be written", ledger.model._meta.verbose_name, row.pk)
        _put_off(_held(ledger, [row]), row, type(error).__name__)
        return None


@transaction.atomic
def _close(ledger: Ledger, row: Row, delivery: Delivery) -> None:
    """Write down what became of a letter; what it told is marked as mailed in the same step."""
    mine = ledger.model.objects.filter(pk=row.pk, state=S.SENDING, lease_until=row.lease_until)
    if delivery.outcome == Outcome.DEFERRED:
        return _put_off(mine, row, delivery.note)
    closed = {"state": delivery.outcome, "sent_at": timezone.now(), "note": delivery.note[:300]}
    if mine.update(lease_until=None, **closed) and delivery.outcome != Outcome.BOUNCED:
        ledger.mark_mailed(row)
    return None


def _put_off(mine, row: Row, note: str) -> None:
    pause = min(timedelta(minutes=2 ** min(row.attempts, 10)), LONGEST_PAUSE)
    mine.update(state=S.DEFERRED, lease_until=None, due_at=timezone.now() + pause, note=note[:300])


def _held(ledger: Ledger, rows: list[Row]):
    """These rows, as long as they are held under the lease with which they were claimed."""
    held = Q()
    for row in rows:
        held |= Q(pk=row.pk, lease_until=row.lease_until)
    return ledger.model.objects.filter(held, state=S.CLAIMED) if rows else ledger.model.objects.none()
