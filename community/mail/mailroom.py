"""What was sent by e-mail, for those who look after it: to whom, when, and why not; never the words."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q, QuerySet, Value
from django.utils import timezone

from community.mail import digest, ledgers, letters
from community.mail.ledgers import Row
from community.models import STRANDED, UNFINISHED, Digest, Letter, LetterState
from community.permissions import may_send_again, require
from community.permissions.mail import AGAIN
from leaders.models import Leader

LEDGERS = {"digest": digest.LEDGER, "notices": letters.LEDGER}
LABELS = {"digest": "Digest", "notices": "Notices"}
AT_MOST = (
    5_000  # rows of the list, so that no page of it takes long; older ones are found by looking for them
)
DAYS = 60
RUNS = 14


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for."""

    words: str = ""
    mailing: str = ""
    state: str = ""
    day: date | None = None
    domain: str = ""
    run: date | None = None
    why: str = ""

    def narrow(self, rows: QuerySet) -> QuerySet:
        """Those rows of a ledger."""
        states = {"stranded": STRANDED, "waiting": UNFINISHED}.get(self.state, [self.state])
        found = rows.filter(state__in=states) if self.state else rows
        if self.day:
            start = _midnight(self.day)
            found = found.filter(opened_at__gte=start, opened_at__lt=_midnight(self.day + timedelta(days=1)))
        if self.run:
            is_digest = rows.model is Digest
            found = found.filter(period__startswith=self.run.isoformat()) if is_digest else found.none()
        if self.why:
            found = found.filter(note__icontains=self.why)
        if self.domain:
            found = found.filter(leader__email__endswith=f"@{self.domain.lower().lstrip('@')}")
        if self.words:
            name = Q(leader__name__icontains=self.words)
            found = found.filter(name | Q(leader__email__icontains=self.words))
        return found


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


def listed(wanted: Wanted) -> QuerySet:
    """The list, primary key and time of what somebody looks for: the newest, `AT_MOST` of them."""
    newest = "-opened_at", "-pk"
    parts = [
        wanted.narrow(LEDGERS[name].model.objects.order_by(*newest))
        .annotate(mailing=Value(name))
        .values_list("mailing", "pk", "opened_at")[:AT_MOST]
        for name in ([wanted.mailing] if wanted.mailing else LEDGERS)
    ]
    return parts[0].union(*parts[1:], all=True).order_by(*newest)[:AT_MOST] if parts[1:] else parts[0]


def rows_of(found: Iterable[tuple]) -> list[Row]:
    """The rows themselves, in the same order, each with the name of its list."""
    found = list(found)
    rows = {}
    for name, ledger in LEDGERS.items():
        keys = [pk for mailing, pk, _ in found if mailing == name]
        model = ledger.model.objects.select_related("leader").alias(is_last=~ledgers.has_newer(ledger))
        offered = model.filter(is_last=True, state__in=AGAIN).exclude(comes_back())
        again = set(offered.filter(pk__in=keys).values_list("pk", flat=True))
        for pk, row in model.in_bulk(keys).items():
            row.mailing, row.may_go_again = name, pk in again
            rows[name, pk] = row
    return [rows[mailing, pk] for mailing, pk, _ in found if (mailing, pk) in rows]


def by_day(mailing: str = "") -> list[Totals]:
    """What became of the letters of each of the last days, of one list or all."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    states = {day: Counter() for day in days}
    for name in [mailing] if mailing else LEDGERS:
        for day, state, number in _counted(LEDGERS[name].model, days):
            states[day][state] += number
    return [Totals(f"{day:%-d %B}", states[day]) for day in days]


def by_run() -> list[Totals]:
    """What became of the digests of each of the last local days."""
    runs = _runs(RUNS + 2)  # as many days as hold so many runs where there is one each day
    if len(runs) <= RUNS:
        runs = _runs(DAYS)
    return [Totals(name, runs[name]) for name in sorted(runs, reverse=True)[:RUNS]]


def stranded() -> int:
    """How many letters did not arrive, or perhaps not, and wait for somebody to look."""
    return sum(ledger.model.objects.filter(state__in=STRANDED).count() for ledger in LEDGERS.values())


def find(mailing: str, pk: int) -> Digest | Letter | None:
    """One row."""
    ledger = LEDGERS.get(mailing)
    return ledger.model.objects.select_related("leader").filter(pk=pk).first() if ledger else None


@transaction.atomic
def send_again(row: Row, *, by: Leader, sure: bool = False) -> None:
    """Have a letter sent anew, with what is new for its reader by then."""
    require(may_send_again(by, row, sure=sure))
    ledger = LEDGERS["digest" if isinstance(row, Digest) else "notices"]
    anew = {"state": LetterState.DUE, "due_at": timezone.now(), "lease_until": None, "tried_at": None}
    try:
        with transaction.atomic():
            mine = ledger.model.objects.filter(pk=row.pk, state=row.state)
            done = mine.update(**anew, sent_at=None, note=f"Sent again by {by}."[:300])
    except IntegrityError:
        done = 0
    if not done:
        raise PermissionDenied("Something changed in the meantime. Please look again.")
    if row.state == LetterState.AMBIGUOUS:
        ledger.take_back(row)


def _counted(model: type[Row], days: list[date]) -> list[tuple[date, str, int]]:
    """How many rows of each day have each state: the index alone tells."""
    statement = f"""
        SELECT day.name, counted.state, counted.number
          FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS day (name, since, until),
       LATERAL (SELECT state, count(*) AS number FROM {model._meta.db_table}
                 WHERE opened_at >= day.since AND opened_at < day.until GROUP BY state) AS counted
    """  # noqa: S608
    nights = [_midnight(day) for day in [*days, days[-1] + timedelta(days=1)]]
    with connection.cursor() as cursor:
        cursor.execute(statement, [days, nights[:-1], nights[1:]])
        return cursor.fetchall()


def _runs(days: int) -> dict[str, Counter]:
    """The digests that were opened in the last days, by local day and state."""
    rows = Digest.objects.filter(opened_at__gte=_midnight(timezone.localdate() - timedelta(days=days)))
    runs: dict[str, Counter] = defaultdict(Counter)
    for period, state, number in rows.order_by().values_list("period", "state").annotate(Count("pk")):
        runs[period.partition(" ")[0]][state] += number
    return runs


def comes_back() -> Q:
    """The condition that mail to a leader's present address was refused for good."""
    return Q(leader__mail_preferences__refused_address=F("leader__email"))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
