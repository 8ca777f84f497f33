"""The rows of letters: held under a lease, closed where nothing is sent, put off, given back."""

import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from community.models import Digest, Letter, LetterState, Space, asking
from community.models.asking import Question, Statement
from leaders.models import Leader

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=2)  # renewed while the batch is worked at
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=4)
ENOUGH = timedelta(days=1)  # of being put off
NEWER = "A newer one took its place."

S = LetterState
Row = Digest | Letter


class Content(Protocol):
    """What a letter says, of which posts and spaces; `marks` is what to mark as mailed once it has left."""

    count: int
    marks: dict
    spaces: set[Space]
    posts: dict[int, tuple]  # how each stands


class Ledger(Protocol):
    """One kind of letter: its rows, what they say at this moment, and what follows when one has left.

    `follows` are steps in SQL that mark what the rows of `closed` told as told, at `now`.
    """

    model: type[Row]
    follows: str

    def compose(self, leaders: Iterable[Leader]) -> dict[int, Content]:
        """What to tell those who may come in, by primary key."""

    def forget(self) -> None:
        """Something changed meanwhile: what was kept for composing is to be read anew."""

    def changed(self, told: list[tuple[Row, Content]]) -> set[int]:
        """The leaders, by primary key, who are not to be told any more all that is told them."""

    def why_not(self, row: Row, content: Content | None) -> str:
        """Why nothing is to be sent after all; empty if it is."""

    def write(self, row: Row, content: Content) -> EmailMultiAlternatives:
        """The letter."""

    def take_back(self, row: Row) -> None:
        """What it told has not been told after all."""


def claim(ledger: Ledger) -> list[Row]:
    """Hold the next rows that are due and that nobody holds; of one leader's the newest alone counts."""
    now, mine = timezone.now(), []
    values = {"now": now, "lease": now + LEASE, "newer": NEWER}
    while not mine and (found := _next(ledger.model, BATCH).rows(**values)):
        mine = [pk for pk, state in found if state == S.CLAIMED]
    return _held_rows(ledger.model).objects(rows=mine) if mine else []


def retire(ledger: Ledger) -> None:
    """Close what waits of those for whom a newer one came."""
    left = Q(state__in=[S.DUE, S.DEFERRED]) | Q(state=S.CLAIMED, lease_until__lte=timezone.now())
    waiting = ledger.model.objects.filter(left, has_newer(ledger))
    waiting.update(state=S.SKIPPED, lease_until=None, note=NEWER)


def has_newer(ledger: Ledger) -> Exists:
    """The condition that a later letter of the same kind stands in a leader's ledger."""
    return Exists(ledger.model.objects.filter(leader=OuterRef("leader"), pk__gt=OuterRef("pk")))


def renew(ledger: Ledger, rows: list[Row]) -> list[Row]:
    """Hold rows for longer; return those that are still ours, with what their leaders chose by now."""
    lease = timezone.now() + LEASE
    _held(ledger, rows).update(lease_until=lease)
    kept = _held_rows(ledger.model).objects(rows=[row.pk for row in rows])
    ours = {row.pk: row for row in kept if row.state == S.CLAIMED and row.lease_until == lease}
    return [ours[row.pk] for row in rows if row.pk in ours]


def skip(ledger: Ledger, rows: list[Row], reason: str) -> None:
    """Close rows of which nothing is sent."""
    _held(ledger, rows).update(state=S.SKIPPED, lease_until=None, note=reason)


def give_back(ledger: Ledger, rows: list[Row], due: datetime | None = None, note: str = "") -> None:
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


def put_off_unwritten(ledger: Ledger, row: Row, error: Exception) -> None:
    """Try a letter again later that could not be written."""
    row.attempts, row.tried_at = row.attempts + 1, row.tried_at or timezone.now()
    tried = {"attempts": row.attempts, "tried_at": row.tried_at}
    put_off(_held(ledger, [row]), row, f"It could not be written: {type(error).__name__}", **tried)


def put_off(mine: QuerySet, row: Row, note: str, **tried) -> None:
    """Try these again later, each time later, until a day of that is enough."""
    now = timezone.now()
    if now - row.tried_at >= ENOUGH:
        note = f"Given up after a day and {row.attempts} tries. {note}"
        mine.update(state=S.FAILED, lease_until=None, sent_at=now, note=note[:300], **tried)
    else:
        # Each pause is twice the last one, and short again for a letter that is sent again by hand.
        pause = min(now - row.tried_at + FIRST_PAUSE, LONGEST_PAUSE)
        due = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
        mine.update(state=S.DEFERRED, lease_until=None, due_at=due, note=note[:300], **tried)


def _held(ledger: Ledger, rows: list[Row]) -> QuerySet:
    """These rows, as long as they are held under the lease with which they were claimed."""
    by_lease = defaultdict(list)
    for row in rows:
        by_lease[row.lease_until].append(row.pk)
    held = Q(pk=None)
    for lease, keys in by_lease.items():
        held |= Q(pk__in=keys, lease_until=lease)
    return ledger.model.objects.filter(held, state=S.CLAIMED)


@cache
def _next(model: type[Row], most: int) -> Statement:
    """Claims the next rows; those of them of which a newer one stands in the ledger have had their day."""
    return Statement(_NEXT.format(table=model._meta.db_table, most=most))


@cache
def _held_rows(model: type[Row]) -> Question:
    """Rows with their leaders and what these chose."""

    def build(_) -> QuerySet:
        rows = model.objects.filter(pk__in=[asking.ROWS]).select_related("leader__mail_preferences")
        return rows.order_by("due_at", "pk")

    return Question(build)


_NEXT = """
    WITH free AS (
        SELECT id FROM {table}
         WHERE (state IN ('due', 'deferred') AND due_at <= %(now)s)
            OR (state = 'claimed' AND lease_until <= %(now)s)
         ORDER BY due_at LIMIT {most} FOR UPDATE SKIP LOCKED
    )
    UPDATE {table} AS mine
       SET (state, lease_until, note) = (
               SELECT CASE WHEN max(id) > mine.id THEN 'skipped' ELSE 'claimed' END,
                      CASE WHEN max(id) = mine.id THEN %(lease)s::timestamptz END,
                      CASE WHEN max(id) > mine.id THEN %(newer)s ELSE mine.note END
                 FROM {table} AS its WHERE its.leader_id = mine.leader_id)
     WHERE mine.id = ANY(ARRAY(SELECT id FROM free))
 RETURNING id, state
"""
