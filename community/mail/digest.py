"""The digest: which ones are due, and what is sent for them."""

import time
from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.mail import delivery, editions, ledgers, unmailed
from community.mail.boards import Boards
from community.mail.contents import Edition
from community.models import Digest, LetterState, Notice, Post
from community.models.posts import told_until
from leaders import mail, preferences
from leaders.mail import Line
from leaders.models import DigestFrequency, Leader, MailPreferences, Rhythm

LASTING = (
    10  # seconds for which a worker keeps what was said lately; whether it may still leave is asked anew
)
NOTICES_TOLD = """told AS (
    UPDATE community_notice SET mailed_at = %(now)s
     WHERE mailed_at IS NULL AND id = ANY(ARRAY(
           SELECT jsonb_array_elements_text(marks -> 'notices')::bigint FROM closed))
)"""


class Digests:
    """The ledger of digests."""

    model = Digest
    follows = f"{preferences.DIGESTS_LEFT}, {NOTICES_TOLD}"

    def __init__(self, boards: Boards | None = None):
        self._boards = boards

    def compose(self, leaders: Iterable[Leader]) -> dict[int, Edition]:
        """The editions of those who may come in."""
        return editions.compose(leaders, self._boards)

    def forget(self) -> None:
        """What was said lately is read anew."""
        if self._boards:
            self._boards.forget()

    def changed(self, told: list[tuple[Digest, Edition]]) -> set[int]:
        """Those who have read or muted some of it meanwhile, or are told what no longer stands."""
        return editions.changed({row.leader_id: edition for row, edition in told})

    def why_not(self, row: Digest, edition: Edition | None) -> str:
        """Why a digest is not sent after all."""
        mine = getattr(row.leader, "mail_preferences", None)
        if mine is None or mine.digest == DigestFrequency.OFF:
            return "The digest is switched off."
        if mine.is_away:
            return "The leader is away."
        if edition is None:
            return "The leader may not come in at present."
        return "" if edition.count else unmailed.NOTHING_NEW

    def write(self, row: Digest, edition: Edition):
        """The letter."""
        context = {"edition": edition, "rhythm": row.leader.mail_preferences.rhythm}
        told = {"subject": edition.subject, "key": row.message_key, "context": context}
        return mail.write(row.leader, template="digest", mailing=preferences.DIGEST, **told)

    def take_back(self, row: Digest) -> None:
        """Its posts and notices may stand in another one: by its state it is none that told them."""
        Notice.objects.filter(pk__in=row.marks.get("notices", [])).update(mailed_at=None)


LEDGER = Digests()


def open_due() -> int:
    """Open one row for each leader whose local hour has come; a second scheduler opens none."""
    return sum(_open(rhythm, zone_name) for rhythm, zone_name in _rhythms())


def deliver(between: delivery.Errands = delivery.nothing) -> None:
    """Send what is due; `between` does what must not wait for the end of a long run."""
    try:
        delivery.deliver(Digests(Boards(LASTING)), between)
    finally:
        editions.forget()


def send_by_hand(leader: Leader) -> Digest:
    """Send a leader now what is unread, beside the usual periods; the row says what became of it."""
    row = _open_by_hand(leader)
    with Line() as line:
        delivery.send(LEDGER, ledgers.renew(LEDGER, [row]), line, time.monotonic() + delivery.PATIENCE)
    row.refresh_from_db()
    return row


def pause_until_told(leader: Leader) -> float:
    """Seconds until nobody can take back any more what this leader would be told."""
    seen = Post.objects.visible_to(leader).shown().exclude(author=leader)
    last = seen.filter(created_at__gt=told_until()).order_by("-created_at").first()
    return max((last.told_at - timezone.now()).total_seconds(), 0) if last else 0


def _rhythms() -> Iterator[tuple[Rhythm, str]]:
    """The distinct hours that leaders chose: few, however many leaders there are."""
    chosen = MailPreferences.objects.exclude(digest=DigestFrequency.OFF).order_by()
    fields = ("digest", "digest_weekday", "digest_hour", "digest_days", "leader__time_zone")
    for *when, days, zone_name in chosen.values_list(*fields).distinct():
        yield Rhythm(*when, Leader(time_zone=zone_name).zone, tuple(days)), zone_name


def _open(rhythm: Rhythm, zone_name: str) -> int:
    day, moment = rhythm.latest(timezone.now())
    away = MailPreferences.objects.filter(leader=OuterRef("pk"), away_until__gt=day)
    opened = Digest.objects.filter(leader=OuterRef("pk"), period=day.isoformat())
    leaders = Leader.objects.active().filter(
        ~Exists(opened),
        ~Exists(away),
        time_zone=zone_name,
        mail_preferences__digest=rhythm.frequency,
        mail_preferences__digest_weekday=rhythm.weekday,
        mail_preferences__digest_hour=rhythm.hour,
        mail_preferences__digest_days=list(rhythm.days),
        mail_preferences__chosen_at__lt=moment,
    )
    rows = [Digest(leader_id=pk, period=day, due_at=moment) for pk in leaders.values_list("pk", flat=True)]
    Digest.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def _open_by_hand(leader: Leader) -> Digest:
    today = timezone.now().astimezone(leader.zone).date()
    number = Digest.objects.filter(leader=leader, period__startswith=f"{today} by hand").count() + 1
    claimed = {"state": LetterState.CLAIMED, "lease_until": timezone.now() + ledgers.LEASE}
    return Digest.objects.create(leader=leader, period=f"{today} by hand {number}", **claimed)
