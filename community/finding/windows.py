"""The newest posts that match, looked for in stretches, so that no word is slow.

A common word is found by reading the newest posts, a rare one by asking the index of words. Which of the two
a word is shows in the first stretch. The measurements stand in docs/decisions/010-search-in-stretches.md.
"""

# ruff: noqa: S608 (these texts are put together from each other and from names of columns)

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection

AT_MOST = 300
FIRST_STRETCH = 1_000  # posts
READ_AT_MOST = 16  # times the first stretch; for more the index is asked
SPACES_ONE_BY_ONE = 12
LONGEST_AGO, NEVER = "-infinity", "infinity"

_WHEN = "created_at >= %(after)s AND created_at < %(end)s"
_MATCHES = "(%(tsquery)s = '' OR search @@ %(tsquery)s::tsquery)"
_IN_SPACES = "space_id = ANY(%(spaces)s)"
_SHOWN = "thread_id NOT IN (SELECT id FROM community_thread WHERE hidden_at IS NOT NULL)"
_NEWEST_FIRST = "ORDER BY created_at DESC"
_FOR_EACH_KEY = "FROM unnest(%(keys)s::bigint[]) AS key, LATERAL"

# A stretch is so many posts, whenever they were written: how many there were, the times of the last and the
# first of them, and those that match.
_READ = f"""WITH stretch AS MATERIALIZED (
        SELECT count(*) AS count, max(created_at) AS last, min(created_at) AS first FROM (POSTS) post)
    SELECT count, first, last, (SELECT min(created_at) FROM community_post),
        ARRAY(MATCHES {_NEWEST_FIRST} LIMIT %(at_most)s) FROM stretch"""

# OFFSET 0 keeps apart what stands inside and outside: the planner guesses badly how common two words are.
_OF_ALL = {
    "read": _READ.replace(
        "POSTS",
        f"""SELECT created_at FROM community_post WHERE {_IN_SPACES} AND {_WHEN}
            {_NEWEST_FIRST} LIMIT %(length)s""",
    ).replace(
        "MATCHES",
        f"""SELECT id FROM (
            SELECT id, thread_id, created_at, search FROM community_post
            WHERE hidden_at IS NULL AND {_IN_SPACES} AND {_WHEN} AND created_at >= stretch.first
            {_NEWEST_FIRST} OFFSET 0) post
        WHERE {_MATCHES} AND {_SHOWN}""",
    ),
    "ask": f"""SELECT id FROM (
            SELECT id, thread_id, created_at, space_id FROM community_post
            WHERE search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND {_WHEN}
            AND created_at >= %(start)s OFFSET 0) post
        WHERE {_IN_SPACES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s""",
}
_OF_EACH = {
    "read": _READ.replace(
        "POSTS",
        f"""SELECT created_at {_FOR_EACH_KEY} (
            SELECT created_at FROM community_post WHERE KEY = key AND {_WHEN}
            {_NEWEST_FIRST} LIMIT %(length)s) post
        {_NEWEST_FIRST} LIMIT %(length)s""",
    ).replace(
        "MATCHES",
        f"""SELECT id {_FOR_EACH_KEY} (
            SELECT id, thread_id, created_at, space_id, search FROM community_post
            WHERE KEY = key AND hidden_at IS NULL AND {_WHEN} AND created_at >= stretch.first OFFSET 0) post
        WHERE {_IN_SPACES} AND {_MATCHES} AND {_SHOWN}""",
    ),
    "ask": f"""SELECT id {_FOR_EACH_KEY} (
            SELECT id, thread_id, created_at, space_id FROM community_post
            WHERE KEY = key AND search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND {_WHEN}
            AND created_at >= %(start)s OFFSET 0) post
        WHERE {_IN_SPACES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s""",
}


@dataclass(frozen=True)
class Wanted:
    """What the posts must be: an empty `tsquery` is any words, `authors` of None is anybody."""

    tsquery: str
    spaces: list[int]
    authors: list[int] | None = None
    after: datetime | str = LONGEST_AGO
    before: datetime | str = NEVER


def newest(wanted: Wanted) -> list[int]:
    """The ids of the newest posts that match and are not hidden, at most AT_MOST of them."""
    found: list[int] = []
    length, end = FIRST_STRETCH, wanted.before
    while True:
        [(count, first, last, oldest, matches)] = _ask("read", wanted, end=end, length=length)
        found += matches
        lacking = AT_MOST - len(found)
        if lacking <= 0 or count < length:
            return found[:AT_MOST]
        needed = max(2 * length, int(1.4 * length * lacking / max(len(matches), 1)))
        if needed > READ_AT_MOST * FIRST_STRETCH and wanted.tsquery:
            return found + _asked(wanted, first, oldest, (last - first) / length * needed, lacking)
        length, end = needed, first


def _asked(wanted: Wanted, end: datetime, oldest: datetime, reach: timedelta, lacking: int) -> list[int]:
    """The newest matches before a moment, as the index of words knows them, so far back as is needed."""
    found: list[int] = []
    while True:
        reach = max(reach, timedelta(hours=1))
        start = LONGEST_AGO if reach >= (end - oldest) * 0.7 else end - reach
        asked = _ask("ask", wanted, start=start, end=end, at_most=lacking - len(found))
        found += [pk for (pk,) in asked]
        if len(found) >= lacking or start == LONGEST_AGO:
            return found
        reach, end = reach * max(2, 1.4 * lacking / max(len(found), 1)), start


def _ask(what: str, wanted: Wanted, **limits) -> list[tuple]:
    column, keys = _keys(wanted)
    sql = _OF_EACH[what].replace("KEY", column) if column else _OF_ALL[what]
    with connection.cursor() as cursor:
        cursor.execute(sql, {"at_most": AT_MOST, **asdict(wanted), **limits, "keys": keys})
        return cursor.fetchall()


def _keys(wanted: Wanted) -> tuple[str, list[int]]:
    """The column by whose index the posts are found one key after the other, if there is a good one."""
    if wanted.authors is not None:
        return "author_id", wanted.authors
    if len(wanted.spaces) <= SPACES_ONE_BY_ONE:
        return "space_id", wanted.spaces
    return "", []
