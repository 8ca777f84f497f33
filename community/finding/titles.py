"""The newest threads whose titles match, some of the words perhaps in the opening post instead."""

# ruff: noqa: S608 (these texts are put together from each other)

from operator import itemgetter

from community.finding.queries import Query
from community.models import threads
from community.models.asking import Statement

VOLUMES = 8  # of a single word the newest are asked first, one after the other; if they hold too few, all
FEW = 20  # titles with all words: then openings are looked at too
OPENINGS_AT_MOST = 300

_BITS = threads.TITLE_VOLUME_BITS
_LAST = f"SELECT max(id) >> {_BITS} AS last FROM community_thread"
# OFFSET 0: a word stands in few titles, and the index of spaces would bring most threads of all.
_MATCHES = """SELECT id, search FROM (
        SELECT id, space_id, search FROM community_thread
        WHERE search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND merged_into_id IS NULL AND VOLUMES
        OFFSET 0) thread
    WHERE space_id = ANY(%(spaces)s) ORDER BY id DESC LIMIT %(at_most)s"""
_NEWEST = f"""SELECT found.*
    FROM ({_LAST}) threads, generate_series(last, last - %(volumes)s + 1, -1) AS volume,
        LATERAL ({_MATCHES.replace("VOLUMES", f"(id >> {_BITS}) = volume")}) found
    LIMIT %(at_most)s"""
_RANK = "ts_rank(search, %(tsquery)s::tsquery) AS rank"
_ENOUGH = "(SELECT count(*) FROM newest) = %(at_most)s"
_FOUND = Statement(f"""
    WITH newest AS MATERIALIZED ({_NEWEST})
    SELECT {_RANK}, id FROM newest WHERE {_ENOUGH}
    UNION ALL SELECT {_RANK}, id FROM ({_MATCHES.replace("VOLUMES", "true")}) thread WHERE NOT {_ENOUGH}""")

_BEGUN = Statement(
    f"""SELECT ts_rank(thread.search, %(all_of)s::tsquery) AS rank, thread.id
    FROM ({_MATCHES.replace("VOLUMES", "true")}) thread
    JOIN community_post post ON post.thread_id = thread.id AND post.number = 1
    WHERE post.hidden_at IS NULL AND (thread.search || post.search) @@ %(all_of)s::tsquery"""
)


def newest(query: Query, spaces: list[int], at_most: int) -> list[tuple[float, int]]:
    """The newest threads of these spaces that match and are not hidden: how well they do, and their ids."""
    volumes = 0 if query.any_of else VOLUMES  # several words stand in few titles together
    found = set(_FOUND.rows(tsquery=query.tsquery, spaces=spaces, at_most=at_most, volumes=volumes))
    if query.any_of and len(found) < min(FEW, at_most):
        asked = {"tsquery": query.any_of, "all_of": query.tsquery, "spaces": spaces}
        found |= set(_BEGUN.rows(**asked, at_most=OPENINGS_AT_MOST))
    return sorted(found, key=itemgetter(1), reverse=True)[:at_most]
