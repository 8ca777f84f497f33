"""What unread notices tell of that a page shows: they are read once that has been on the screen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from community.models import Case, Notice, NoticeKind, Post, Room, Session, Space, Sweep, Thread, asking
from community.models.notices import (
    ABOUT_A_MESSAGE,
    OF_A_DECISION,
    READ_WITH_THE_POST,
    TOGETHER,
    replies,
)
from community.models.spaces import readable_ids, spaces_read_by
from community.models.threads import POSTS_PER_PAGE
from community.models.waiting import Inquiry, entries_waiting
from community.telling.entries import Entry
from community.telling.notices import count_again
from leaders.models import Leader

AT_MOST = 500  # unread notices that are looked at for a page
SEEN_IN_A_ROOM = (*ABOUT_A_MESSAGE, NoticeKind.THANKS, *OF_A_DECISION)
SAID_IN_THE_LIST = (NoticeKind.MEMBERSHIP, *OF_A_DECISION)
OF_A_THREAD = (*TOGETHER, *OF_A_DECISION, NoticeKind.FIRST_POST)


@dataclass(frozen=True)
class Visit:
    """An unread notice, and the parts of a page that it is about, by their ids; none: the page itself."""

    notice: int
    of: str = ""


class Unread(NamedTuple):
    """An unread notice, as far as pages ask for it."""

    pk: int
    kind: str
    cause: str | None
    thread: int | None
    post: int | None
    number: int | None
    space: int | None
    room: int | None
    message: int | None
    case: int | None
    well_done: int | None


def of_thread(leader: Leader, thread: Thread, *, before: str = "post-") -> list[Visit]:
    """About a thread from reading.with_first_unread, and about its posts, whose ids begin like this."""
    unread = _unread(leader, thread.pk)
    mine = [notice for notice in unread if notice.thread == thread.pk and notice.kind in OF_A_THREAD]
    about = [(notice, _numbers(notice, thread, leader)) for notice in mine]
    return [
        Visit(notice.pk, " ".join(f"{before}{number}" for number in numbers))
        for notice, numbers in about
        if numbers or notice.kind != NoticeKind.REPLY
    ]


def of_space(leader: Leader, space: Space) -> list[Visit]:
    """About one's place in a space, and about what was decided there and stands nowhere else."""
    kinds = (NoticeKind.MEMBERSHIP, *OF_A_DECISION)
    return [
        Visit(notice.pk)
        for notice in _unread(leader)
        if notice.space == space.pk and notice.kind in kinds and not (notice.thread or notice.room)
    ]


def of_room(leader: Leader, room: Room) -> list[Visit]:
    """About messages of a room; and about the session that takes place in it."""
    session = Session.cause_in_notices(room.pk)
    return [
        Visit(notice.pk, "" if notice.kind == NoticeKind.SESSION else f"message-{notice.message}")
        for notice in _unread(leader)
        if (notice.room == room.pk and notice.message and notice.kind in SEEN_IN_A_ROOM)
        or (notice.kind == NoticeKind.SESSION and (notice.cause or "").startswith(session))
    ]


def of_case(leader: Leader, case: Case) -> list[Visit]:
    """That a case waits."""
    return [Visit(notice.pk) for notice in _unread(leader) if notice.case == case.pk]


def of_well_done(leader: Leader) -> list[Visit]:
    """About kind words, each beside its own."""
    told = [notice for notice in _unread(leader) if notice.kind == NoticeKind.WELL_DONE]
    return [Visit(notice.pk, f"well-done-{notice.well_done}") for notice in told]


def of_profile(leader: Leader) -> list[Visit]:
    """About one's cohorts, which stand on one's own profile."""
    told = [notice for notice in _unread(leader) if notice.kind == NoticeKind.MEMBERSHIP]
    return [Visit(notice.pk) for notice in told if notice.space is None]


def of_list(leader: Leader, page: Iterable[Entry], threads: set[int]) -> list[Visit]:
    """What the list itself says, of a place where one cannot go: `threads` are those that one may see."""
    spaces, rooms = set(readable_ids(leader)), Room.objects.visible_to(leader)
    told = [entry.newest for entry in page if entry.is_unread and entry.newest.kind in SAID_IN_THE_LIST]
    return [
        Visit(notice.pk, f"notice-{notice.pk}")
        for notice in told
        if not (notice.thread_id in threads or notice.space_id in spaces or _has_profile(notice))
        and not (notice.room_id and rooms.filter(pk=notice.room_id).exists())
    ]


