"""The digest: which ones are due, and what is sent for them."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.mail import delivery, editions, ledgers
from community.mail.contents import Edition
from community.mail.unmailed import TOLD
from community.models import Digest, LetterState, Notice, Post, Reading
from community.models.posts import told_until
from leaders import mail, preferences
from leaders.mail import Line
from leaders.models import DigestFrequency, Leader, MailPreferences, Rhythm


class Digests:
    """The ledger of digests."""

    model = Digest

    def compose(self, leaders: Iterable[Leader]) -> dict[int, Edition]:
        """The editions of those who may come in."""
        return editions.compose(leaders)

    def why_not(self, row: Digest, edition: Edition | None) -> str:
        """Why a digest is not sent after all."""
        mine = getattr(row.leader, "mail_preferences", None)
        if mine is None or mine.digest == DigestFrequency.OFF:
            return "The digest is switched off."
        if mine.is_away:
            return "The leader is away."
        if edition is None:
            return "The leader may not come in at present."
        return "" if edition.count else "There was nothing new."

    def write(self, row: Digest, edition: Edition):
        """The letter."""
        context = {"edition": edition, "rhythm": row.leader.mail_preferences.rhythm}
        told = {"subject": edition.subject, "key": row.message_key, "context": context}
        return mail.write(row.leader, template="digest", mailing=preferences.DIGEST, **told)

    def mark_mailed(self, rows: list[Digest]) -> None:
        """Their posts and notices stand in no other digest."""
        _mark_posts(rows)
        offered = [row.leader_id for row in rows if "slower" in row.marks]
        preferences.note_digests([row.leader_id for row in rows], offered_slower=offered)
        if told := [pk for row in rows for pk in row.marks["notices"]]:
            Notice.objects.filter(pk__in=told).mark_mailed()

    def take_back(self, row: Digest) -> None:
        """Its posts and notices may stand in another one: the marks fall back to those of the others."""
        others = Digest.objects.filter(leader=row.leader_id, state__in=TOLD).exclude(pk=row.pk)
        before = Counter()
        for threads in others.values_list("marks__threads", flat=True):
            before |= Counter(threads or {})
        for thread, told in row.marks.get("threads", {}).items():
            mine = Reading.objects.filter(leader=row.leader_id, thread=int(thread), mailed_up_to=told)
            mine.update(mailed_up_to=before[thread])
        Notice.objects.filter(pk__in=row.marks.get("notices", [])).update(mailed_at=None)


LEDGER = Digests()


def open_due() -> int:
    """Open one row for each leader whose local hour has come; a second scheduler opens none."""
    return sum(_open(rhythm, zone_name) for rhythm, zone_name in _rhythms())


def deliver(between: delivery.Errands = delivery.nothing) -> None:
    """Send what is due; `between` does what must not wait for the end of a long run."""
    delivery.deliver(LEDGER, between)


def send_by_hand(leader: Leader) -> Digest:
    """Send a leader now what is unread, beside the usual periods; the row says what became of it."""
    row = _open_by_hand(leader)
    with Line() as line:
        delivery.send(LEDGER, [row], line, time.monotonic() + delivery.PATIENCE)
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


def _mark_posts(rows: list[Digest]) -> None:
    statement = """
        INSERT INTO community_reading (leader_id, thread_id, read_up_to, mailed_up_to, read_at)
        SELECT told.leader_id, thread.id, 0, max(told.number), now()
          FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS told (leader_id, thread_id, number)
          JOIN community_thread thread ON thread.id = told.thread_id
         GROUP BY told.leader_id, thread.id ORDER BY told.leader_id, thread.id
        ON CONFLICT (leader_id, thread_id)
        DO UPDATE SET mailed_up_to = greatest(community_reading.mailed_up_to, excluded.mailed_up_to)
    """
    told = [(row.leader_id, int(pk), number) for row in rows for pk, number in row.marks["threads"].items()]
    if told:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*told, strict=True)])
