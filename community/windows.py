"""The newest posts that match, looked for in stretches of time, so that no word is slow.

A common word is found by reading the newest posts, a rare one by asking the index of words. Which of the two
a word is shows in the first stretch. The measurements stand in docs/decisions/DECISION.
"""

# ruff: noqa: S608 (these texts are put together from each other and from names of columns)

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection

AT_MOST = 1_000
FIRST_STRETCH = 1_000  # posts
READ_AT_MOST = 16  # times the first stretch; a longer one is asked of the index
SPACES_ONE_BY_ONE = 12
LONGEST_AGO, NEVER = "-infinity", "infinity"

_WHEN = "created_at >= %(after)s AND created_at >= %(start)s AND created_at < %(end)s"
_MATCHES = "(%(tsquery)s = '' OR search @@ %(tsquery)s::tsquery)"
_IN_SPACES = "space_id = ANY(%(spaces)s)"
_SHOWN = "thread_id NOT IN (SELECT id FROM community_thread WHERE hidden_at IS NOT NULL)"
_OLDEST = "(SELECT min(created_at) FROM community_post)"
_FIRST = f"SELECT count(*), min(created_at), max(created_at), {_OLDEST} FROM"
_NEWEST_FIRST = "ORDER BY created_at DESC"
_FOR_EACH_KEY = "FROM unnest(%(keys)s::bigint[]) AS key, LATERAL"

# OFFSET 0 keeps apart what stands inside and outside: the planner guesses badly how common two words are.
_OF_ALL = {
    "first": f"""{_FIRST} (
            SELECT created_at FROM community_post WHERE {_IN_SPACES} AND {_WHEN}
            {_NEWEST_FIRST} LIMIT %(first)s) post""",
    "read": f"""SELECT id FROM (
            SELECT id, thread_id, created_at, search FROM community_post
            WHERE hidden_at IS NULL AND {_IN_SPACES} AND {_WHEN} {_NEWEST_FIRST} OFFSET 0) post
        WHERE {_MATCHES} AND {_SHOWN} LIMIT %(at_most)s""",
    "ask": f"""SELECT id FROM (
            SELECT id, thread_id, created_at, space_id FROM community_post
            WHERE search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND {_WHEN} OFFSET 0) post
        WHERE {_IN_SPACES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s""",
}
_OF_EACH = {
    "first": f"""{_FIRST} (
        SELECT created_at {_FOR_EACH_KEY} (
            SELECT created_at FROM community_post WHERE KEY = key AND {_WHEN}
            {_NEWEST_FIRST} LIMIT %(first)s) post
        {_NEWEST_FIRST} LIMIT %(first)s) post""",
    "read": f"""SELECT id {_FOR_EACH_KEY} (
            SELECT id, thread_id, created_at, space_id, search FROM community_post
            WHERE KEY = key AND hidden_at IS NULL AND {_WHEN} OFFSET 0) post
        WHERE {_IN_SPACES} AND {_MATCHES} AND {_SHOWN} {_NEWEST_FIRST} LIMIT %(at_most)s""",
    "ask": f"""SELECT id {_FOR_EACH_KEY} (
            SELECT id, thread_id, created_at, space_id FROM community_post
            WHERE KEY = key AND search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND {_WHEN}
            OFFSET 0) post
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
    count, start, last, oldest = _ask("first", wanted, LONGEST_AGO, wanted.before)[0]
    start = start if count == FIRST_STRETCH else LONGEST_AGO
    found = _ask("read", wanted, start, wanted.before)
    first = so_far = max(last - start, timedelta(hours=1)) if start != LONGEST_AGO else timedelta.max
    while len(found) < AT_MOST and start != LONGEST_AGO:
        so_far *= max(2, 1.4 * AT_MOST / max(len(found), 1))
        reading = so_far <= first * READ_AT_MOST or not wanted.tsquery
        end, start = start, LONGEST_AGO if so_far >= (last - oldest) * 0.7 else last - so_far
        found += _ask("read" if reading else "ask", wanted, start, end)
    return [pk for (pk,) in found[:AT_MOST]]


def _ask(what: str, wanted: Wanted, start: datetime | str, end: datetime | str) -> list[tuple]:
    column, keys = _keys(wanted)
    sql = _OF_EACH[what].replace("KEY", column) if column else _OF_ALL[what]
    limits = {"first": FIRST_STRETCH, "at_most": AT_MOST}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**asdict(wanted), **limits, "keys": keys, "start": start, "end": end})
        return cursor.fetchall()


def _keys(wanted: Wanted) -> tuple[str, list[int]]:
    """The column by whose index the posts are found one key after the other, if there is a good one."""
    if wanted.authors is not None:
        return "author_id", wanted.authors
    if len(wanted.spaces) <= SPACES_ONE_BY_ONE:
        return "space_id", wanted.spaces
    return "", []
