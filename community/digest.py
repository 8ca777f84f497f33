"""The digest: which ones are due, and their way to the mail server, once each, whatever ends in between."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from community import editions
from community.editions import Edition
from community.models import Digest, DigestState, Notice
from leaders import mail
from leaders.mail import Delivery, Line, Outcome
from leaders.models import DigestFrequency, Leader, MailPreferences, Rhythm

log = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=5)
FRESH = 5  # seconds after which what was composed is composed anew: rights may have ended meanwhile
PATIENCE = 120  # seconds after which a run leaves the rest to the next one
LONGEST_PAUSE = timedelta(hours=1)

S = DigestState


def open_due() -> int:
    """Open one row for each leader whose local hour has come; a second scheduler opens none."""
    return sum(_open(rhythm, zone_name) for rhythm, zone_name in _rhythms())


def deliver() -> None:
    """Send what is due, batch by batch."""
    stop = time.monotonic() + PATIENCE
    _close_unanswered()
    with Line() as line:
        while time.monotonic() < stop and not line.is_down and (rows := _claim()):
            _send(rows, line, stop)


def send_by_hand(leader: Leader) -> Digest:
    """Send a leader now what is unread, beside the usual periods; the row says what became of it."""
    row = _open_by_hand(leader)
    with Line() as line:
        _send([row], line, time.monotonic() + PATIENCE)
    row.refresh_from_db()
    return row


# --- Opening --------------------------------------------------------------------------------------------


def _rhythms() -> Iterator[tuple[Rhythm, str]]:
    """The distinct hours that leaders chose: few, however many leaders there are."""
    chosen = MailPreferences.objects.exclude(digest=DigestFrequency.OFF).order_by()
    fields = ("digest", "digest_weekday", "digest_hour", "leader__time_zone")
    for *when, zone_name in chosen.values_list(*fields).distinct():
        yield Rhythm(*when, Leader(time_zone=zone_name).zone), zone_name


def _open(rhythm: Rhythm, zone_name: str) -> int:
    day, moment = rhythm.latest(timezone.now())
    opened = Digest.objects.filter(leader=OuterRef("pk"), period=day.isoformat())
    leaders = Leader.objects.active().filter(
        ~Exists(opened),
        time_zone=zone_name,
        mail_preferences__digest=rhythm.frequency,
        mail_preferences__digest_weekday=rhythm.weekday,
        mail_preferences__digest_hour=rhythm.hour,
        mail_preferences__chosen_at__lt=moment,
    )
    rows = [Digest(leader_id=pk, period=day, due_at=moment) for pk in leaders.values_list("pk", flat=True)]
    Digest.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def _open_by_hand(leader: Leader) -> Digest:
    today = timezone.now().astimezone(leader.zone).date()
    number = Digest.objects.filter(leader=leader, period__startswith=f"{today} by hand").count() + 1
    claimed = {"state": S.CLAIMED, "lease_until": timezone.now() + LEASE}
    return Digest.objects.create(leader=leader, period=f"{today} by hand {number}", **claimed)


# --- Claiming -------------------------------------------------------------------------------------------


@transaction.atomic
def _claim() -> list[Digest]:
    """Hold the next rows that are due and that nobody holds; of one leader's the newest alone counts."""
    now, lease = timezone.now(), timezone.now() + LEASE
    newer = Digest.objects.filter(leader=OuterRef("leader"), pk__gt=OuterRef("pk"))
    Digest.objects.filter(Exists(newer), state__in=[S.DUE, S.DEFERRED]).update(
        state=S.SKIPPED, note="A newer one took its place."
    )
    free = Q(state__in=[S.DUE, S.DEFERRED], due_at__lte=now) | Q(state=S.CLAIMED, lease_until__lte=now)
    due = Digest.objects.filter(free).select_for_update(skip_locked=True).order_by("due_at", "pk")
    mine = list(due.values_list("pk", flat=True)[:BATCH])
    Digest.objects.filter(pk__in=mine).update(state=S.CLAIMED, lease_until=lease)
    held = Digest.objects.filter(pk__in=mine).select_related("leader__mail_preferences")
    return list(held.order_by("due_at", "pk"))


def _close_unanswered() -> None:
    """Close what was with the server when its worker ended. It may have been taken, so it is not repeated."""
    for row in Digest.objects.filter(state=S.SENDING, lease_until__lte=timezone.now()):
        _close(row, Delivery(Outcome.AMBIGUOUS, "The worker ended while the server had the letter."))


