"""What is new across a leader's spaces, by thread; and marking it as read, with a way back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community import first_words, reading
from community.models import Post, Reading, Space, Sweep, Thread, asking
from community.sockets import live
from community.telling import visits
from leaders.models import Leader

PER_PAGE = 20
COUNTED_AT_MOST = 100
SWEPT_AT_MOST = 5_000
READ_AT_ONCE = 20
UNDONE_WITHIN = timedelta(hours=24)
CENTURY = 4_000_000_000_000_000  # microseconds; later moments are nobody's


@dataclass(frozen=True)
class Page:
    """Threads with something new, and where the older ones begin, if there are any."""

    threads: list[Thread]
    older: str


def page(leader: Leader, *, before: str = "", space: Space | None = None) -> Page:
    """The threads that moved last; among them the one first whose news has waited longest."""
    found = _found(leader, before, space)
    shown = sorted(_rows(leader, found[:PER_PAGE]), key=lambda thread: found.index(thread.pk))
    is_more = shown and len(found) > PER_PAGE
    older = f"{_micros(shown[-1].last_post_at)}.{shown[-1].pk}" if is_more else ""
    return Page(_with_first(shown), older)


def new(leader: Leader, *, space: Space | None = None) -> QuerySet[Thread]:
    """The threads that hold something new for a leader."""
    return reading.new(leader).filter(space=space) if space else reading.new(leader)


def count(leader: Leader) -> int:
    """How many threads hold something new, counted no further than COUNTED_AT_MOST."""
    found, is_all = reading.new_among_latest(leader)
    if is_all or len(found) >= COUNTED_AT_MOST:
        return min(len(found), COUNTED_AT_MOST)
    return min(len(reading.all_new(leader)), COUNTED_AT_MOST)


def following(leader: Leader, thread: int | None) -> Post | None:
    """Where to read on after a thread: the first new post further down, or from the top again."""
    found = _latest(leader, new(leader).exclude(pk=thread))
    further = _posts(_below(leader, thread, found)[:1]) if thread else {}
    return next(iter((further or _posts(found[:1])).values()), None)


def unread_posts(thread: Thread) -> tuple[list[Post], bool]:
    """The first new posts of a thread from reading.with_first_unread; and whether there are more."""
    if thread.first_unread is None:
        return [], False
    fresh = thread.posts.filter(number__gte=thread.first_unread, hidden_at=None).order_by("number")
    posts = list(fresh.select_related("author").defer("search")[: READ_AT_ONCE + 1])
    return posts[:READ_AT_ONCE], len(posts) > READ_AT_ONCE


@transaction.atomic
def sweep(threads: QuerySet[Thread], *, by: Leader, until: datetime, outcomes: bool = False) -> Sweep | None:
    """Mark as read what some threads held at a moment, and was told of them; None if nothing was new.

    `outcomes` of moderation are opened too: for a thread that somebody has before their eyes.
    """
    said = Post.objects.filter(thread=OuterRef("pk"), created_at__lte=until).order_by("-number")
    last = Coalesce(Subquery(said.values("number")[:1]), 0)
    ends = dict(threads.order_by("pk").annotate(end=last).values_list("pk", "end")[:SWEPT_AT_MOST])
    marks = {pk: [mark, ends[pk]] for pk, mark in _locked(by, ends) if mark < ends[pk]}
    now = timezone.now()
    opened = visits.open_those_of(list(ends), by, until=until, at=now, outcomes=outcomes)
    if not marks and not opened:
        return None
    _set_marks(by, {pk: (before, since) for pk, (before, since) in marks.items()})
    Sweep.objects.filter(leader=by, at__lt=now - UNDONE_WITHIN).delete()
    _tell(by, marks)
    return Sweep.objects.create(leader=by, marks=marks, notices=opened, at=now)


@transaction.atomic
def undo(done: Sweep) -> None:
    """Restore the former marks, but for those that have moved on since."""
    _set_marks(done.leader, {int(pk): (since, before) for pk, (before, since) in done.marks.items()})
    visits.close_those_of(done)
    _tell(done.leader, done.marks, is_back=True)
    done.delete()


def undoable(leader: Leader) -> QuerySet[Sweep]:
    """What a leader can still undo."""
    return Sweep.objects.filter(leader=leader, at__gte=timezone.now() - UNDONE_WITHIN)


def _found(leader: Leader, before: str, space: Space | None) -> list[int]:
    """One thread more than a page holds, if there are as many."""
    if not (before or space):
        return reading.newest(leader, PER_PAGE + 1)
    threads = Thread.objects.visible_to(leader).shown().filter(_before(before))
    latest = _first((threads.filter(space=space) if space else threads), reading.LOOKED_AT_FIRST)
    found = reading.new_among(leader, latest)[: PER_PAGE + 1]
    is_all = len(found) > PER_PAGE or len(latest) < reading.LOOKED_AT_FIRST
    return found if is_all else _first(new(leader, space=space).filter(_before(before)), PER_PAGE + 1)


def _first(threads: QuerySet[Thread], number: int) -> list[int]:
    return list(threads.order_by(*reading.LATEST_FIRST).values_list("pk", flat=True)[:number])


def _with_first_new(leader: Leader) -> QuerySet[Thread]:
    few = reading.listed(leader).filter(pk__in=[asking.THREADS]).order_by()
    lean = few.select_related(None).defer(None).select_related("space").only(*_COLUMNS)
    return lean.annotate(first_new=reading.first_new(leader))


def _first_posts(_leader: Leader) -> QuerySet[Post]:
    found = Post.objects.filter(pk__in=[asking.POSTS]).select_related("author", "thread").order_by()
    return found.only(*_COLUMNS_OF_POSTS)


_COLUMNS = ("space", "kind", "title", "last_post_at", "space__name", "space__slug", "space__order")
_COLUMNS_OF_POSTS = (
    *("thread", "author", "alias", "number", "created_at", "body_html", "thread__title"),
    *(f"author__{name}" for name in ("handle", "name", "photo", "visibility")),
)
_ROWS, _POSTS = asking.Question(_with_first_new), asking.Question(_first_posts)


def _rows(leader: Leader, threads: list[int]) -> list[Thread]:
    return _ROWS.objects(threads=threads, **reading.asker(leader))


def _latest(leader: Leader, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    return threads.annotate(first_new=reading.first_new(leader)).order_by("-last_post_at", "-pk")


def _below(leader: Leader, thread: int, found: QuerySet[Thread]) -> QuerySet[Thread]:
    """Those of the found ones that moved before a thread did; none if the leader cannot see it."""
    moved = Thread.objects.visible_to(leader).filter(pk=thread).values_list("last_post_at", flat=True).first()
    return (
        found.filter(Q(last_post_at__lt=moved) | Q(last_post_at=moved, pk__lt=thread))
        if moved
        else found.none()
    )


def _locked(leader: Leader, threads) -> QuerySet:
    """(thread, mark) of a leader's readings, which nobody changes meanwhile."""
    rows = [Reading(leader=leader, thread_id=pk) for pk in threads]
    Reading.objects.bulk_create(rows, ignore_conflicts=True)
    mine = Reading.objects.filter(leader=leader, thread__in=list(threads)).order_by("thread_id")
    return mine.select_for_update().values_list("thread", "read_up_to")


