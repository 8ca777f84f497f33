"""What hosts have for the readers of digests: a line for the week, and the sessions that somebody missed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from community.mail.boards import OVERLAP
from community.mail.unmailed import TOLD, Since
from community.models import (
    Digest,
    HostLine,
    Level,
    MailRule,
    RoomReading,
    Session,
    Space,
    SpaceKind,
    SpaceLevel,
    asking,
)
from community.models.host_lines import A_WEEK
from community.models.posts import told_until
from leaders.models import Leader

AT_MOST = 50
REPEATED_AFTER = timedelta(days=8)  # a line lasts a week


@dataclass(frozen=True)
class Word:
    """One line of a letter, and what to mark of it."""

    pk: int
    text: str
    path: str
    space: Space


def lines(leaders: list[Leader], seen: dict[tuple[int, int], Space]) -> dict[int, list[Word]]:
    """For each leader the hosts' lines of this week that no digest told yet, where words may leave."""
    spaces = {space.pk: space for space in seen.values() if space.mail_rule == MailRule.EVERYTHING}
    now = timezone.now()
    current = _LINES.objects(spaces=list(spaces), now=now, since=now - A_WEEK)
    if not current:
        return {}
    told, muted = _told_lines(leaders), _muted(leaders)
    found = defaultdict(list)
    for line in current:
        space = spaces[line.space_id]
        words = Word(line.pk, f"{line.by}, {space}: “{line.words}”", space.get_absolute_url(), space)
        readers = {pk for pk, place in seen if place == space.pk and (pk, place) not in muted} - {line.by_id}
        for pk in sorted(readers):
            if line.pk not in told[pk]:
                found[pk].append(words)
    return found


def missed(since: dict[int, Since], seen: dict[tuple[int, int], Space]) -> dict[int, list[Word]]:
    """For each leader the sessions that ended since the last digest and in which they were not."""
    first = min((each.moment for each in since.values()), default=timezone.now())
    spaces = {space.pk for space in seen.values() if not keeps_to_itself(space)}
    past = _SESSIONS.objects(spaces=list(spaces), told=told_until(), since=first)
    muted = _muted(list(since)) if past else set()
    were_there = RoomReading.objects.filter(room__in=[session.pk for session in past])
    there = set(were_there.values_list("leader", "room")) if past else set()
    found = defaultdict(list)
    for session in past:
        words = Word(
            session.pk,
            f"{session.title} ({session.room.space})",
            session.get_absolute_url(),
            session.room.space,
        )
        for leader, (moment, *_) in since.items():
            pair, is_new = (leader, session.room.space_id), session.ends_at > moment + OVERLAP
            if is_new and pair in seen and pair not in muted and (leader, session.pk) not in there:
                found[leader].append(words)
    return found


def still_stand(lines: list[int]) -> set[int]:
    """Those of some lines that still hold."""
    return set(HostLine.objects.current().filter(pk__in=lines).values_list("pk", flat=True))


def still_missed(missed: dict[int, set[int]]) -> dict[int, set[int]]:
    """Those of the sessions that each leader missed which still count as held, and were not looked at."""
    if not (asked := set().union(*missed.values())):
        return missed
    held = set(Session.objects.past().filter(pk__in=asked).values_list("pk", flat=True))
    looked = RoomReading.objects.filter(leader__in=missed, room__in=held).values_list("leader", "room")
    seen = set(looked)
    return {
        pk: {each for each in sessions & held if (pk, each) not in seen} for pk, sessions in missed.items()
    }


def keeps_to_itself(space: Space) -> bool:
    """Whether nothing of it may leave but that there is something new."""
    return space.kind == SpaceKind.SEALED or space.mail_rule == MailRule.NOTHING


def _told_lines(leaders: list[Leader]) -> dict[int, set[int]]:
    lately = timezone.now() - REPEATED_AFTER
    rows = Digest.objects.filter(leader__in=leaders, state__in=TOLD, sent_at__gt=lately)
    told = defaultdict(set)
    for leader, lines in rows.order_by().values_list("leader", "marks__lines"):
        told[leader].update(lines or [])
    return told


def _muted(leaders: list) -> set[tuple[int, int]]:
    muted = SpaceLevel.objects.filter(leader__in=leaders, level=Level.MUTED)
    return set(muted.values_list("leader", "space"))


def _lines(_) -> QuerySet[HostLine]:
    return HostLine.objects.current().filter(space__in=[asking.SPACES]).select_related("by")


def _sessions(_) -> QuerySet[Session]:
    past = Session.objects.past(asking.TOLD).filter(room__space__in=[asking.SPACES], ends_at__gt=asking.SINCE)
    return past.select_related("room__space")[:AT_MOST]


_LINES, _SESSIONS = map(asking.Question, (_lines, _sessions))
