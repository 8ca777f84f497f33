"""The newest posts that match, looked for in stretches, so that no word is slow.

A common word is found by reading the newest posts, a rarer one by asking the index of words. Which of the two
a word is shows in the first stretch. The measurements stand in docs/decisions/010-search-in-stretches.md.
"""

# ruff: noqa: S608 (these texts are put together from each other and from names of columns)

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from community.finding import words
from community.models import posts
from community.models.asking import Statement

FIRST_STRETCH = 1_000  # posts
READ_AT_MOST = 3  # times the first stretch, in many spaces; for more the index is asked
READ_OF_EACH_AT_MOST = 16  # where the index would be asked for all times at once
SPACES_ONE_BY_ONE = 12
SPARSE = 10  # posts, of which one is in the spaces of the searcher: they are looked for space by space
VOLUMES_AT_FIRST = 8
VOLUMES_OF_RARE = 2  # at first, where the first stretch has fewer matches than three
VOLUMES_AT_MOST = 24  # at the end; for more the index is asked for all times at once
SECONDS_AT_MOST = 0.3  # of asking one volume after the other
LONGEST_AGO, NEVER = "-infinity", "infinity"
ALL = 2**62  # posts

_WHEN = "created_at >= %(begin)s AND created_at < %(end)s"
_MATCHES = "search @@ %(tsquery)s::tsquery"
_IN_SPACES = "space_id = ANY(%(spaces)s)"
_SHOWN = "thread_id NOT IN (SELECT id FROM community_thread WHERE hidden_at IS NOT NULL)"
_NEWEST_FIRST = "ORDER BY created_at DESC"
_FOR_EACH_KEY = "FROM unnest(%(keys)s::bigint[]) AS key, LATERAL"
_VOLUME = f"(id >> {posts.VOLUME_BITS})"
_VOLUMES = f"(ARRAY[{_VOLUME}, ((space_id << {posts.SHELF_BITS}) | {_VOLUME})])"  # as indexed
_ON_SHELVES = f"{_VOLUMES} && ARRAY(SELECT shelf | volume FROM unnest(%(shelves)s::bigint[]) shelf)"

# What is found of each post: how well it answers, when it was written, and its id; the largest is the best.
_FOUND = "date_part('epoch', found.created_at) AS moment, found.id"
_UNRANKED = f"SELECT 0 AS rank, {_FOUND} FROM (MATCHES) found"
_RANKED = f"""SELECT ts_rank(found.search, %(tsquery)s::tsquery, 1)
        + ts_rank(thread.search, %(tsquery)s::tsquery) AS rank, {_FOUND}
    FROM (MATCHES) found JOIN community_thread thread ON thread.id = found.thread_id"""

# A stretch is so many posts, whenever they were written: how many there were, the time of the first of them,
# the ids of the last, of the first and of the oldest that is wanted, and those that match.
_READ = """WITH stretch AS MATERIALIZED (
        SELECT count(*) AS count, max(created_at) AS last, min(created_at) AS first FROM (POSTS) post)
    SELECT count, first,
        (SELECT max(id) FROM community_post WHERE created_at = last),
        (SELECT min(id) FROM community_post WHERE created_at = first),
        CASE WHEN %(begin)s = '-infinity'::timestamptz THEN (SELECT min(id) FROM community_post)
        ELSE (SELECT id FROM community_post WHERE created_at >= %(begin)s ORDER BY created_at LIMIT 1) END,
        ranks, moments, ids
    FROM stretch, LATERAL (
        SELECT array_agg(rank) AS ranks, array_agg(moment) AS moments, array_agg(id) AS ids
        FROM (BEST) best) best"""

# OFFSET 0 keeps apart what stands inside and outside: the planner guesses badly how common two words are.
_READ_ALL = _READ.replace(
    "POSTS",
    f"""SELECT created_at FROM (
        SELECT created_at, space_id FROM community_post WHERE {_WHEN} {_NEWEST_FIRST} LIMIT %(within)s) post
    WHERE {_IN_SPACES} LIMIT %(length)s""",
)
_MATCHES_OF_ALL = f"""SELECT id, thread_id, created_at, search FROM (
        SELECT id, thread_id, created_at, search FROM community_post
        WHERE hidden_at IS NULL AND {_IN_SPACES} AND {_WHEN} AND created_at >= stretch.first
        {_NEWEST_FIRST} OFFSET 0) post
    WHERE {_MATCHES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s"""