def sessions_of(notice: Notice, leader: Leader) -> QuerySet[Session]:
    """The session that a notice tells of, if its leader may see it."""
    is_of_one = notice.kind == NoticeKind.SESSION and notice.cause
    key = notice.cause.split(":")[1] if is_of_one else None
    return Session.objects.visible_to(leader).filter(pk=key)


@transaction.atomic
def read(leader: Leader, notices: Collection[int]) -> None:
    """What these tell of was on the screen."""
    _open(Notice.objects.visible_to(leader).unread().filter(pk__in=notices), leader)


@transaction.atomic
def see_posts(thread: Thread, by: Leader, *, first: int, last: int, seen_at: datetime | None = None) -> None:
    """Posts `first` to `last` were on the screen: what no mark reads of them is read."""
    seen = Q(post=None) | Q(post__number__range=(first, last)) & ~Q(kind=NoticeKind.REPLY)
    others = Q(space__in=spaces_read_by(by), number__gt=OuterRef("mark")) & ~Q(number__range=(first, last))
    seen |= Q(kind=NoticeKind.REPLY) & ~Exists(replies(others))
    mine = Notice.objects.visible_to(by).unread().filter(seen, thread=thread, kind__in=OF_A_THREAD)
    _open(mine.filter(at__lte=seen_at or timezone.now()), by)


@transaction.atomic
def unsee_posts(thread: Thread, by: Leader, *, number: int) -> None:
    """Post `number` and all after it are new again, and so is that they name or quote somebody."""
    told = Notice.objects.filter(leader=by, thread=thread, kind__in=READ_WITH_THE_POST, is_late=False)
    told.filter(post__number__gte=number).update(read_at=None)


def open_those_of(
    threads: Collection[int], by: Leader, *, until: datetime, at: datetime, outcomes: bool
) -> list[int]:
    """Read, at a stroke, what no mark reads of some threads; `outcomes` of moderation too."""
    kinds = OF_A_THREAD if outcomes else TOGETHER
    mine = Notice.objects.visible_to(by).unread().filter(thread__in=threads, kind__in=kinds, at__lte=until)
    by_mark = Q(kind=NoticeKind.REPLY) | Q(kind__in=READ_WITH_THE_POST, is_late=False)
    keys = list(mine.exclude(by_mark).values_list("pk", flat=True))
    Notice.objects.filter(pk__in=keys).update(read_at=at)
    return keys


def close_those_of(sweep: Sweep) -> None:
    """Have what was opened with a sweep be unread again."""
    Notice.objects.filter(leader=sweep.leader_id, pk__in=sweep.notices, read_at=sweep.at).update(read_at=None)


def _has_profile(notice: Notice) -> bool:
    return notice.kind == NoticeKind.MEMBERSHIP and notice.space_id is None


def _open(notices: QuerySet[Notice], leader: Leader) -> None:
    keys = list(notices.order_by().values_list("pk", flat=True)[:AT_MOST])
    if keys and Notice.objects.filter(pk__in=keys, read_at=None).update(read_at=timezone.now()):
        count_again([leader.pk])


def _numbers(notice: Unread, thread: Thread, leader: Leader) -> list[int]:
    """The posts of a thread that a notice is about; no replies that the mark reads."""
    if notice.kind == NoticeKind.REPLY:
        return _set_apart(notice, thread, leader)
    return [notice.number] if notice.number else []


def _set_apart(notice: Unread, thread: Thread, leader: Leader) -> list[int]:
    """The replies that a notice stands for, if unread ones stand before them: else the mark reads it."""
    if not thread.first_unread or not notice.number or notice.number <= thread.first_unread:
        return []
    meant = Post.objects.shown().told().filter(thread=thread, pk__gte=notice.post).exclude(author=leader)
    numbers = meant.filter(number__gt=thread.first_unread).order_by("number").values_list("number", flat=True)
    found = list(numbers[: POSTS_PER_PAGE + 1])
    return found if len(found) <= POSTS_PER_PAGE else []


def _unread(leader: Leader, thread: int | None = None) -> list[Unread]:
    """What a leader has not read; nothing is asked where the number in the header tells of none."""
    waiting = entries_waiting(leader)
    if thread not in waiting and not any(entry < 0 for entry in waiting):
        return []

    return asking.remember(("unread", leader.pk), lambda: [Unread(*row) for row in _UNREAD.rows(leader)])


def _rows(leader: Leader) -> QuerySet:
    about = ("thread", "post", "post__number", "space", "room", "message__number", "case", "well_done")
    mine = Notice.objects.visible_to(leader).unread().order_by("-at", "-pk")
    return mine.values_list("pk", "kind", "cause", *about)[:AT_MOST]


_UNREAD = Inquiry(_rows)
