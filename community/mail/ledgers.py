"""The rows of letters: held under a lease, handed over, closed, put off, given back."""

import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from community.models import Digest, InHand, Letter, LetterState, Space
from leaders import preferences
from leaders.mail import Delivery, Outcome
from leaders.models import Leader

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=2)  # renewed while the batch is worked at
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=4)
ENOUGH = timedelta(days=1)  # of being put off
RESTARTS = (0, 1, 2, 4, 8)  # seconds to wait for a database that was restarted
NEWER = "A newer one took its place."
UNANSWERED = "The worker ended while the server had the letter."

S = LetterState
Row = Digest | Letter


class Content(Protocol):
    """What a letter says, of which posts and spaces; `marks` is what to mark as mailed once it has left."""

    count: int
    marks: dict
    spaces: set[Space]
    posts: dict[int, tuple]  # how each stands


class Ledger(Protocol):
    """One kind of letter: its rows, what they say at this moment, and what follows when one has left."""

    model: type[Row]

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

    def mark_mailed(self, rows: list[Row]) -> None:
        """What they told has been told."""

    def take_back(self, row: Row) -> None:
        """What it told has not been told after all."""


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


def has_newer(ledger: Ledger) -> Exists:
    """The condition that a later letter of the same kind stands in a leader's ledger."""
    return Exists(ledger.model.objects.filter(leader=OuterRef("leader"), pk__gt=OuterRef("pk")))


def renew(ledger: Ledger, rows: list[Row]) -> list[Row]:
    """Hold rows for longer; return those that are still ours, with what their leaders chose by now."""
    lease = timezone.now() + LEASE
    _held(ledger, rows).update(lease_until=lease)
    kept = ledger.model.objects.filter(pk__in=[row.pk for row in rows], state=S.CLAIMED, lease_until=lease)
    ours = kept.select_related("leader__mail_preferences").in_bulk()
    return [ours[row.pk] for row in rows if row.pk in ours]


@transaction.atomic
def hand_over(ledger: Ledger, told: list[tuple[Row, Content]], taken: Iterable[Row] = ()) -> set[int]:
    """Note, before the server gets them, what letters tell; return those that we still hold.

    Those that it has taken meanwhile are closed in the same step, which waits for the disk once.
    """
    _keep_on_disk()
    _close_taken(ledger, list(taken))
    now = timezone.now()
    statement = f"""
        WITH held AS (
            UPDATE {ledger.model._meta.db_table} AS mine
               SET state = 'sending', lease_until = %s, marks = told.marks, item_count = told.count,
                   attempts = mine.attempts + 1, tried_at = coalesce(mine.tried_at, %s)
              FROM unnest(%s::bigint[], %s::timestamptz[], %s::jsonb[], %s::int[])
                   AS told (id, lease, marks, count)
             WHERE mine.id = told.id AND mine.state = 'claimed' AND mine.lease_until = told.lease
         RETURNING mine.id, mine.message_key
        ), noted AS (
            INSERT INTO community_inhand (message_key) SELECT message_key FROM held
                ON CONFLICT (message_key) DO UPDATE SET taken_at = NULL
        )
        SELECT id FROM held
    """  # noqa: S608
    noted = [(row.pk, row.lease_until, json.dumps(each.marks), each.count) for row, each in told]
    held = _asked(statement, [now + LEASE, now, *map(list, zip(*noted, strict=True))])
    for row, content in told:
        row.state, row.lease_until, row.marks = S.SENDING, now + LEASE, content.marks
        row.attempts, row.tried_at = row.attempts + 1, row.tried_at or now
    return held


def let_go(row: Row, taken: Row | None = None) -> bool:
    """Note that the server hears of a letter from now on; False where somebody took it back meanwhile.

    That it has taken the letter before is noted in the same breath.
    """
    # By its lease: another worker, which took it back, may have handed it over again.
    table = row._meta.db_table
    statement = f"""
        WITH gone AS (
            DELETE FROM community_inhand AS held USING {table} AS mine
             WHERE held.message_key = mine.message_key AND held.taken_at IS NULL AND mine.id = %s
               AND mine.state = 'sending' AND mine.lease_until = %s
         RETURNING 1
        ), noted AS (
            INSERT INTO community_inhand (message_key, taken_at)
            SELECT message_key, %s FROM {table} WHERE id = %s AND state = 'sending' AND lease_until = %s
                ON CONFLICT DO NOTHING
        )
        SELECT count(*) FROM gone
    """  # noqa: S608
    before = (taken.sent_at, taken.pk, taken.lease_until) if taken else (None, None, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [row.pk, row.lease_until, *before])
        return cursor.fetchone() == (1,)


