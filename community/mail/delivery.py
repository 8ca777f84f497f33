"""Letters on their way to the mail server: rows under a lease, each sent once, whatever ends in between."""

import gc
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from community.mail import domains, handovers, ledgers, rights
from community.mail.domains import Mood
from community.mail.ledgers import Content, Ledger, Row
from community.models import LetterState
from leaders.mail import Delivery, Line, Outcome

log = logging.getLogger(__name__)

FRESH = 5  # seconds after which what was composed is composed anew: rights may have ended meanwhile
TOGETHER = 10  # letters handed over in one step, which is what may be left unknown when a worker is killed
PATIENCE = 120  # seconds after which a run leaves the rest to the next one
REFUSED = "Mail to this address came back. The leader is told so on the site."
RESTLESS = "It kept changing while it was written."
CHANGES_AT_MOST, REST = 3, timedelta(minutes=5)
YOUNG = 1  # generation: what came since the last time, or the one before
QUIET = "It waits for the end of quiet hours."

Waiting = deque[tuple[Row, EmailMultiAlternatives]]
Errands = Callable[[], object]


def nothing() -> None:
    """Nothing is to be done between letters."""


def deliver(ledger: Ledger, between: Errands = nothing) -> None:
    """Send what is due, batch by batch; `between` does what must not wait for the end of a long run."""
    stop, mood = time.monotonic() + PATIENCE, Mood()
    handovers.close_unanswered(ledger)
    ledgers.retire(ledger)
    with Line() as line, _no_looking_through():
        while time.monotonic() < stop and not line.is_down:
            between()
            if not (rows := ledgers.claim(ledger)):
                break
            now, late = domains.share_out(rows)
            ledgers.give_back(
                ledger, late, domains.next_minute(), "Its domain has been sent enough in this minute."
            )
            send(ledger, now, line, stop, mood, between)
            gc.collect(YOUNG)


