"""How many letters of each day, and of each run of the digest, became what."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from community.mail.mailroom import DAYS, LEDGERS, midnight
from community.models import STRANDED, UNFINISHED, Digest, LetterState

RUNS = 14
IN_MOTION = timedelta(days=2)  # after which hardly a letter changes: none is tried for longer than a day
KEPT = 600  # seconds for which the figures of older days are not counted anew

Counts = dict[tuple[str, str], int]  # by run and state


@dataclass
class Totals:
    """How many letters of one day, or of one run, became what."""

    name: str
    states: dict[str, int]

    @property
    def all(self) -> int:
        return sum(self.states.values())

    @property
    def sent(self) -> int:
        return self.states.get(LetterState.SENT, 0)

    @property
    def skipped(self) -> int:
        return self.states.get(LetterState.SKIPPED, 0)

    @property
    def waiting(self) -> int:
        return sum(self.states.get(state, 0) for state in UNFINISHED)

    @property
    def bounced(self) -> int:
        return self.states.get(LetterState.BOUNCED, 0)

    @property
    def failed(self) -> int:
        return self.states.get(LetterState.FAILED, 0)

    @property
    def ambiguous(self) -> int:
        return self.states.get(LetterState.AMBIGUOUS, 0)

    @property
    def stranded(self) -> int:
        return sum(self.states.get(state, 0) for state in STRANDED)


def by_day(mailing: str = "") -> list[Totals]:
    """What became of the letters of each of the last days, of one list or all."""
    states = {day: Counter() for day in _days()}
    for name in [mailing] if mailing else LEDGERS:
        for day, counts in _counts(name).items():
            for (_, state), number in counts.items():
                states[day][state] += number
    return [Totals(f"{day:%-d %B}", states[day]) for day in states]


def by_run() -> list[Totals]:
    """What became of the digests of each of the last local days."""
    runs: dict[str, Counter] = defaultdict(Counter)
    for counts in _counts("digest").values():
        for (run, state), number in counts.items():
            runs[run][state] += number
    return [Totals(name, runs[name]) for name in sorted(runs, reverse=True)[:RUNS]]


def _days() -> list[date]:
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    return [first + timedelta(days=number) for number in range(DAYS)]


def _counts(name: str) -> dict[date, Counts]:
    """How many rows of each day have each run and state; of older days as they were minutes ago."""
    days, settled = _days(), timezone.localdate() - IN_MOTION
    keys = {day: f"mail:totals:{name}:{day}" for day in days if day < settled}
    kept = cache.get_many(keys.values())
    known = {day: kept[key] for day, key in keys.items() if key in kept}
    if asked := [day for day in days if day not in known]:
        counted = _count(name, asked)
        known |= counted
        cache.set_many({keys[day]: counts for day, counts in counted.items() if day in keys}, KEPT)
    return {day: known[day] for day in days}


def _count(name: str, days: list[date]) -> dict[date, Counts]:
    model = LEDGERS[name].model
    run = "split_part(period, ' ', 1)" if model is Digest else "''"
    statement = f"""
        SELECT day.name, counted.run, counted.state, counted.number
          FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS day (name, since, until),
       LATERAL (SELECT {run} AS run, state, count(*) AS number FROM {model._meta.db_table}
                 WHERE opened_at >= day.since AND opened_at < day.until GROUP BY 1, 2) AS counted
    """  # noqa: S608
    counts: dict[date, Counts] = {day: {} for day in days}
    nights = [[midnight(day) for day in days], [midnight(day + timedelta(days=1)) for day in days]]
    with connection.cursor() as cursor:
        cursor.execute(statement, [days, *nights])
        for day, run, state, number in cursor.fetchall():
            counts[day][run, state] = number
    return counts
