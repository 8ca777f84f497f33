"""Which of many new posts a digest tells, and which it only counts. The same news give the same choice.

First come posts of people one listens to (whom one thanked, or to whom one said well done) and of threads
that one watches; then questions without a reply that fit what one can be asked about; then the rest. Among
equals the spaces of one's cohorts come first, then posts neither very short nor very long, then the latest.
Nobody speaks twice before everybody else has spoken once.
"""

from collections import Counter
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Length

from community.mail.unmailed import News
from community.models import Post
from leaders.models import Leader

SENSIBLE = range(40, 3_000)  # characters
FOLLOWED, FITTING, OTHERS = range(3)


class Facts(NamedTuple):
    """What the choice needs to know of a post."""

    author: int | None
    is_sensible: bool
    asks_about: frozenset[str]


def choose(
    leaders: list[Leader], news: dict[int, list[News]], sizes: dict[int, int]
) -> dict[int, list[News]]:
    """For each leader so many of their news, what matters most first."""
    facts = _facts({each.post for mine in news.values() for each in mine})
    knows = _knows([leader.pk for leader in leaders if leader.ask_me_about.strip()])
    return {
        pk: _in_turn([each for each in mine if each.post in facts], facts, knows.get(pk, frozenset()))[
            : sizes[pk]
        ]
        for pk, mine in news.items()
    }


def _in_turn(news: list[News], facts: dict[int, Facts], knows: frozenset[str]) -> list[News]:
    """All of them: each author's first one by weight, then each author's second one, and so on."""
    spoke: Counter = Counter()
    turns = []
    for number, each in enumerate(news):
        turns.append((_weight(each, facts[each.post], knows), number, each))
    turns.sort()
    for place, (_, _, each) in enumerate(turns):
        # Whoever is not named is another voice in each thread.
        voice = facts[each.post].author or -each.thread
        turns[place] = spoke[voice], place, each
        spoke[voice] += 1
    turns.sort()
    return [each for *_, each in turns]


def _weight(each: News, facts: Facts, knows: frozenset[str]) -> tuple[int, bool, bool]:
    if each.is_followed:
        return FOLLOWED, not each.is_cohort, not facts.is_sensible
    fits = facts.asks_about and not facts.asks_about.isdisjoint(knows)
    return FITTING if fits else OTHERS, not each.is_cohort, not facts.is_sensible


def _facts(ids: set[int]) -> dict[int, Facts]:
    shown = Post.objects.shown().filter(pk__in=ids).order_by()
    rows = list(shown.values_list("pk", "author", "thread", "number", Length("body")))
    asking = _asking([thread for _, _, thread, number, _ in rows if number == 1])
    return {
        pk: Facts(author, length in SENSIBLE, asking.get(thread, frozenset()) if number == 1 else frozenset())
        for pk, author, thread, number, length in rows
    }


def _asking(threads: list[int]) -> dict[int, frozenset[str]]:
    """The words in the titles of those that are questions without a reply."""
    statement = """
        SELECT id, tsvector_to_array(search) FROM community_thread
         WHERE id = ANY(%s) AND kind = 'question' AND shown_count = 1 AND closed_at IS NULL
    """
    return _words(statement, threads)


def _knows(leaders: list[int]) -> dict[int, frozenset[str]]:
    """The words of what each can be asked about, in the form in which titles are searched."""
    statement = """
        SELECT id, tsvector_to_array(to_tsvector('english', ask_me_about))
          FROM leaders_leader WHERE id = ANY(%s)
    """
    return _words(statement, leaders)


def _words(statement: str, ids: list[int]) -> dict[int, frozenset[str]]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return {pk: frozenset(words) for pk, words in cursor.fetchall()}
