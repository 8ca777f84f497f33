"""What was sent by e-mail, for those who look after it: to whom, when, and why not; never the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Value
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
            start = midnight(self.day)
            found = found.filter(opened_at__gte=start, opened_at__lt=midnight(self.day + timedelta(days=1)))
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


def comes_back() -> Q:
    """The condition that mail to a leader's present address was refused for good."""
    return Q(leader__mail_preferences__refused_address=F("leader__email"))


def midnight(day: date) -> datetime:
    """When a day begins where the service is at home."""
    return timezone.make_aware(datetime.combine(day, time()))
