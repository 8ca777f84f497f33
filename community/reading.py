"""How far each leader has read, and lists of threads with what is new in them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.models import (
    Draft,
    DraftKind,
    Level,
    Notice,
    Post,
    Reading,
    Thread,
    Transfer,
    asking,
)
from community.models.spaces import moderated_ids, readable_ids
from community.sockets import live
from community.telling import visits
from leaders.models import Leader

COUNTED_AT_MOST = 99  # pages say “99+”: nobody needs to know by how much
LOOKED_AT_FIRST = 200
LOOKED_AT_FOR_EACH = 3  # latest threads, for each new one that is wanted
NEW_AT_MOST = 130  # more than are counted, and than a page shows beside those it shows elsewhere
LATEST_FIRST = ("-last_post_at", "-pk")


@transaction.atomic
def mark_read(
    thread: Thread, *, by: Leader, first: int, last: int, seen_at: datetime | None = None
) -> Reading:
    """Posts `first` to `last` were seen: raise the mark, unless that would skip unseen posts before them.

    `seen_at` tells of a sight that comes late: it is void if the leader set the mark back after it.
    """
    reading = _reading(by, thread)
    last = min(last, thread.last_number)
    is_void = seen_at and reading.set_back_at and seen_at < reading.set_back_at
    if last <= reading.read_up_to:
        tell(by, thread)  # whoever says so shows an older mark than another device has set
    elif not is_void and not _skips(reading, first):
        _move(reading, last)
    if reading.has_notices and not is_void:
        visits.see_posts(thread, by, first=first, last=last, seen_at=seen_at)
    return reading


@transaction.atomic
def mark_unread(thread: Thread, *, by: Leader, number: int) -> Reading:
    """Set the mark back, so that post `number` and all after it are new again."""
    reading = _reading(by, thread)
    if number <= reading.read_up_to:
        reading.set_back_at = timezone.now()
        visits.unsee_posts(thread, by, number=number)
        _move(reading, max(number - 1, 0))
    return reading


def keep_place(thread: Thread, by: Leader, number: int) -> None:
    """Whoever writes watches the thread; their own post is read if all before it was."""
    reading = _reading(by, thread)
    if reading.level is None and not thread.posts.filter(author=by, number__lt=number).exists():
        reading.level = Level.WATCHING
        reading.save(update_fields=["level"])
    if not _skips(reading, number):
        _move(reading, number)


def as_read_by(leader: Leader, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Each with `mark`, how far a leader has read it, and `level`, how closely they follow it."""
    mine = FilteredRelation("readings", condition=Q(readings__leader=leader))
    in_space = FilteredRelation("space__levels", condition=Q(space__levels__leader=leader))
    is_marked = Q(read_up_to__gt=0) | Q(mine__set_back_at__isnull=False)
    before = _before(leader).filter(thread=OuterRef("pk"))
    return threads.annotate(mine=mine, in_space=in_space).annotate(
        read_up_to=Coalesce("mine__read_up_to", 0),
        own_level=F("mine__level"),
        level=Coalesce(
            "mine__level",
            Case(When(in_space__level=Level.MUTED, then=Value(Level.MUTED.value))),
            Value(Level.NORMAL.value),
        ),
        # What was said before one joined counts as read.
        mark=Case(
            When(is_marked, then=F("read_up_to")),
            When(created_at__lt=leader.joined_at, then=Coalesce(Subquery(before.values("number")[:1]), 0)),
            default=0,
        ),
        is_marked=is_marked,
    )


def listed(leader: Leader) -> QuerySet[Thread]:
    """The threads that a leader may see in lists, each with `mark`, `level`, `is_new` and `unread`."""
    shown = Thread.objects.visible_to(leader).shown().select_related("space", "author", "last_post__author")
    lean = shown.defer("search", "last_post__search", "last_post__body", "last_post__body_html")
    return as_read_by(leader, lean).annotate(
        is_new=_may_be_new(leader) & Q(last_post__number__gt=F("mark")),
        is_answered=Q(answer__isnull=False, answer__hidden_at=None),
        unread=_unread_count(leader),
    )


