"""Lists of threads: all of them or those that mean something to a leader, page by page."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, TextChoices

from community import reading
from community.models import Level, Post, Reading, Space, Thread, ThreadKind
from leaders.models import Leader

PER_PAGE = 30
FARTHEST = 1_000


class Show(TextChoices):
    """What a list is narrowed to."""

    ALL = "", "All"
    UNREAD = "unread", "New to me"
    MINE = "mine", "Mine"
    UNANSWERED = "unanswered", "Unanswered"
    FOLLOWING = "following", "Watched"


@dataclass(frozen=True)
class Page:
    """One page of a list; `last` is the last page that is known of."""

    threads: list[Thread]
    number: int
    last: int


def page(leader: Leader, show: str, number: int, *, space: Space | None = None) -> Page:
    """A page of the threads of a space, or of all spaces, the latest first."""
    found = narrowed(leader, show)
    found = found.filter(space=space) if space else found.order_by("-last_post_at", "-pk")
    number = min(max(number, 1), FARTHEST)
    pks = list(found.values_list("pk", flat=True)[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    if not pks and number > 1:
        return page(leader, show, 1, space=space)
    # Counting what a filter finds costs more than showing it, so no more is known than whether it goes on.
    last = number + 1 if len(pks) > PER_PAGE else number
    if space and not show:
        last = max(-(-found.count() // PER_PAGE), 1)
    return Page(_rows(leader, pks[:PER_PAGE]), number, last)


def narrowed(leader: Leader, show: str = Show.ALL) -> QuerySet[Thread]:
    """The threads that a leader may see in lists, narrowed to what is asked for."""
    mine = Post.objects.filter(author=leader, withdrawn_at=None).values("thread")
    watched = Reading.objects.filter(leader=leader, level=Level.WATCHING).values("thread")
    meanings = {
        Show.UNREAD: Q(is_new=True),
        Show.MINE: Q(pk__in=mine),
        Show.UNANSWERED: Q(kind=ThreadKind.QUESTION, is_answered=False)
        | Q(kind=ThreadKind.DISCUSSION, shown_count__lte=1),
        Show.FOLLOWING: Q(pk__in=watched),
    }
    return reading.listed(leader).filter(meanings.get(show, Q()))


def _rows(leader: Leader, pks: list[int]) -> list[Thread]:
    """These threads as lists show them: what that takes is asked for these few alone."""
    rows = reading.listed(leader).in_bulk(pks)
    return [rows[pk] for pk in pks if pk in rows]


def chosen(value: str) -> str:
    """The filter that an address names, or none."""
    return value if value in Show.values else Show.ALL.value