_READ_EACH = _READ.replace(
    "POSTS",
    f"""SELECT created_at {_FOR_EACH_KEY} (
        SELECT created_at FROM community_post WHERE KEY = key AND {_WHEN}
        {_NEWEST_FIRST} LIMIT %(length)s) post
    {_NEWEST_FIRST} LIMIT %(length)s""",
)
_MATCHES_OF_EACH = f"""SELECT id, thread_id, created_at, search {_FOR_EACH_KEY} (
        SELECT id, thread_id, created_at, space_id, search FROM community_post
        WHERE KEY = key AND hidden_at IS NULL AND {_WHEN} AND created_at >= stretch.first OFFSET 0) post
    WHERE {_IN_SPACES} AND {_MATCHES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s"""
# The times stand outside as well: to the planner of a prepared statement, any two of them are close together.
_ASK_ALL = f"""SELECT id, thread_id, created_at, search FROM (
        SELECT id, thread_id, created_at, space_id, search FROM community_post
        WHERE {_MATCHES} AND hidden_at IS NULL OFFSET 0) post
    WHERE {_IN_SPACES} AND {_WHEN} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s"""
# One volume after the other, and none once there are enough.
_ASK_VOLUMES = f"""SELECT found.* FROM unnest(%(volumes)s::bigint[]) AS volume, LATERAL (
        {_ASK_ALL.replace("OFFSET 0", f"AND {_ON_SHELVES} OFFSET 0")}) found
    LIMIT %(at_most)s"""
_ASK_EACH = f"""SELECT id, thread_id, created_at, search {_FOR_EACH_KEY} (
        SELECT id, thread_id, created_at, space_id, search FROM community_post
        WHERE KEY = key AND {_MATCHES} AND hidden_at IS NULL OFFSET 0) post
    WHERE {_IN_SPACES} AND {_WHEN} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s"""


def _of_any(matches: str, reading: str = "BEST") -> dict[tuple[bool, str], Statement]:
    """The statements with and without a rank, by the column of their keys, if they have any."""
    return {
        (ranked, column): Statement(
            reading.replace("BEST", best).replace("MATCHES", matches).replace("KEY", column)
        )
        for ranked, best in ((True, _RANKED), (False, _UNRANKED))
        for column in (("author_id", "space_id") if "KEY" in matches else ("",))
    }


def _any_words(matches: str) -> str:
    return matches.replace(_MATCHES, "true")


_READING = _of_any(_MATCHES_OF_ALL, _READ_ALL) | _of_any(_MATCHES_OF_EACH, _READ_EACH)
_READING_ANY_WORDS = _of_any(_any_words(_MATCHES_OF_ALL), _READ_ALL) | _of_any(
    _any_words(_MATCHES_OF_EACH), _READ_EACH
)
_ASKING = _of_any(_ASK_ALL) | _of_any(_ASK_EACH)
_ASKING_VOLUMES = _of_any(_ASK_VOLUMES)
_BEGINNING = Statement("SELECT created_at FROM community_post WHERE id >= %(first)s ORDER BY id LIMIT 1")

Match = tuple[float, float, int]  # rank, moment, id: the larger one stands higher


@dataclass(frozen=True)
class Wanted:
    """What the posts must be: an empty `tsquery` is any words, `authors` of None is anybody."""

    tsquery: str
    spaces: list[int]
    authors: list[int] | None = None
    after: datetime | str = LONGEST_AGO
    before: datetime | str = NEVER
    ranked: bool = False

    @property
    def column(self) -> str:
        """The column by whose index the posts are found one key after the other, if there is a good one."""
        if self.authors is not None:
            return "author_id"
        return "space_id" if len(self.spaces) <= SPACES_ONE_BY_ONE else ""

    @property
    def holds_a_phrase(self) -> bool:
        """Whether the index does not tell if a post matches: it knows words, not their order."""
        return bool(words.PHRASE.search(self.tsquery))

    @property
    def shelves(self) -> list[int]:
        """What stands before the number of a volume: nothing, or for a few spaces what marks their parts."""
        return [space << posts.SHELF_BITS for space in self.spaces] if self.column == "space_id" else [0]

    @property
    def values(self) -> dict:
        """For the statements."""
        keys = self.spaces if self.authors is None else self.authors
        return {
            "tsquery": self.tsquery,
            "spaces": self.spaces,
            "keys": keys,
            "shelves": self.shelves,
            "begin": self.after,
        }