def _set_marks(leader: Leader, moves: dict[int, tuple[int, int]]) -> None:
    """Move each mark from where it was to where it shall be, if it still is there."""
    statement = """
        UPDATE community_reading reading SET read_up_to = move.target, read_at = now()
          FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS move (thread_id, origin, target)
         WHERE reading.leader_id = %s AND reading.thread_id = move.thread_id
           AND reading.read_up_to = move.origin
    """
    origins, targets = [origin for origin, _ in moves.values()], [target for _, target in moves.values()]
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(moves), origins, targets, leader.pk])


def _tell(leader: Leader, marks, *, is_back: bool = False) -> None:
    if len(marks) == 1:
        [pk] = marks
        reading.tell(leader, Thread(pk=int(pk)), is_back=is_back)
    else:
        live.push(live.leader_topic(leader.pk), {"type": "read", "back": is_back})


def _with_first(threads: list[Thread]) -> list[Thread]:
    """Threads each with `first`, its first new post, and an excerpt of it."""
    posts = _posts(threads)
    for thread in threads:
        thread.first = posts.get(thread.first_new)
    there = [thread for thread in threads if thread.first]
    for thread in there:
        thread.first.thread = thread
        thread.excerpt = first_words.excerpt(thread.first)
    return sorted(there, key=lambda thread: thread.first.pk)


def _posts(threads) -> dict[int, Post]:
    firsts = [thread.first_new for thread in threads if thread.first_new]
    return {post.pk: post for post in _POSTS.objects(posts=firsts)}


def _before(cursor: str) -> Q:
    """What follows a place in the list, or everything where there is no such place."""
    moment, _, pk = cursor.partition(".")
    if not all(part.isascii() and part.isdecimal() for part in (moment, pk)) or int(moment[:20]) > CENTURY:
        return Q()
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment))
    return Q(last_post_at__lt=at) | Q(last_post_at=at, pk__lt=min(int(pk[:20]), 2**62))


def _micros(moment: datetime) -> int:
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