@contextmanager
def _no_looking_through() -> Iterator[None]:
    """Python looks for rings of garbage between batches alone.

    Within one it would look through all that was said lately again and again: for a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def send(
    ledger: Ledger,
    rows: list[Row],
    line: Line,
    stop: float,
    mood: Mood | None = None,
    between: Errands = nothing,
) -> None:
    """Compose and send rows that are held as of now; what is left when time is up goes back."""
    waiting, mood, again = list(rows), mood or Mood(), Counter()
    while waiting and not line.is_down and time.monotonic() < stop:
        composed, waiting = _compose(ledger, waiting)
        run = Run(ledger, composed, line, mood, min(time.monotonic() + FRESH, stop))
        waiting = run.send(waiting)
        if run.stale:
            ledger.forget()
            again.update(row.pk for row in run.stale)
            restless = [row for row in waiting if again[row.pk] > CHANGES_AT_MOST]
            ledgers.give_back(ledger, restless, timezone.now() + REST, RESTLESS)
            waiting = [row for row in waiting if row not in restless]
        if waiting:
            between()
            waiting = ledgers.renew(ledger, waiting)
    ledgers.give_back(ledger, waiting)


class Run:
    """Letters that were composed together, handed over a few at a time, as long as they are fresh.

    A worker that is killed leaves those few: what is still in hand is sent by another one, and what the
    server has heard of counts as told, and is not repeated.
    """

    def __init__(self, ledger: Ledger, composed: dict[int, Content], line: Line, mood: Mood, until: float):
        self._ledger, self._composed, self._line, self._mood = ledger, composed, line, mood
        self._until = until
        self._taken: list[Row] = []
        self.stale: list[Row] = []  # what was composed for them is no longer so

    def send(self, waiting: list[Row]) -> list[Row]:
        """Send what can be sent; return what still waits."""
        try:
            while waiting and self._goes_on():
                letters, waiting = self._write(waiting)
                if letters:
                    waiting = self._hand_out(self._hand_over(letters), waiting)
        finally:
            handovers.close_taken(self._ledger, self._taken)
        return waiting + self.stale

    def _goes_on(self) -> bool:
        return not self._line.is_down and time.monotonic() < self._until

    def _write(self, waiting: list[Row]) -> tuple[Waiting, list[Row]]:
        """The next few letters, and what waits behind them; rows that get none are closed or given back."""
        letters, quiet, aside, left = deque(), defaultdict(list), defaultdict(list), deque(waiting)
        while left and len(letters) < TOGETHER and (self._goes_on() or len(left) == len(waiting)):
            row = left.popleft()
            if due := _quiet_ends(row):
                quiet[due].append(row)
            elif reason := self._why_not(row):
                aside[reason].append(row)
            elif letter := _letter(self._ledger, row, self._composed[row.leader_id]):
                letters.append((row, letter))
        for due, rows in quiet.items():
            ledgers.give_back(self._ledger, rows, due, QUIET)
        for reason, rows in aside.items():
            ledgers.skip(self._ledger, rows, reason)
        return letters, list(left)

    def _why_not(self, row: Row) -> str:
        return REFUSED if _is_refused(row) else self._ledger.why_not(row, self._composed.get(row.leader_id))

    def _hand_over(self, letters: Waiting) -> Waiting:
        """Note that the server gets them now, and close what it took before; return those still ours."""
        told = [(row, self._composed[row.leader_id]) for row, _ in letters]
        changed = rights.changed(told) | self._ledger.changed(told)
        self.stale += [row for row, _ in told if row.leader_id in changed]
        told = [(row, content) for row, content in told if row.leader_id not in changed]
        if not told:
            return deque()
        held = handovers.hand_over(self._ledger, told, self._taken)
        self._taken = []
        return deque((row, letter) for row, letter in letters if row.pk in held)

    def _hand_out(self, letters: Waiting, waiting: list[Row]) -> list[Row]:
        """Send letters one by one; return what waits, with those of them that are to wait again."""
        while letters:
            row, letter = letters.popleft()
            if not handovers.let_go(row, taken=self._taken[-1] if self._taken else None):
                continue
            delivery = self._line.send(letter)
            self._note(row, delivery)
            is_tired = self._mood.asks_for_rest(row, delivery)
            if letters and (is_tired or not self._goes_on()):
                waiting = handovers.withdraw(self._ledger, [row for row, _ in letters]) + waiting
                letters = deque()
            if is_tired:
                waiting = _let_rest(self._ledger, row, waiting, delivery.note)
        return waiting

    def _note(self, row: Row, delivery: Delivery) -> None:
        if delivery.outcome == Outcome.SENT:
            row.sent_at = timezone.now()
            self._taken.append(row)
        else:
            handovers.close(self._ledger, row, delivery)


def _compose(ledger: Ledger, rows: list[Row]) -> tuple[dict[int, Content], list[Row]]:
    """What to tell, and whom: one leader for whom nothing can be composed stops nobody else."""
    try:
        return ledger.compose([row.leader for row in rows]), rows
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%d letters could not be composed together", len(rows))
    composed, left = {}, []
    for row in rows:
        try:
            composed |= ledger.compose([row.leader])
            left.append(row)
        except Exception as error:
            ledgers.put_off_unwritten(ledger, row, error)
    return composed, left


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
        return ledgers.put_off_unwritten(ledger, row, error)


def _let_rest(ledger: Ledger, row: Row, waiting: list[Row], note: str) -> list[Row]:
    """Put off all that waits for the domain of a row; return what waits for others."""
    domain, due = domains.of(row), domains.rest_over()
    note = f"{domain} asked for a rest: {note}"[:300]
    ledgers.give_back(ledger, [each for each in waiting if domains.of(each) == domain], due, note)
    others = ledger.model.objects.filter(state__in=[LetterState.DUE, LetterState.DEFERRED], due_at__lt=due)
    domains.within(others, domain).update(due_at=due, note=note)
    return [each for each in waiting if domains.of(each) != domain]