@dataclass(frozen=True)
class Stretch:
    """What was read of the newest posts; a volume are posts with ids next to one another."""

    count: int
    first: datetime
    last_id: int
    first_id: int
    oldest_id: int
    matches: list[Match]

    @property
    def sparsity(self) -> float:
        """How many posts there are for each of the searcher's."""
        return (abs(self.last_id - self.first_id) + 1) / self.count

    @property
    def volumes(self) -> range:
        """Those before this stretch, the newest first."""
        return range(self.first_id >> posts.VOLUME_BITS, (self.oldest_id >> posts.VOLUME_BITS) - 1, -1)


@dataclass(frozen=True)
class Found:
    """The newest posts that match, and since when was looked for them, if that is not since ever."""

    matches: list[Match]
    since: datetime | None = None


def newest(wanted: Wanted, at_most: int) -> Found:
    """The newest posts that match and are not hidden, so many at most."""
    found: list[Match] = []
    length, end, is_sparse = FIRST_STRETCH, wanted.before, False
    while True:
        lacking = at_most - len(found)
        stretch = None if is_sparse else _read_among_all(wanted, end, length, lacking)
        if stretch is None:
            stretch = _read(wanted, wanted.column, end, length, lacking)
        found += stretch.matches
        lacking -= len(stretch.matches)
        if lacking <= 0 or stretch.count < length:
            return Found(found)
        needed = max(2 * length, int(1.4 * length * lacking / max(len(stretch.matches), 1)))
        is_sparse = bool(wanted.column) and stretch.sparsity > SPARSE
        # Who wrote them tells more than any word: the posts of a few people are read to the end.
        if wanted.tsquery and wanted.authors is None and needed > _readable(wanted, is_sparse):
            if is_sparse:
                return Found(found + _asked(_ASKING, wanted, wanted.column, stretch.first, lacking))
            older = _asked_by_volumes(wanted, stretch, lacking)
            return Found(found + older.matches, older.since)
        length, end = needed, stretch.first


def _readable(wanted: Wanted, is_sparse: bool) -> int:
    """How many more posts are read before the index is asked."""
    if is_sparse:
        return READ_OF_EACH_AT_MOST * FIRST_STRETCH
    # Of a few spaces, the index brings nothing of others.
    return 0 if wanted.column else READ_AT_MOST * FIRST_STRETCH


def _read_among_all(wanted: Wanted, end: datetime | str, length: int, lacking: int) -> Stretch | None:
    """The newest posts of the spaces, found among those of all; None where they are too few for that."""
    if not wanted.column:
        return _read(wanted, "", end, length, lacking, within=ALL)
    if wanted.column == "author_id":
        return None
    stretch = _read(wanted, "", end, length, lacking, within=SPARSE * length)
    return stretch if stretch.count == length else None


def _read(wanted: Wanted, column: str, end: datetime | str, length: int, lacking: int, **more) -> Stretch:
    reading = _READING if wanted.tsquery else _READING_ANY_WORDS
    statement = reading[wanted.ranked, column]
    [row] = statement.rows(**wanted.values, end=end, length=length, at_most=lacking, **more)
    *facts, ranks, moments, ids = row
    return Stretch(*facts, [*zip(ranks or (), moments or (), ids or (), strict=True)])


def _asked(asking: dict, wanted: Wanted, column: str, end: datetime, lacking: int, **more) -> list[Match]:
    """The newest matches before a moment, as the index of words knows them."""
    return asking[wanted.ranked, column].rows(**wanted.values, end=end, at_most=lacking, **more)


def _asked_by_volumes(wanted: Wanted, stretch: Stretch, lacking: int) -> Found:
    """The same, volume by volume as far back as is needed; what is rare, in all of them at once."""
    found: list[Match] = []
    volumes, asked, patience = list(stretch.volumes), 0, monotonic() + SECONDS_AT_MOST
    reach = VOLUMES_AT_FIRST if len(stretch.matches) > 2 else VOLUMES_OF_RARE
    while asked < len(volumes) and len(found) < lacking:
        if asked and monotonic() > patience:
            [(since,)] = _BEGINNING.rows(first=volumes[asked - 1] << posts.VOLUME_BITS)
            return Found(found, since)
        if wanted.holds_a_phrase:
            reach = VOLUMES_AT_FIRST
        elif 2 * reach >= len(volumes) - asked:
            reach = len(volumes) - asked
            if reach > VOLUMES_AT_MOST:
                return Found(_asked(_ASKING, wanted, "", stretch.first, lacking))
        some = volumes[asked : asked + reach]
        found += _asked(_ASKING_VOLUMES, wanted, "", stretch.first, lacking - len(found), volumes=some)
        asked += reach
        reach = int(1.4 * asked * (lacking - len(found)) / max(len(found), 1)) + 1
    return Found(found)
