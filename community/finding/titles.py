"""The newest threads whose titles match: the newest volumes of threads are asked first."""

# ruff: noqa: S608 (these texts are put together from each other)

from community.models import threads
from community.models.asking import Statement

VOLUMES = 8  # are asked first; if they hold too few, all

_BITS = threads.TITLE_VOLUME_BITS
_LAST = f"((SELECT max(id) FROM community_thread) >> {_BITS})"
_NEWEST = f"ARRAY(SELECT generate_series({_LAST} - {VOLUMES - 1}, {_LAST}))"
# OFFSET 0: a word stands in few titles, and the index of spaces would bring most threads of all.
_MATCHES = """SELECT id FROM (
        SELECT id, space_id FROM community_thread
        WHERE search @@ %(tsquery)s::tsquery AND hidden_at IS NULL AND merged_into_id IS NULL AND VOLUMES
        OFFSET 0) thread
    WHERE space_id = ANY(%(spaces)s) ORDER BY id DESC LIMIT %(at_most)s"""
_FOUND = Statement(f"""
    WITH newest AS MATERIALIZED ({_MATCHES.replace("VOLUMES", f"(id >> {_BITS}) = ANY({_NEWEST})")})
    SELECT id FROM newest
    UNION SELECT id FROM ({_MATCHES.replace("VOLUMES", "true")}) thread
        WHERE (SELECT count(*) FROM newest) < %(at_most)s""")


def newest(tsquery: str, spaces: list[int], at_most: int) -> list[int]:
    """The ids of the newest threads of these spaces whose titles match and are not hidden, in any order."""
    return [pk for (pk,) in _FOUND.rows(tsquery=tsquery, spaces=spaces, at_most=at_most)]