# --- Sending --------------------------------------------------------------------------------------------


def _send(rows: list[Digest], line: Line, stop: float) -> None:
    waiting = list(rows)
    while waiting and not line.is_down and time.monotonic() < stop:
        composed = editions.compose(row.leader for row in waiting)
        fresh = time.monotonic() + FRESH
        while waiting and not line.is_down and time.monotonic() < min(fresh, stop):
            row = waiting.pop(0)
            _send_one(row, composed.get(row.leader_id), line)
    _held(waiting).update(state=S.DUE, lease_until=None)


def _send_one(row: Digest, edition: Edition | None, line: Line) -> None:
    if reason := _why_not(row, edition):
        _held([row]).update(state=S.SKIPPED, lease_until=None, note=reason)
    elif (letter := _letter(row, edition)) and _hand_over(row, edition):
        _close(row, line.send(letter))


def _why_not(row: Digest, edition: Edition | None) -> str:
    preferences = getattr(row.leader, "mail_preferences", None)
    if preferences is None or preferences.digest == DigestFrequency.OFF:
        return "The digest is switched off."
    if edition is None:
        return "The leader may not come in at present."
    return "" if edition.count else "There was nothing new."


def _letter(row: Digest, edition: Edition):
    """The letter, or None where it cannot be written: one bad row stops nobody else."""
    try:
        return mail.write(
            row.leader,
            template="digest",
            subject=edition.subject,
            key=row.message_key,
            context={"edition": edition, "rhythm": row.leader.mail_preferences.rhythm},
        )
    except Exception as error:
        log.exception("digest %s could not be written", row.pk)
        _put_off(_held([row]), row, type(error).__name__)
        return None


def _hand_over(row: Digest, edition: Edition) -> bool:
    """Note, before the server gets it, what it tells; False if somebody else holds the row by now."""
    lease = timezone.now() + LEASE
    handed = _held([row]).update(
        state=S.SENDING,
        lease_until=lease,
        marks=edition.marks,
        item_count=edition.count,
        attempts=F("attempts") + 1,
    )
    row.state, row.lease_until, row.marks, row.attempts = S.SENDING, lease, edition.marks, row.attempts + 1
    return bool(handed)


@transaction.atomic
def _close(row: Digest, delivery: Delivery) -> None:
    """Write down what became of a letter; what it told is marked as mailed in the same step."""
    mine = Digest.objects.filter(pk=row.pk, state=S.SENDING, lease_until=row.lease_until)
    if delivery.outcome == Outcome.DEFERRED:
        return _put_off(mine, row, delivery.note)
    closed = {"state": delivery.outcome, "sent_at": timezone.now(), "note": delivery.note[:300]}
    if mine.update(lease_until=None, **closed) and delivery.outcome != Outcome.BOUNCED:
        _mark_mailed(row)
    return None


def _put_off(mine, row: Digest, note: str) -> None:
    pause = min(timedelta(minutes=2 ** min(row.attempts, 10)), LONGEST_PAUSE)
    mine.update(state=S.DEFERRED, lease_until=None, due_at=timezone.now() + pause, note=note[:300])


def _mark_mailed(row: Digest) -> None:
    statement = """
        INSERT INTO community_reading (leader_id, thread_id, read_up_to, mailed_up_to, read_at)
        SELECT %s, thread.id, 0, told.number, now()
          FROM unnest(%s::bigint[], %s::int[]) AS told (thread_id, number)
          JOIN community_thread thread ON thread.id = told.thread_id ORDER BY thread.id
        ON CONFLICT (leader_id, thread_id)
        DO UPDATE SET mailed_up_to = greatest(community_reading.mailed_up_to, excluded.mailed_up_to)
    """
    threads = row.marks["threads"]
    with connection.cursor() as cursor:
        cursor.execute(statement, [row.leader_id, [int(pk) for pk in threads], list(threads.values())])
    Notice.objects.filter(pk__in=row.marks["notices"], mailed_at=None).update(mailed_at=timezone.now())


def _held(rows: list[Digest]):
    """These rows, as long as they are held under the lease with which they were claimed."""
    held = Q()
    for row in rows:
        held |= Q(pk=row.pk, lease_until=row.lease_until)
    return Digest.objects.filter(held, state=S.CLAIMED) if rows else Digest.objects.none()