def new(leader: Leader) -> QuerySet[Thread]:
    """Those of `listed` that hold something new for a leader."""
    # The last post need not be looked at: it is among those that are unread.
    return listed(leader).filter(_may_be_new(leader), Exists(_unread(leader)))


def _may_be_new(leader: Leader) -> Q:
    """True of all threads with something new, and of few others; it needs no look at posts."""
    is_before = Q(is_marked=False, last_post_at__lt=leader.joined_at)
    return ~is_before & ~Q(level=Level.MUTED) & Q(last_number__gt=F("mark"))


def latest_new(leader: Leader, number: int, *, besides: Collection[int] = ()) -> list[int]:
    """The keys of so many threads with something new, the latest first, but for some."""
    among, is_all = new_among_latest(leader)
    found = [pk for pk in among if pk not in besides][:number]
    if is_all or len(found) == number:
        return found
    return [pk for pk in all_new(leader) if pk not in besides][:number]


def newest(leader: Leader, number: int) -> list[int]:
    """As `latest_new` for a page that wants no more: most often they are among the very latest."""
    found = new_among(leader, _latest_keys(leader)[: LOOKED_AT_FOR_EACH * number])[:number]
    return found if len(found) == number else latest_new(leader, number)


def all_new(leader: Leader) -> list[int]:
    """The keys of the threads with something new, the latest first, up to NEW_AT_MOST: all are compared."""
    return asking.remember(("all new", leader.pk), lambda: [pk for (pk,) in _ALL_NEW.rows(**asker(leader))])


def new_among_latest(leader: Leader) -> tuple[list[int], bool]:
    """The threads with something new among the latest few, and whether these few are all there are.

    Most often they are enough: then the others need not be compared with one's marks.
    """

    def ask():
        latest = _latest_keys(leader)
        return new_among(leader, latest), len(latest) < LOOKED_AT_FIRST

    return asking.remember(("new", leader.pk), ask)


def _latest_keys(leader: Leader) -> list[int]:
    found = asking.remember(("latest", leader.pk), lambda: _LATEST.rows(**asker(leader)))
    return [pk for (pk,) in found][:LOOKED_AT_FIRST]


def new_among(leader: Leader, threads: list[int]) -> list[int]:
    """Those of some threads that hold something new for a leader, the latest first."""
    return [pk for (pk,) in _NEW.rows(threads=threads, **asker(leader))]


def asker(leader: Leader) -> dict:
    """Who asks a question that is built once (models/asking.py), with what they may read."""
    return {"leader": leader.pk, "joined": leader.joined_at, "reads": list(readable_ids(leader))}


