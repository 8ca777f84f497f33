"""Letters in the hands of the server: noted before it gets them, and closed by what it said."""

import json
import logging
import time
from collections.abc import Sequence
from functools import cache

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from community.mail.ledgers import LEASE, Content, Ledger, Row, give_back, put_off
from community.models import InHand, LetterState
from community.models.asking import Statement
from community.models.posts import undo_window
from leaders import preferences
from leaders.mail import Delivery, Outcome

log = logging.getLogger(__name__)

RESTARTS = (0, 1, 2, 4, 8)  # seconds to wait for a database that was restarted
UNANSWERED = "The worker ended while the server had the letter."

S = LetterState

# Wait for the disk, also where an operator told the whole database not to.
ON_DISK = Statement("""
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
""")
# What is lost of that is not repeated.
_LATER_ON_DISK = Statement("SELECT set_config('synchronous_commit', 'off', true)")
_HAND_OVER = """
    WITH held AS (
        UPDATE {table} AS mine
           SET state = 'sending', lease_until = %(lease)s, marks = told.marks::jsonb, item_count = told.count,
               attempts = mine.attempts + 1, tried_at = coalesce(mine.tried_at, %(now)s)
          FROM unnest(%(rows)s::bigint[], %(leases)s::timestamptz[], %(marks)s::text[], %(counts)s::int[])
               AS told (id, lease, marks, count)
         WHERE mine.id = told.id AND mine.state = 'claimed' AND mine.lease_until = told.lease
     RETURNING mine.id, mine.message_key
    ), noted AS (
        INSERT INTO community_inhand (message_key) SELECT message_key FROM held
            ON CONFLICT (message_key) DO UPDATE SET taken_at = NULL
    )
    SELECT id FROM held
"""
# By its lease: another worker, which took it back, may have handed it over again.
_LET_GO = """
    WITH gone AS (
        DELETE FROM community_inhand AS held USING {table} AS mine
         WHERE held.message_key = mine.message_key AND held.taken_at IS NULL AND mine.id = %s
           AND mine.state = 'sending' AND mine.lease_until = %s
     RETURNING 1
    ), noted AS (
        INSERT INTO community_inhand (message_key, taken_at)
        SELECT message_key, %s::timestamptz FROM {table}
         WHERE id = %s AND state = 'sending' AND lease_until = %s
            ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM gone
"""
# What they told is marked in the same step.
_CLOSE = """
    WITH closed AS (
        UPDATE {table} AS mine
           SET state = %(state)s, lease_until = NULL, note = %(note)s, sent_at = taken.at
          FROM unnest(%(taken)s::bigint[], %(held)s::timestamptz[], %(ats)s::timestamptz[])
               AS taken (id, lease, at)
         WHERE mine.id = taken.id AND mine.state = 'sending' AND mine.lease_until = taken.lease
     RETURNING mine.id, mine.leader_id, mine.message_key, mine.marks
    ), forgotten AS (
        DELETE FROM community_inhand AS held USING closed WHERE held.message_key = closed.message_key
    ), {follows}
    SELECT id FROM closed
"""


def hand_over(ledger: Ledger, told: list[tuple[Row, Content]], taken: Sequence[Row] = ()) -> set[int]:
    """Note, before the server gets them, what letters tell; return those that we still hold.

    Those that it has taken meanwhile are closed in the same step, which waits for the disk once.
    """
    now = timezone.now()
    noted = [(row.pk, row.lease_until, json.dumps(each.marks), each.count) for row, each in told]
    values = dict(
        zip(("rows", "leases", "marks", "counts"), map(list, zip(*noted, strict=True)), strict=True)
    )
    before = [ON_DISK, *([_statement(_CLOSE, ledger.model, ledger.follows)] if taken else [])]
    values |= {**_closing(taken), "lease": now + LEASE}
    held = _statement(_HAND_OVER, ledger.model).rows(after=before, **values)
    for row, content in told:
        row.state, row.lease_until, row.marks = S.SENDING, now + LEASE, content.marks
        row.attempts, row.tried_at = row.attempts + 1, row.tried_at or now
    return {pk for (pk,) in held}


def let_go(row: Row, taken: Row | None = None) -> bool:
    """Note that the server hears of a letter from now on; False where somebody took it back meanwhile.

    That it has taken the letter before is noted in the same breath.
    """
    before = (taken.sent_at, taken.pk, taken.lease_until) if taken else (None, None, None)
    return _statement(_LET_GO, type(row)).row(row.pk, row.lease_until, *before) == (1,)


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


@transaction.atomic
def close(ledger: Ledger, row: Row, delivery: Delivery) -> None:
    """Write down what became of a letter; what it may have told is marked as mailed in the same step."""
    mine = ledger.model.objects.filter(pk=row.pk, state=S.SENDING, lease_until=row.lease_until)
    if delivery.outcome == Outcome.DEFERRED:
        return put_off(mine, row, delivery.note)
    row.sent_at, note = timezone.now(), delivery.note[:300]
    if delivery.outcome == Outcome.AMBIGUOUS:
        return _close(ledger, [row], [], S.AMBIGUOUS, note)
    closed = {"state": delivery.outcome, "sent_at": row.sent_at, "note": note}
    if mine.update(lease_until=None, **closed) and delivery.outcome == Outcome.BOUNCED:
        return preferences.mark_refused(row.leader, row.leader.email, delivery.note)
    return None


def close_taken(ledger: Ledger, rows: list[Row]) -> None:
    """Write down that letters were taken, also when the database has just been started again."""
    for pause in RESTARTS if rows else ():
        try:
            return _close(ledger, rows, [_LATER_ON_DISK])
        except (OperationalError, InterfaceError) as error:
            log.warning("what was taken could not be noted yet: %s", type(error).__name__)
            connection.close()
            time.sleep(pause)
    return None


def close_unanswered(ledger: Ledger) -> None:
    """Close what a dead worker left: what was, or may have been, taken is not repeated; the rest is due."""
    for row in ledger.model.objects.filter(state=S.SENDING, lease_until__lte=timezone.now()):
        with transaction.atomic():
            taken = InHand.objects.filter(message_key=row.message_key, taken_at__isnull=False)
            if in_hand := withdraw(ledger, [row]):
                give_back(ledger, in_hand)
            elif at := taken.values_list("taken_at", flat=True).first():
                row.sent_at = at
                _close(ledger, [row], [])
            else:
                close(ledger, row, Delivery(Outcome.AMBIGUOUS, UNANSWERED))


def _close(ledger: Ledger, rows: Sequence[Row], after: list[Statement], *how: str) -> None:
    _statement(_CLOSE, ledger.model, ledger.follows).rows(after=after, **_closing(rows, *how))


def _closing(rows: Sequence[Row], state: str = S.SENT, note: str = "") -> dict:
    """The values with which rows are closed as sent, or as something else."""
    closed = {"taken": [row.pk for row in rows], "held": [row.lease_until for row in rows]}
    told = {"ats": [row.sent_at for row in rows], "now": timezone.now(), "undo": undo_window()}
    return {**closed, **told, "state": str(state), "note": note}


@cache
def _statement(sql: str, model: type[Row], follows: str = "") -> Statement:
    """One of these about the rows of a ledger."""
    return Statement(sql.format(table=model._meta.db_table, follows=follows))