@transaction.atomic
def withdraw(ledger: Ledger, rows: list[Row]) -> list[Row]:
    """Hold rows again that were handed over, unless the server may have heard of them; return those."""
    rows = [row for row in rows if let_go(row)]
    mine = ledger.model.objects.filter(pk__in=[row.pk for row in rows], state=S.SENDING)
    first = Case(When(attempts=1, then=Value(None)), default=F("tried_at"))
    untold = {"marks": {}, "item_count": 0, "attempts": F("attempts") - 1, "tried_at": first}
    mine.filter(lease_until__in={row.lease_until for row in rows}).update(state=S.CLAIMED, **untold)
    for row in rows:
        row.state, row.attempts = S.CLAIMED, row.attempts - 1
        row.tried_at = row.tried_at if row.attempts else None
    return rows


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


@transaction.atomic
def close(ledger: Ledger, row: Row, delivery: Delivery) -> None:
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


def close_taken(ledger: Ledger, rows: list[Row]) -> None:
    """Write down that letters were taken, also when the database has just been started again."""
    for pause in RESTARTS if rows else ():
        try:
            return _close_at_last(ledger, rows)
        except (OperationalError, InterfaceError) as error:
            log.warning("what was taken could not be noted yet: %s", type(error).__name__)
            connection.close()
            time.sleep(pause)
    return None


def close_unanswered(ledger: Ledger) -> None:
    """Close what a dead worker left: what was, or may have been, taken is not repeated; the rest is due."""
    for row in ledger.model.objects.filter(state=S.SENDING, lease_until__lte=timezone.now()):
        with transaction.atomic():
            if in_hand := withdraw(ledger, [row]):
                give_back(ledger, in_hand)
            elif (
                at := InHand.objects.filter(message_key=row.message_key)
                .values_list("taken_at", flat=True)
                .first()
            ):
                row.sent_at = at
                _close_taken(ledger, [row])
            else:
                close(ledger, row, Delivery(Outcome.AMBIGUOUS, UNANSWERED))


def put_off_unwritten(ledger: Ledger, row: Row, error: Exception) -> None:
    """Try a letter again later that could not be written."""
    row.attempts, row.tried_at = row.attempts + 1, row.tried_at or timezone.now()
    tried = {"attempts": row.attempts, "tried_at": row.tried_at}
    _put_off(_held(ledger, [row]), row, f"It could not be written: {type(error).__name__}", **tried)


def _retire(ledger: Ledger) -> None:
    left = Q(state__in=[S.DUE, S.DEFERRED]) | Q(state=S.CLAIMED, lease_until__lte=timezone.now())
    waiting = ledger.model.objects.filter(left, has_newer(ledger))
    waiting.update(state=S.SKIPPED, lease_until=None, note=NEWER)


def _keep_on_disk() -> None:
    """Have this transaction wait for the disk also where an operator told the database not to."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT set_config('synchronous_commit', 'on', true)
             WHERE current_setting('synchronous_commit') = 'off'
        """)


@transaction.atomic
def _close_at_last(ledger: Ledger, rows: list[Row]) -> None:
    """Close them without waiting for the disk: what is lost is not repeated."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    _close_taken(ledger, rows)


def _close_taken(ledger: Ledger, rows: list[Row]) -> None:
    """Close letters that were taken; what they told is marked as mailed in the same step."""
    if not rows:
        return
    statement = f"""
        WITH closed AS (
            UPDATE {ledger.model._meta.db_table} AS mine
               SET state = 'sent', lease_until = NULL, note = '', sent_at = taken.at
              FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS taken (id, lease, at)
             WHERE mine.id = taken.id AND mine.state = 'sending' AND mine.lease_until = taken.lease
         RETURNING mine.id, mine.message_key
        ), forgotten AS (
            DELETE FROM community_inhand AS held USING closed WHERE held.message_key = closed.message_key
        )
        SELECT id FROM closed
    """  # noqa: S608
    noted = [(row.pk, row.lease_until, row.sent_at) for row in rows]
    closed = _asked(statement, [*map(list, zip(*noted, strict=True))])
    ledger.mark_mailed([row for row in rows if row.pk in closed])


def _asked(statement: str, values: list) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {pk for (pk,) in cursor.fetchall()}


def _put_off(mine, row: Row, note: str, **tried) -> None:
    """Try again later, each time later, until a day of that is enough."""
    now = timezone.now()
    if now - row.tried_at >= ENOUGH:
        note = f"Given up after a day and {row.attempts} tries. {note}"
        mine.update(state=S.FAILED, lease_until=None, sent_at=now, note=note[:300], **tried)
    else:
        # Each pause is twice the last one, and short again for a letter that is sent again by hand.
        pause = min(now - row.tried_at + FIRST_PAUSE, LONGEST_PAUSE)
        due = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
        mine.update(state=S.DEFERRED, lease_until=None, due_at=due, note=note[:300], **tried)


def _held(ledger: Ledger, rows: list[Row]):
    """These rows, as long as they are held under the lease with which they were claimed."""
    by_lease = defaultdict(list)
    for row in rows:
        by_lease[row.lease_until].append(row.pk)
    held = Q(pk=None)
    for lease, keys in by_lease.items():
        held |= Q(pk__in=keys, lease_until=lease)
    return ledger.model.objects.filter(held, state=S.CLAIMED)
