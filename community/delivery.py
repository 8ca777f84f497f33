"""Letters on their way to the mail server: rows under a lease, each sent once, whatever ends in between."""

import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from community import domains
from community.domains import Mood
from community.models import Digest, Letter, LetterState
from leaders import preferences
from leaders.mail import Delivery, Line, Outcome
from leaders.models import Leader

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=2)  # renewed while the batch is worked at
FRESH = 5  # seconds after which what was composed is composed anew: rights may have ended meanwhile
TOGETHER = 10  # letters that have left are closed in one step
PATIENCE = 120  # seconds after which a run leaves the rest to the next one
LONGEST_PAUSE = timedelta(hours=4)
ENOUGH = timedelta(days=1)  # of being put off
NEWER = "A newer one took its place."
REFUSED = "Mail to this address came back. The leader is told so on the site."

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

    def mark_mailed(self, rows: list[Row]) -> None:
        """What they told has been told."""

    def take_back(self, row: Row) -> None:
        """What it told has not been told after all."""


def deliver(ledger: Ledger) -> None:
    """Send what is due, batch by batch."""
    stop, mood = time.monotonic() + PATIENCE, Mood()
    _close_unanswered(ledger)
    with Line() as line:
        while time.monotonic() < stop and not line.is_down and (rows := claim(ledger)):
            now, late = domains.share_out(rows)
            _give_back(ledger, late, domains.next_minute(), "Its domain has been sent enough in this minute.")
            send(ledger, now, line, stop, mood)


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


def send(ledger: Ledger, rows: list[Row], line: Line, stop: float, mood: Mood | None = None) -> None:
    """Compose and send the rows that are held; what is left when time is up goes back."""
    waiting, mood = list(rows), mood or Mood()
    while waiting and not line.is_down and time.monotonic() < stop:
        waiting = _renew(ledger, waiting)
        composed = ledger.compose(row.leader for row in waiting)
        with Taken(ledger) as taken:
            fresh = time.monotonic() + FRESH
            while waiting and not line.is_down and time.monotonic() < min(fresh, stop):
                row = waiting.pop(0)
                sent = send_one(ledger, row, composed.get(row.leader_id), line, taken)
                if sent and mood.asks_for_rest(row, sent):
                    waiting = _let_rest(ledger, row, waiting, sent.note)
    _give_back(ledger, waiting)


