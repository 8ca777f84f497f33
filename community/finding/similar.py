"""Threads like one that is about to be written, of those that its writer may see."""

from itertools import combinations

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection
from django.db.models import F, Q

from community.finding.words import plain
from community.models import Space, SpaceKind, Thread
from leaders.models import Leader

AT_MOST = 5
TITLE_AT_LEAST, TITLE_AT_MOST = 4, 150
WORDS_AT_MOST = 6  # each pair of them is looked up
FEW_WORDS = 3  # a title of so few words is like another already by one of them
RANKED_AT_MOST = 500


def find(title: str, *, by: Leader, space: Space) -> list[Thread]:
    """The threads whose titles share most with this one; those of another sealed space never come here."""
    title = plain(title.replace("\x00", "")).strip()[:TITLE_AT_MOST]
    words = _stems(title) if len(title) >= TITLE_AT_LEAST else []
    seen = Thread.objects.visible_to(by).shown().filter(Q(space=space) | ~Q(space__kind=SpaceKind.SEALED))
    pairs = [f"({one} & {other})" for one, other in combinations(words, 2)]
    found = _nearest(seen, pairs, words, title) if pairs else []
    if not found and 0 < len(words) <= FEW_WORDS:
        found = _nearest(seen, words, words, title)
    return found


def _stems(title: str) -> list[str]:
    """The words by which the search knows a title, the longest first, quoted for a query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(tsvector_to_array(to_tsvector('english', %s)))", [title])
        stems = sorted((stem for (stem,) in cursor.fetchall()), key=len, reverse=True)
    return ["'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems[:WORDS_AT_MOST]]


def _nearest(seen, ways: list[str], words: list[str], title: str) -> list[Thread]:
    """The likest of the newest that match in one of the ways: all that match a common word are too many."""
    matching = seen.filter(search=SearchQuery(" | ".join(ways), search_type="raw", config="simple"))
    newest = matching.order_by("-pk").values("pk")[:RANKED_AT_MOST]
    rank = SearchRank(F("search"), SearchQuery(" | ".join(words), search_type="raw", config="simple"))
    likeness = rank + TrigramSimilarity("title", title)
    likest = Thread.objects.filter(pk__in=newest).select_related("space").defer("search")
    return list(likest.order_by(likeness.desc(), "-pk")[:AT_MOST])
