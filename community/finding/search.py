"""Finding words again: never anything that the searcher may not see."""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from django.conf import settings
from django.contrib.postgres.search import SearchRank
from django.db import OperationalError, transaction
from django.db.models import F, QuerySet, Value
from django.utils import timezone

from community import pace
from community.finding import excerpts, queries, titles, windows
from community.finding.queries import Fault, Query
from community.models import Post, Space, SpaceKind, Thread, asking
from community.models.spaces import readable_ids
from leaders import profiles
from leaders.models import Leader
from leaders.models.account import sort_key
from leaders.permissions import may_come_in

AT_ONCE = 100  # matches that are looked for and put in order together: a later page looks for as many more
AT_MOST = 3 * AT_ONCE
PER_PAGE = 20
GLANCE = 3  # how many of each kind the overview shows, but of posts more
GLANCE_AT_POSTS = 5
BEST, NEWEST = "best", "newest"
EVERYTHING, POSTS, THREADS, PEOPLE = "all", "posts", "threads", "people"

SECONDS_AT_MOST = 2  # for one question to the database
_LIMITS = {
    "statement_timeout": f"{SECONDS_AT_MOST}s",
    "pg_trgm.word_similarity_threshold": "0.5",
    "work_mem": "32MB",
    # Both cost more than they save in questions that take milliseconds.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
_LIMIT = asking.Statement("SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(_LIMITS)))
_CANCELLED = "57014"


class TooSlow(Exception):
    """The database could not answer in time."""

    def __init__(self):
        super().__init__(
            "This search took too long and was stopped. Rarer words or a filter such as after: are quicker."
        )


@dataclass(frozen=True)
class View:
    """Which part of what was found is wanted, and in which order."""

    kind: str = EVERYTHING
    sort: str = BEST
    page: int = 1

    def reach(self, kind: str) -> int:
        """How many of a kind are looked for: what the page needs, in hundreds."""
        last = max(self.page, 1) * PER_PAGE if self.kind == kind else 1
        return min(-(-last // AT_ONCE) * AT_ONCE, AT_MOST)


@dataclass
class Results:
    """What was found of one kind: how many, and those that this page shows."""

    count: int = 0
    rows: list = field(default_factory=list)
    page: int = 1
    pages: int = 1
    goes_on: bool = False  # there are more than were looked for
    since: datetime | None = None  # what is older was not looked at

    @property
    def count_text(self) -> str:
        return f"{self.count:,}{'+' if self.goes_on or self.since else ''}"


@dataclass
class Found:
    """What a search brought, by kind, and how it was understood."""

    query: Query
    posts: Results = field(default_factory=Results)
    threads: Results = field(default_factory=Results)
    people: Results = field(default_factory=Results)

    @property
    def older(self) -> str:
        """The search for posts that were not looked at, and for those of that day once more."""
        since = self.posts.since
        return self.query.until(timezone.localdate(since) + timedelta(days=1)) if since else ""

    @property
    def is_empty(self) -> bool:
        return not (self.posts.count or self.threads.count or self.people.count)


def find(typed: str, *, by: Leader, view: View = View()) -> Found:
    """The posts, threads and people that a leader may see and that a search describes."""
    if not queries.clean(typed):
        return Found(Query(""))
    pace.keep("searches", by, at_most=settings.SEARCHES_AT_MOST)
    try:
        with _patience():
            found = Found(queries.read(typed, by=by))
            if not found.query.faults:
                _fill(found, by, view)
            return found
    except TooSlow as slow:
        return Found(Query(queries.clean(typed), faults=[Fault(str(slow))]))


@contextmanager
def _patience():
    """Let no question of the block keep the database busy for long; TooSlow if one would."""
    try:
        with transaction.atomic():
            _LIMIT.rows(*(part for limit in _LIMITS.items() for part in limit))
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _CANCELLED:
            raise
        raise TooSlow() from error


def _fill(found: Found, by: Leader, view: View) -> None:
    query = found.query
    if query.asks_for_posts:
        spaces, reads = _spaces(query, by), list(readable_ids(by))
        posts, since = _posts(query, spaces, view)
        threads = _threads(query, by, spaces, view)
        found.posts = results(posts, view, POSTS, partial(_rows, _POSTS, "posts", reads))
        found.posts.since = since
        found.threads = results(threads, view, THREADS, partial(_rows, _THREADS, "threads", reads))
        excerpts.mark(found.posts.rows, found.threads.rows, query.tsquery)
    if query.name and may_come_in(by):
        ids = [pk for (pk,) in _NAMED.rows(words=sort_key(query.name))]
        found.people = results(ids, view, PEOPLE, partial(_people_rows, by=by))


def results(found: list, view: View, kind: str, rows: Callable[[list], list] = list) -> Results:
    """The page that is wanted of what was found, or a glance at the first; `rows` makes objects of ids."""
    goes_on, found = len(found) > view.reach(kind), found[: view.reach(kind)]
    pages = max(1, -(-len(found) // PER_PAGE) + (goes_on and len(found) < AT_MOST))
    page = min(max(view.page, 1), pages)
    if view.kind == EVERYTHING:
        wanted = found[: GLANCE_AT_POSTS if kind == POSTS else GLANCE]
    else:
        wanted = found[(page - 1) * PER_PAGE : page * PER_PAGE] if view.kind == kind else []
    return Results(len(found), rows(wanted) if wanted else [], page, pages, goes_on)


def _spaces(query: Query, by: Leader) -> list[int]:
    """The spaces in which a leader searches: those they may read, and never a sealed one."""
    open_to_all_words = [pk for (pk,) in _SEARCHED.rows(reads=list(readable_ids(by)))]
    named = None if query.spaces is None else {space.pk for space in query.spaces}
    return [pk for pk in open_to_all_words if named is None or pk in named]


def _posts(query: Query, spaces: list[int], view: View) -> tuple[list[int], datetime | None]:
    """The newest matches, and since when was looked, if not since ever.

    Ranking all that match a common word takes seconds.
    """
    ranked = view.sort == BEST and bool(query.tsquery)
    wanted = windows.Wanted(query.tsquery, spaces, query.author_ids, **query.times, ranked=ranked)
    newest = windows.newest(wanted, view.reach(POSTS) + 1)
    return _ordered(newest.matches, view.sort), newest.since


def _threads(query: Query, by: Leader, spaces: list[int], view: View) -> list[int]:
    """Threads by the words of their titles."""
    at_most = view.reach(THREADS) + 1
    if query.tsquery and query.author_ids is None and not query.times:
        return _ordered(titles.newest(query, spaces, at_most), view.sort)
    matches = Thread.objects.visible_to(by).shown().filter(space__in=spaces)
    rank = SearchRank(F("search"), query.asked) if query.tsquery else Value(0)
    if query.tsquery:
        matches = matches.filter(search=query.asked)
    if query.authors is not None:
        matches = matches.filter(author__in=query.author_ids)
    if query.after:
        matches = matches.filter(created_at__gte=query.after)
    if query.before:
        matches = matches.filter(created_at__lt=query.before)
    newest = matches.order_by("-pk").values_list(rank, "pk")[:at_most]
    return _ordered(newest, view.sort)


def _ordered(matches: Iterable[tuple], sort: str) -> list[int]:
    """Their ids, the newest first; the best of each hundred first if wanted."""
    ordered = sorted(matches, key=itemgetter(slice(1, None)), reverse=True)
    if sort == BEST:
        hundreds = [ordered[first : first + AT_ONCE] for first in range(0, len(ordered), AT_ONCE)]
        ordered = [match for hundred in hundreds for match in sorted(hundred, reverse=True)]
    return [match[-1] for match in ordered]


def _rows(question: asking.Question, name: str, reads: list[int], ids: list[int]) -> list:
    return _in_order(question.objects(reads=reads, **{name: ids}), ids)


def _people_rows(ids: list[int], by: Leader) -> list[profiles.Profile]:
    return profiles.seen_by(by, _in_order(_PEOPLE.objects(leaders=ids), ids))


def _in_order(rows: Iterable, ids: list[int]) -> list:
    places = {pk: place for place, pk in enumerate(ids)}
    return sorted(rows, key=lambda row: places[row.pk])


# What most searches ask, built once.
_WHO_AND_WHERE = ("alias", "created_at", "author__name", "space__name")


def _searched(leader: Leader) -> QuerySet[Space]:
    return Space.objects.visible_to(leader).exclude(kind=SpaceKind.SEALED).order_by().values_list("pk")


def _named(leader: Leader) -> QuerySet[Leader]:
    return Leader.objects.visible_to(leader).named_nearly(asking.WORDS).values_list("pk")[: AT_MOST + 1]


# The rule stands in these again: somebody may hide what a search has found before it is shown.


def _post_columns(leader: Leader) -> QuerySet[Post]:
    found = Post.objects.visible_to(leader).shown().filter(pk__in=[asking.POSTS]).order_by()
    columns = "space", "thread", "author", "number", "body_html", "thread__title", *_WHO_AND_WHERE
    return found.select_related("thread", "space", "author").only(*columns)


def _thread_columns(leader: Leader) -> QuerySet[Thread]:
    found = Thread.objects.visible_to(leader).shown().filter(pk__in=[asking.THREADS]).order_by()
    return found.select_related("space", "author").only("space", "author", "title", *_WHO_AND_WHERE)


def _people_columns(leader: Leader) -> QuerySet[Leader]:
    found = Leader.objects.visible_to(leader).filter(pk__in=[asking.LEADERS]).order_by()
    return found.select_related("organisation")


_SEARCHED, _NAMED = asking.Question(_searched), asking.Question(_named)
_POSTS, _THREADS = asking.Question(_post_columns), asking.Question(_thread_columns)
_PEOPLE = asking.Question(_people_columns)
