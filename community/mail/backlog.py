"""What waits to be sent to each mail domain, and why letters are stranded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from community.mail import domains
from community.mail.mailroom import DAYS, LABELS, LEDGERS
from community.models import STRANDED, UNFINISHED, LetterState

AT_MOST = 20  # lines
LATEST = "9"  # what has no run stands before all runs


@dataclass(frozen=True)
class Place:
    """What waits for one mail domain."""

    domain: str
    waiting: int
    deferred: int
    next_at: datetime
    rests: bool

    @property
    def in_this_minute(self) -> int:
        """How many letters it was sent, or is being sent, in this minute."""
        return domains.in_this_minute(self.domain)


@dataclass(frozen=True)
class Reason:
    """Why some letters of one list and run did not arrive."""

    mailing: str
    run: str
    state: str
    why: str
    number: int

    @property
    def what(self) -> str:
        return f"{LABELS[self.mailing]} of {self.run}" if self.run else LABELS[self.mailing]

    @property
    def query(self) -> str:
        """Where in the list these letters stand."""
        found = {"mailing": self.mailing, "state": self.state, "run": self.run, "why": self.why}
        return urlencode({name: value for name, value in found.items() if value})

    @property
    def state_in_words(self) -> str:
        return LetterState(self.state).label


def by_domain() -> list[Place]:
    """The domains for which most is waiting."""
    rows = " UNION ALL ".join(
        f"SELECT leader_id, state, due_at, note FROM {ledger.model._meta.db_table}"  # noqa: S608
        " WHERE state = ANY(%(unfinished)s)"
        for ledger in LEDGERS.values()
    )
    statement = f"""
        SELECT split_part(leader.email, '@', 2), count(*), count(*) FILTER (WHERE state = 'deferred'),
               min(due_at), bool_or(due_at > now() AND note LIKE '%% asked for a rest: %%')
          FROM ({rows}) AS waiting JOIN leaders_leader leader ON leader.id = waiting.leader_id
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {AT_MOST}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"unfinished": UNFINISHED})
        return [Place(*row) for row in cursor.fetchall()]


def reasons() -> list[Reason]:
    """Why the letters of the last days are stranded: the latest run and the most frequent reason first."""
    found = [reason for name in LEDGERS for reason in _reasons(name)]
    return sorted(found, key=lambda each: (each.run or LATEST, each.number), reverse=True)[:AT_MOST]


def _reasons(name: str) -> Iterable[Reason]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = LEDGERS[name].model.objects.filter(opened_at__gte=since, state__in=STRANDED).order_by()
    run = F("period") if name == "digest" else F("state")
    told = rows.values_list(run, "state", "note").annotate(number=Count("pk"))
    told = told.order_by(run.desc(), "-number")[:AT_MOST]
    for day, state, note, number in told:
        yield Reason(name, day.partition(" ")[0] if name == "digest" else "", state, note, number)
