"""What was said lately, read once, so that many leaders can be told of it without asking for each of them.

A board holds the posts of which anybody may be told, and nothing of anybody's own: what each has read, may
read or wants to hear of is laid over it by `unmailed`.
"""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from community.models import Post
from community.models.posts import told_until

SENSIBLE = range(40, 3_000)  # characters
# A post may commit later than its time says, so this much is looked at again, but for what is marked.
OVERLAP = timedelta(hours=1)
# Who was away for longer gets a board of their own, which is not kept: it may hold a year.
REACH = timedelta(days=32)


class Said(NamedTuple):
    """A post."""

    number: int
    pk: int
    author: int | None
    at: datetime
    is_sensible: bool


class Talk:
    """A thread, with what was said in it lately, in the order of its numbers."""

    __slots__ = ("numbers", "pk", "posts", "rank", "space", "times")

    def __init__(self, pk: int, space: int, rank: int, posts: list[Said]):
        self.pk, self.space, self.rank, self.posts = pk, space, rank, sorted(posts)
        self.numbers = [said.number for said in self.posts]
        self.times = sorted(said.at for said in posts)

    def after(self, number: int) -> list[Said]:
        """What was said behind a mark."""
        return self.posts[bisect_right(self.numbers, number) :] if number else self.posts

    def count(self, since: datetime) -> int:
        """How much was said after a moment."""
        return len(self.times) - bisect_right(self.times, since)


class Shelf:
    """A space: when something was said in it, and the ranks of its threads."""

    __slots__ = ("ranks", "recent", "times")

    def __init__(self):
        self.ranks: list[int] = []
        self.recent: dict[Talk, list[Said]] = defaultdict(list)  # within the last hour
        self.times: list[datetime] = []

    def count(self, since: datetime) -> int:
        """How much was said after a moment."""
        return len(self.times) - bisect_right(self.times, since)


class Board:
    """All that was said after a moment, in some spaces or everywhere."""

    def __init__(self, begin: datetime, spaces: Collection[int] | None = None):
        self.begin, self.until, self.made = begin, told_until(), time.monotonic()
        self.shelves: dict[int, Shelf] = defaultdict(Shelf)
        self.by_author: dict[int | None, list[tuple[Talk, Said]]] = defaultdict(list)
        self.by_word: dict[str, list[Talk]] = defaultdict(list)
        self.of_post: dict[int, Talk] = {}
        self.dressed: dict[int, Post] = {}  # what editions say of them, kept here as long as the board is
        self.talks = self._talks(spaces)
        self.of_thread = {talk.pk: talk for talk in self.talks}
        self._shelve()
        self._find_questions()

    def _talks(self, spaces: Collection[int] | None) -> list[Talk]:
        """The threads, ranked: that of the latest post first."""
        posts = Post.objects.shown().filter(created_at__gt=self.begin, created_at__lte=self.until).order_by()
        posts = posts if spaces is None else posts.filter(space__in=spaces)
        said, threads = defaultdict(list), set()
        thread = ("thread__last_post_at", "thread", "thread__space")
        facts = ("number", "pk", "author", "created_at", Length("body"))
        for at, pk, space, number, post, author, when, length in _rows(posts.values_list(*thread, *facts)):
            threads.add((at, pk, space))
            said[pk].append(Said(number, post, author, when, length in SENSIBLE))
        ranked = enumerate(sorted(threads, reverse=True))
        return [Talk(pk, space, rank, said[pk]) for rank, (_, pk, space) in ranked]

    def _shelve(self) -> None:
        """Put each thread on the shelf of its space, and each post where its author is looked for."""
        recent = self.until - OVERLAP
        for talk in self.talks:
            shelf = self.shelves[talk.space]
            shelf.ranks.append(talk.rank)
            shelf.times += talk.times
            for said in talk.posts:
                self.of_post[said.pk] = talk
                self.by_author[said.author].append((talk, said))
                if said.at > recent:
                    shelf.recent[talk].append(said)
        for shelf in self.shelves.values():
            shelf.times.sort()

    def _find_questions(self) -> None:
        """Note the words in the titles of those that are questions without a reply."""
        statement = """
            SELECT id, tsvector_to_array(search) FROM community_thread
             WHERE id = ANY(%s) AND kind = 'question' AND shown_count = 1 AND closed_at IS NULL
        """
        for pk, words in words_of(
            statement, [talk.pk for talk in self.talks if talk.numbers[0] == 1]
        ).items():
            for word in words:
                self.by_word[word].append(self.of_thread[pk])


class Boards:
    """Boards, of which the last one is kept for so many seconds."""

    def __init__(self, lasting: float = 0):
        self._lasting = lasting
        self._kept: Board | None = None

    def reaching(self, begin: datetime, spaces: Collection[int]) -> Board:
        """A board that goes back to a moment, at least of these spaces."""
        if not self._lasting or begin < timezone.now() - REACH:
            return Board(begin, spaces)
        if not self._kept or self._kept.begin > begin or self._is_old:
            self._kept = Board(begin)
        return self._kept

    def forget(self) -> None:
        """Read anew what is asked next."""
        self._kept = None

    @property
    def _is_old(self) -> bool:
        return time.monotonic() - self._kept.made > self._lasting


def _rows(posts: QuerySet) -> list[tuple]:
    """All at once: there are tens of thousands, with nothing that Django would convert."""
    try:
        statement = posts.query.sql_with_params()
    except EmptyResultSet:  # of no space
        return []
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


def words_of(statement: str, ids: list[int]) -> dict[int, frozenset[str]]:
    """Words by primary key, as search stems them."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return {pk: frozenset(words) for pk, words in cursor.fetchall()}
