"""Lists of threads: all of them or those that mean something to a leader, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils import timezone

from community import levels, reading, rows
from community.models import (
    HostLine,
    Level,
    Post,
    Reading,
    Session,
    Space,
    Thread,
    ThreadKind,
    asking,
)
from community.models.host_lines import A_WEEK
from community.models.spaces import readable_ids
from community.rows import Row
from leaders.models import Leader

PER_PAGE = 30
FARTHEST = 1_000
KNOWN_AHEAD = 20  # pages: the threads of a busy space are not counted to name a page that nobody turns to
WAITING_AT_MOST = 10
ALONE_AT_MOST = 10  # posts of a thread that its author may have written alone


class Show(TextChoices):
    """What a list is narrowed to."""

    ALL = "", "All"
    UNREAD = "unread", "Unread"
    MINE = "mine", "Mine"
    UNANSWERED = "unanswered", "Unanswered"
    FOLLOWING = "following", "Following"


@dataclass(frozen=True)
class Stretch:
    """Where in a list to begin, and in which direction to go: old threads are far from the first page."""

    before: date | None = None
    is_oldest_first: bool = False

    def of(self, threads: QuerySet[Thread]) -> QuerySet[Thread]:
        """The threads, in their order or from its end, in which nobody wrote since a day."""
        if self.before:
            midnight = timezone.make_aware(datetime.combine(self.before, time.min))
            threads = threads.filter(last_post_at__lt=midnight)
        return threads.reverse() if self.is_oldest_first else threads

    @property
    def query(self) -> str:
        """What an address says of it."""
        day = f"&before={self.before:%Y-%m-%d}" if self.before else ""
        return day + ("&order=oldest" if self.is_oldest_first else "")

    def __bool__(self) -> bool:
        return bool(self.query)


WHOLE = Stretch()


@dataclass(frozen=True)
class Page:
    """One page of a list; `last` is the last page that is known of."""

    threads: list[Row]
    number: int
    last: int


def front(leader: Leader, slug: str) -> Space | None:
    """A space that a leader may read, and `level`, how closely they follow it; or None.

    With it comes what its first page shows: the keys of the `first_threads`, the `thread_count` as far as
    pages are known ahead, and whether it `has_line` and `has_session`.
    """
    now, reads = timezone.now(), list(readable_ids(leader))
    found = _FRONT.objects(leader=leader.pk, slug=slug, reads=reads, now=now, since=now - A_WEEK)
    return found[0] if found else None


def page(
    leader: Leader, show: str, number: int, *, space: Space | None = None, stretch: Stretch = WHOLE
) -> Page:
    """A page of the threads of a space, or of all spaces, the latest first."""
    number = min(max(number, 1), FARTHEST)
    if not (show or stretch) and number == 1 and hasattr(space, "first_threads"):
        return Page(rows.of(leader, space.first_threads), 1, _last(space.thread_count))
    found = narrowed(leader, show)
    found = stretch.of(found.filter(space=space) if space else _across(leader, found, show))
    pks = list(found.values_list("pk", flat=True)[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    if not pks and number > 1:
        return page(leader, show, 1, space=space, stretch=stretch)
    # Counting what a filter finds costs more than showing it, so no more is known than whether it goes on.
    last = number + 1 if len(pks) > PER_PAGE else number
    if space and not show:
        last = _last(found[: (number + KNOWN_AHEAD) * PER_PAGE].count())
    return Page(rows.of(leader, pks[:PER_PAGE]), number, last)


def waiting(leader: Leader, number: int) -> list[int]:
    """The keys of so many threads of others without any reply, the oldest first."""
    return [pk for (pk,) in _WAITING.rows(**reading.asker(leader))][:number]


def narrowed(leader: Leader, show: str = Show.ALL) -> QuerySet[Thread]:
    """The threads that a leader may see in lists, narrowed to what is asked for."""
    if show == Show.UNREAD:
        return reading.listed(leader).filter(is_new=True)
    mine = Post.objects.filter(author=leader, withdrawn_at=None).values("thread")
    watched = Reading.objects.filter(leader=leader, level=Level.WATCHING).values("thread")
    meanings = {
        Show.MINE: Q(pk__in=mine),
        Show.UNANSWERED: _unanswered(),
        Show.FOLLOWING: Q(pk__in=watched),
    }
    return Thread.objects.visible_to(leader).shown().filter(meanings.get(show, Q()))


def _unanswered() -> Q:
    """A question without its answer, and a discussion in which nobody but its author wrote; not if closed.

    This is more than `_has_no_reply`: a question may have replies, and an author may have gone on alone.
    """
    is_answered = Q(answer__isnull=False, answer__hidden_at=None)
    others = Post.objects.filter(thread=OuterRef("pk"), hidden_at=None).exclude(author=OuterRef("author"))
    alone = Q(shown_count__lte=ALONE_AT_MOST, author__isnull=False) & ~Exists(others)
    is_lonely = _has_no_reply() | alone
    is_open = Q(closed_at=None)
    return is_open & (Q(~is_answered, kind=ThreadKind.QUESTION) | Q(is_lonely, kind=ThreadKind.DISCUSSION))


def _has_no_reply() -> Q:
    """Nobody wrote after the first post, and one still can: what pages call “No reply yet”."""
    return Q(shown_count=1, closed_at=None)


def _across(leader: Leader, found: QuerySet[Thread], show: str) -> QuerySet[Thread]:
    """Those of all spaces, the latest first; what one muted only where one looks for it."""
    if show in (Show.ALL, Show.UNANSWERED):
        found = reading.as_read_by(leader, found).exclude(level=Level.MUTED)
    return found.order_by("-last_post_at", "-pk")


def _last(count: int) -> int:
    return max(-(-count // PER_PAGE), 1)


def _front(leader: Leader) -> QuerySet[Space]:
    # Who may read the space is asked of it alone, so that its threads are found by their order.
    threads = Thread.objects.shown().filter(space=OuterRef("pk"), merged_into=None)
    line = HostLine.objects.visible_to(leader).filter(space=OuterRef("pk"))
    sessions = Session.objects.coming(asking.NOW).filter(room__space=OuterRef("pk"))
    found = Space.objects.visible_to(leader).filter(slug=asking.SLUG).order_by()
    return levels.as_followed_by(leader, found).annotate(
        first_threads=ArraySubquery(threads.values("pk")[:PER_PAGE]),
        thread_count=reading.Counted(threads.order_by().values("pk")[: (1 + KNOWN_AHEAD) * PER_PAGE]),
        has_line=Exists(line),
        has_session=Exists(sessions),
    )


def _waiting(leader: Leader) -> QuerySet[Thread]:
    shown = Thread.objects.visible_to(leader).shown().filter(_has_no_reply())
    others = reading.as_read_by(leader, shown).exclude(level=Level.MUTED).exclude(author=leader)
    return others.order_by("created_at", "pk").values_list("pk")[:WAITING_AT_MOST]


_FRONT, _WAITING = asking.Question(_front), asking.Question(_waiting)


def chosen(value: str) -> str:
    """The filter that an address names, or none."""
    return value if value in Show.values else Show.ALL.value