def with_first_unread(leader: Leader, threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """Each as by as_read_by, with `unread`, and the number of the first post that is new, or None."""
    first = _unread(leader).order_by("number").values("number")[:1]
    return as_read_by(leader, threads).annotate(first_unread=Subquery(first), unread=_unread_count(leader))


def seen(leader: Leader, pk: int) -> Thread | None:
    """A thread that a leader may see, as by with_first_unread, and whether they began a reply; or None."""
    found = _SEEN.objects(thread=pk, moderates=list(moderated_ids(leader)), **asker(leader))
    return found[0] if found else None


def tell(leader: Leader, thread: Thread, *, is_back: bool = False) -> None:
    """Have the open pages of a leader show how far a thread is read now."""
    [(first, unread, last)] = _TOLD.rows(leader=leader.pk, joined=leader.joined_at, thread=thread.pk)
    told = {"thread": thread.pk, "mark": first - 1 if first else last, "unread": unread, "back": is_back}
    live.push(live.leader_topic(leader.pk), {"type": "read", **told})


def first_new(leader: Leader) -> Subquery:
    """For threads of `listed`: the key of the first post that is new to a leader."""
    return Subquery(_unread(leader).order_by("number").values("pk")[:1])


class Counted(Subquery):
    """How many rows there are, counted no further than the slice goes."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"


def _unread(leader: Leader) -> QuerySet[Post]:
    """Of the thread of an outer query with a mark: the shown posts of others beyond it."""
    beyond = Post.objects.filter(thread=OuterRef("pk"), number__gt=OuterRef("mark"), hidden_at=None)
    return beyond.exclude(author=leader).order_by()


def _unread_count(leader: Leader) -> Counted:
    return Counted(_unread(leader).values("pk")[:COUNTED_AT_MOST])


def _before(leader: Leader) -> QuerySet[Post]:
    """What was said before a leader joined, the latest first, but for what a merge put behind newer posts."""
    put_behind = Transfer.objects.filter(
        to=OuterRef("thread"), to_first__gt=1, to_first__lte=OuterRef("number")
    )
    put_behind = put_behind.filter(to_first__gt=OuterRef("number") - F("last") + F("first") - 1)
    said = Post.objects.filter(~Exists(put_behind), created_at__lt=leader.joined_at)
    return said.order_by("-created_at", "-number")


def _reading(leader: Leader, thread: Thread) -> Reading:
    mine = {"leader": leader.pk, "thread": thread.pk}
    if not (held := _HELD.objects(**mine)):
        Reading.objects.bulk_create([Reading(leader=leader, thread=thread)], ignore_conflicts=True)
        held = _HELD.objects(**mine)
    [reading] = held
    reading.leader, reading.thread = leader, thread
    is_untouched = not reading.read_up_to and reading.set_back_at is None
    if is_untouched and thread.created_at < leader.joined_at:
        before = _before(leader).filter(thread=thread)
        reading.read_up_to = before.values_list("number", flat=True).first() or 0
    return reading


def _skips(reading: Reading, number: int) -> bool:
    """Whether unseen posts of others stand between the mark and a post; hidden ones and gaps are no posts."""
    if number <= reading.read_up_to + 1:
        return False
    between = {"first": reading.read_up_to, "last": number}
    return bool(_SKIPPED.rows(leader=reading.leader_id, thread=reading.thread_id, **between))


def _move(reading: Reading, number: int) -> None:
    """Set the mark, and tell the other devices of its leader."""
    is_back = number < reading.read_up_to
    reading.read_up_to, reading.read_at = number, timezone.now()
    reading.save(update_fields=["read_up_to", "read_at", "set_back_at"])
    tell(reading.leader, reading.thread, is_back=is_back)


# What is asked for whole pages, built once.


def _seen(leader: Leader) -> QuerySet[Thread]:
    draft = Draft.objects.visible_to(leader).filter(kind=DraftKind.REPLY, target=OuterRef("pk"))
    thread = Thread.objects.visible_to(leader).filter(pk=asking.THREAD)
    facts = with_first_unread(leader, thread).annotate(has_draft=Exists(draft))
    return facts.select_related("space").defer("search").order_by()


def _latest(leader: Leader) -> QuerySet[Thread]:
    shown = Thread.objects.visible_to(leader).shown()
    return shown.order_by(*LATEST_FIRST).values_list("pk")[:LOOKED_AT_FIRST]


def _new(leader: Leader) -> QuerySet[Thread]:
    return new(leader).filter(pk__in=[asking.THREADS]).order_by(*LATEST_FIRST).values_list("pk")


def _held(leader: Leader) -> QuerySet[Reading]:
    told = Notice.objects.filter(leader=leader, thread=asking.THREAD, read_at=None)
    mine = Reading.objects.filter(leader=leader, thread=asking.THREAD).annotate(has_notices=Exists(told))
    return mine.select_for_update(of=("self",)).order_by()


def _skipped(leader: Leader) -> QuerySet[Post]:
    between = {"number__gt": Value(asking.FIRST), "number__lt": Value(asking.LAST)}
    posts = Post.objects.filter(thread=asking.THREAD, hidden_at=None, **between)
    return posts.exclude(author=leader).order_by().values_list("pk")[:1]


def _told(leader: Leader) -> QuerySet[Thread]:
    found = with_first_unread(leader, Thread.objects.filter(pk=asking.THREAD)).order_by()
    return found.values_list("first_unread", "unread", "last_number")


_HELD, _SKIPPED, _TOLD = asking.Question(_held), asking.Question(_skipped), asking.Question(_told)


def _all_new(leader: Leader) -> QuerySet[Thread]:
    return new(leader).order_by(*LATEST_FIRST).values_list("pk")[:NEW_AT_MOST]


_ALL_NEW = asking.Question(_all_new)
_SEEN = asking.Question(_seen, moderates=True)
_LATEST, _NEW = asking.Question(_latest), asking.Question(_new)
