"""Finding words again: never anything that the searcher may not see."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Q
from django.utils.html import escape
from django.utils.safestring import mark_safe

from community.models import Post, Thread
from community.models.threads import own_words
from leaders import profiles
from leaders.models import Leader
from leaders.models.account import sort_key

QUERY_AT_MOST = 200
RANKED_AT_MOST = 1_000
RESULTS_AT_MOST = 20
_MARK, _UNMARK = "\x02", "\x03"


@dataclass
class Found:
    """What a search brought, by kind."""

    threads: list
    posts: list
    people: list

    @property
    def is_empty(self) -> bool:
        return not (self.threads or self.posts or self.people)


def find(words: str, *, by: Leader) -> Found:
    """The best threads, posts and people for some words, of those whom and which the searcher may see."""
    words = words.strip()[:QUERY_AT_MOST]
    if not words:
        return Found([], [], [])
    query = SearchQuery(words, search_type="websearch", config="english")
    return Found(_threads(query, by), _posts(query, by), _people(words, by))


def _threads(query: SearchQuery, by: Leader) -> list[Thread]:
    shown = Thread.objects.visible_to(by).shown().filter(search=query)
    return list(_best(shown, Thread, query).select_related("space", "author")[:RESULTS_AT_MOST])


def _posts(query: SearchQuery, by: Leader) -> list[Post]:
    shown = Post.objects.visible_to(by).shown().filter(search=query)
    best = _best(shown, Post, query).select_related("thread", "space", "author")[:RESULTS_AT_MOST]
    marks = {"start_sel": _MARK, "stop_sel": _UNMARK}
    headline = SearchHeadline(own_words("body"), query, config="english", max_words=40, min_words=20, **marks)
    posts = list(best.annotate(headline=headline))
    for post in posts:
        post.excerpt = mark_safe(escape(post.headline).replace(_MARK, "<mark>").replace(_UNMARK, "</mark>"))
    return posts


def _best(matches, model, query: SearchQuery):
    """Rank only the newest matches: ranking all posts with a common word takes seconds."""
    newest = matches.order_by("-pk").values("pk")[:RANKED_AT_MOST]
    return (
        model.objects.filter(pk__in=newest)
        .annotate(rank=SearchRank(F("search"), query))
        .order_by("-rank", "-pk")
        .defer("search")
    )


def _people(words: str, by: Leader) -> list[profiles.Profile]:
    key = sort_key(words)
    found = (
        Leader.objects.visible_to(by)
        .select_related("organisation")
        .filter(Q(sort_name__contains=key) | Q(sort_name__trigram_word_similar=key))
    )
    return profiles.seen_by(by, found.order_by("sort_name", "pk")[:RESULTS_AT_MOST])
