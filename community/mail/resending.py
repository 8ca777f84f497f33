"""Sending many letters again: what may go, what may not and why, and doing it in one step."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from psycopg2.errors import DeadlockDetected

from community.mail import ledgers
from community.mail.ledgers import Ledger, Row
from community.mail.mailroom import LEDGERS, Wanted, comes_back
from community.models import LetterState
from community.permissions import may_send_again_several, require
from community.permissions.mail import AGAIN
from leaders.models import Leader

AT_ONCE = 2_000  # letters of one press, so that it ends within seconds
NARROW = ["stranded", *AGAIN]  # states of which all may be chosen at one stroke


class Changed(Exception):
    """What was chosen is not any more what was shown."""


@dataclass(frozen=True)
class Choice:
    """Letters that somebody ticked, or all that a filter finds among those that did not arrive."""

    ticked: tuple[tuple[str, int], ...] = ()
    wanted: Wanted | None = None

    @property
    def ledgers(self) -> dict[str, Ledger]:
        """The ledgers in which to look, by the name of their list."""
        chosen = self.wanted.mailing if self.wanted else ""
        return {name: ledger for name, ledger in LEDGERS.items() if chosen in ("", name)}

    def rows(self, name: str) -> QuerySet:
        """Those rows of a ledger."""
        every = LEDGERS[name].model.objects.order_by()
        if self.wanted:
            return self.wanted.narrow(every) if self.wanted.state in NARROW else every.none()
        return every.filter(pk__in=[pk for mailing, pk in self.ticked if mailing == name])


@dataclass
class Plan:
    """How many letters of a choice go out again, and how many do not, and why."""

    sure: int = 0
    unsure: int = 0
    closed: int = 0
    overtaken: int = 0
    refused: int = 0

    @property
    def all(self) -> int:
        return self.sure + self.unsure + self.closed + self.overtaken + self.refused

    @property
    def now_sure(self) -> int:
        """How many go out at one press, without those that may have arrived."""
        return min(self.sure, AT_ONCE)

    @property
    def now_unsure(self) -> int:
        """How many go out at one press, with those too."""
        return min(self.sure + self.unsure, AT_ONCE)


def plan(choice: Choice) -> Plan:
    """What a press would do."""
    whole = Plan()
    for name, ledger in choice.ledgers.items():
        _add(whole, ledger, choice.rows(name))
    return whole


@transaction.atomic
def send_again(
    choice: Choice, *, by: Leader, expected: int | None, sure: bool = False
) -> dict[str, list[int]]:
    """Have them sent anew, with what is new for each reader by then; return their keys by list."""
    require(may_send_again_several(by))
    held, room = {}, AT_ONCE
    for name, ledger in choice.ledgers.items():
        held[name] = _hold(ledger, choice.rows(name), sure=sure)[:room]
        room -= len(held[name])
    if not expected or sum(map(len, held.values())) != expected:
        raise Changed("These letters changed in the meantime. Please look again.")
    for name, rows in held.items():
        _make_due(LEDGERS[name], rows, by)
    return {name: [row.pk for row in rows] for name, rows in held.items()}


def _add(whole: Plan, ledger: Ledger, rows: QuerySet) -> None:
    again = rows.filter(state__in=AGAIN)
    last = again.filter(_is_last(ledger))
    reachable = last.exclude(comes_back())
    found, open_, latest, able = rows.count(), again.count(), last.count(), reachable.count()
    unsure = reachable.filter(state=LetterState.AMBIGUOUS).count()
    whole.closed += found - open_
    whole.overtaken += open_ - latest
    whole.refused += latest - able
    whole.unsure += unsure
    whole.sure += able - unsure


def _hold(ledger: Ledger, rows: QuerySet, *, sure: bool) -> list[Row]:
    states = [state for state in AGAIN if sure or state != LetterState.AMBIGUOUS]
    able = rows.filter(_is_last(ledger), state__in=states).exclude(comes_back())
    return list(able.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])


def _make_due(ledger: Ledger, rows: Iterable[Row], by: Leader) -> None:
    anew = {"state": LetterState.DUE, "due_at": timezone.now(), "lease_until": None, "tried_at": None}
    mine = ledger.model.objects.filter(pk__in=[row.pk for row in rows])
    try:
        with transaction.atomic():
            mine.update(**anew, sent_at=None, note=f"Sent again by {by}, with others."[:300])
    except IntegrityError:
        raise Changed("A newer letter came in the meantime. Please look again.") from None
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        raise Changed("Somebody else was at these letters. Please look again.") from None
    for row in rows:
        if row.state == LetterState.AMBIGUOUS:
            ledger.take_back(row)


def _is_last(ledger: Ledger) -> Q:
    """No newer letter of the same kind, nor one that waits, tells what it would tell."""
    waiting = ledger.model.objects.filter(leader=OuterRef("leader"), state=LetterState.DUE)
    return ~ledgers.has_newer(ledger) & ~Exists(waiting)