class Taken:
    """Letters that the server has taken, closed some at a time; all of them at the end, whatever happens.

    A worker that is killed leaves them as answered by nobody: told, and not repeated.
    """

    def __init__(self, ledger: Ledger):
        self._ledger, self._rows = ledger, []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._close()

    def add(self, row: Row) -> None:
        """Note that the server has taken a letter."""
        row.sent_at = timezone.now()
        self._rows.append(row)
        if len(self._rows) >= TOGETHER:
            self._close()

    def _close(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            _close_sent(self._ledger, rows)


def send_one(ledger: Ledger, row: Row, content: Content | None, line: Line, taken: Taken) -> Delivery | None:
    """Send one letter, or note why not."""
    if due := _quiet_ends(row):
        return _give_back(ledger, [row], due, "It waits for the end of quiet hours.")
    if reason := REFUSED if _is_refused(row) else ledger.why_not(row, content):
        _held(ledger, [row]).update(state=S.SKIPPED, lease_until=None, note=reason)
    elif (letter := _letter(ledger, row, content)) and hand_over(ledger, row, content):
        delivery = line.send(letter)
        if delivery.outcome == Outcome.SENT:
            taken.add(row)
        else:
            _close(ledger, row, delivery)
        return delivery
    return None


def hand_over(ledger: Ledger, row: Row, content: Content) -> bool:
    """Note, before the server gets it, what it tells; False if somebody else holds the row by now."""
    now = timezone.now()
    row.tried_at, lease = row.tried_at or now, now + LEASE
    handed = _held(ledger, [row]).update(
        state=S.SENDING,
        lease_until=lease,
        marks=content.marks,
        item_count=content.count,
        attempts=F("attempts") + 1,
        tried_at=row.tried_at,
    )
    row.state, row.lease_until, row.marks, row.attempts = S.SENDING, lease, content.marks, row.attempts + 1
    return bool(handed)


def _retire(ledger: Ledger) -> None:
    left = Q(state__in=[S.DUE, S.DEFERRED]) | Q(state=S.CLAIMED, lease_until__lte=timezone.now())
    waiting = ledger.model.objects.filter(left, has_newer(ledger))
    waiting.update(state=S.SKIPPED, lease_until=None, note=NEWER)


def has_newer(ledger: Ledger) -> Exists:
    """The condition that a later letter of the same kind stands in a leader's ledger."""
    return Exists(ledger.model.objects.filter(leader=OuterRef("leader"), pk__gt=OuterRef("pk")))


def _close_unanswered(ledger: Ledger) -> None:
    """Close what was with the server when its worker ended. It may have been taken, so it is not repeated."""
    for row in ledger.model.objects.filter(state=S.SENDING, lease_until__lte=timezone.now()):
        unknown = Delivery(Outcome.AMBIGUOUS, "The worker ended while the server had the letter.")
        _close(ledger, row, unknown)


def _quiet_ends(row: Row) -> datetime | None:
    mine = getattr(row.leader, "mail_preferences", None)
    return mine.quiet_ends(timezone.now()) if mine else None


def _is_refused(row: Row) -> bool:
    mine = getattr(row.leader, "mail_preferences", None)
    return mine is not None and mine.refused_address == row.leader.email


def _letter(ledger: Ledger, row: Row, content: Content) -> EmailMultiAlternatives | None:
    """The letter, or None where it cannot be written: one bad row stops nobody else."""
    try:
        return ledger.write(row, content)
    except Exception as error:
        log.exception("%s %s could not be written", ledger.model._meta.verbose_name, row.pk)
        row.attempts, row.tried_at = row.attempts + 1, row.tried_at or timezone.now()
        tried = {"attempts": row.attempts, "tried_at": row.tried_at}
        _put_off(_held(ledger, [row]), row, f"It could not be written: {type(error).__name__}", **tried)
        return None


@transaction.atomic
def _close(ledger: Ledger, row: Row, delivery: Delivery) -> None:
    """Write down what became of a letter; what it told is marked as mailed in the same step."""
    mine = ledger.model.objects.filter(pk=row.pk, state=S.SENDING, lease_until=row.lease_until)
    if delivery.outcome == Outcome.DEFERRED:
        return _put_off(mine, row, delivery.note)
    closed = {"state": delivery.outcome, "sent_at": timezone.now(), "note": delivery.note[:300]}
    if not mine.update(lease_until=None, **closed):
        return None
    if delivery.outcome == Outcome.BOUNCED:
        return preferences.mark_refused(row.leader, row.leader.email, delivery.note)
    if delivery.outcome == Outcome.AMBIGUOUS:
        ledger.mark_mailed([row])
    return None


@transaction.atomic
def _close_sent(ledger: Ledger, rows: list[Row]) -> None:
    """Write down that letters were taken; what they told is marked as mailed in the same step."""
    _need_no_disk()
    mine = ledger.model.objects.filter(state=S.SENDING, pk__in=[row.pk for row in rows])
    held = dict(mine.select_for_update().order_by("pk").values_list("pk", "lease_until"))
    rows = [row for row in rows if held.get(row.pk) == row.lease_until]
    sent_at = Case(*(When(pk=row.pk, then=Value(row.sent_at)) for row in rows))
    mine.filter(pk__in=[row.pk for row in rows]).update(
        state=S.SENT, lease_until=None, note="", sent_at=sent_at
    )
    ledger.mark_mailed(rows)


def _need_no_disk() -> None:
    """Let this transaction not wait for the disk: lost with the machine, it leaves what is not repeated."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _put_off(mine, row: Row, note: str, **tried) -> None:
    """Try again later, each time later, until a day of that is enough."""
    now = timezone.now()
    if now - row.tried_at >= ENOUGH:
        note = f"Given up after a day and {row.attempts} tries. {note}"
        mine.update(state=S.FAILED, lease_until=None, sent_at=now, note=note[:300], **tried)
    else:
        pause = min(timedelta(minutes=2 ** min(row.attempts, 10)), LONGEST_PAUSE)
        due = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
        mine.update(state=S.DEFERRED, lease_until=None, due_at=due, note=note[:300], **tried)


def _let_rest(ledger: Ledger, row: Row, waiting: list[Row], note: str) -> list[Row]:
    """Put off all that waits for the domain of a row; return what waits for others."""
    domain, due = domains.of(row), domains.rest_over()
    note = f"{domain} asked for a rest: {note}"[:300]
    _give_back(ledger, [each for each in waiting if domains.of(each) == domain], due, note)
    others = ledger.model.objects.filter(state__in=[S.DUE, S.DEFERRED], due_at__lt=due)
    domains.within(others, domain).update(due_at=due, note=note)
    return [each for each in waiting if domains.of(each) != domain]


def _renew(ledger: Ledger, rows: list[Row]) -> list[Row]:
    """Hold rows for longer; return those that are still ours."""
    lease = timezone.now() + LEASE
    _held(ledger, rows).update(lease_until=lease)
    kept = ledger.model.objects.filter(pk__in=[row.pk for row in rows], state=S.CLAIMED, lease_until=lease)
    ours = set(kept.values_list("pk", flat=True))
    for row in rows:
        row.lease_until = lease
    return [row for row in rows if row.pk in ours]


def _give_back(ledger: Ledger, rows: list[Row], due: datetime | None = None, note: str = "") -> None:
    """Let go of rows that did not come to be sent. Where a newer one waits, the older has had its day."""
    if not rows:
        return
    held = _held(ledger, rows)
    held.filter(has_newer(ledger)).update(state=S.SKIPPED, lease_until=None, note=NEWER)
    later = {"due_at": due, "note": note} if due else {}
    try:
        with transaction.atomic():
            held.update(state=S.DUE, lease_until=None, **later)
    except IntegrityError:
        log.info("a newer letter came meanwhile: the lease ends by itself")


def _held(ledger: Ledger, rows: list[Row]):
    """These rows, as long as they are held under the lease with which they were claimed."""
    by_lease = defaultdict(list)
    for row in rows:
        by_lease[row.lease_until].append(row.pk)
    held = Q(pk=None)
    for lease, keys in by_lease.items():
        held |= Q(pk__in=keys, lease_until=lease)
    return ledger.model.objects.filter(held, state=S.CLAIMED)
