"""What was sent by e-mail, for those who look after it: to whom, when, and why not; never the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from community import digest, ledgers, letters
from community.ledgers import Row
from community.models import STRANDED, UNFINISHED, Digest, Letter, LetterState
from community.permissions import may_send_again, require
from community.permissions.mail import AGAIN
from leaders.models import Leader

LEDGERS = {"digest": digest.LEDGER, "notices": letters.LEDGER}
LABELS = {"digest": "Digest", "notices": "Notices"}
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

    def narrow(self, rows: QuerySet) -> QuerySet:
        """Those rows of a ledger."""
        states = {"stranded": STRANDED, "waiting": UNFINISHED}.get(self.state, [self.state])
        found = rows.filter(state__in=states) if self.state else rows
        if self.day:
            start = _midnight(self.day)
            found = found.filter(opened_at__gte=start, opened_at__lt=_midnight(self.day + timedelta(days=1)))
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
    """The list, primary key and time of what somebody looks for, the newest first."""
    parts = [
        wanted.narrow(LEDGERS[name].model.objects.order_by())
        .annotate(mailing=Value(name))
        .values_list("mailing", "pk", "opened_at")
        for name in ([wanted.mailing] if wanted.mailing else LEDGERS)
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-opened_at", "-pk")


def rows_of(found: Iterable[tuple]) -> list[Row]:
    """The rows themselves, in the same order, each with the name of its list."""
    found = list(found)
    rows = {}
    for name, ledger in LEDGERS.items():
        keys = [pk for mailing, pk, _ in found if mailing == name]
        model = ledger.model.objects.select_related("leader").alias(is_last=~ledgers.has_newer(ledger))
        offered = model.filter(is_last=True, state__in=AGAIN).exclude(_comes_back())
        again = set(offered.filter(pk__in=keys).values_list("pk", flat=True))
        for pk, row in model.in_bulk(keys).items():
            row.mailing, row.may_go_again = name, pk in again
            rows[name, pk] = row
    return [rows[mailing, pk] for mailing, pk, _ in found if (mailing, pk) in rows]


def by_day(mailing: str = "") -> list[Totals]:
    """What became of the letters of each of the last days, of one list or all."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    days = {first + timedelta(days=number): {} for number in range(DAYS)}
    for name in [mailing] if mailing else LEDGERS:
        rows = LEDGERS[name].model.objects.filter(opened_at__gte=_midnight(first)).order_by()
        for day, state, number in (
            rows.annotate(day=TruncDate("opened_at")).values_list("day", "state").annotate(Count("pk"))
        ):
            if day in days:
                days[day][state] = days[day].get(state, 0) + number
    return [Totals(f"{day:%-d %B}", states) for day, states in days.items()]


def by_run() -> list[Totals]:
    """What became of the digests of each of the last local days."""
    first = timezone.localdate() - timedelta(days=DAYS)
    rows = Digest.objects.filter(opened_at__gte=_midnight(first)).order_by()
    runs: dict[str, dict] = {}
    for period, state, number in rows.values_list("period", "state").annotate(Count("pk")):
        name = period.partition(" ")[0]
        run = runs.setdefault(name, {})
        run[state] = run.get(state, 0) + number
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


def _comes_back() -> Q:
    return Q(leader__mail_preferences__refused_address=F("leader__email"))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
