"""What a digest says: composed for many leaders at once, from what each may see at this moment."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from community import first_words
from community.mail import from_hosts, personal, picks, unmailed
from community.mail.contents import AFTER_LEAVE, Edition, Item, Personal, Place, address
from community.mail.unmailed import News
from community.models import Digest, MailRule, Post, Space, ThreadKind
from community.models.spaces import readable_by
from leaders import preferences
from leaders.models import Leader, MailPreferences

POSTS_AT_MOST = 12


@dataclass(frozen=True)
class Said:
    """Where a post stands, and its author and words."""

    href: str
    words: dict[str, str]


def compose(leaders: Iterable[Leader]) -> dict[int, Edition]:
    """The editions of those who may come in, by primary key; an edition may be empty."""
    leaders = list(Leader.objects.active().filter(pk__in=[leader.pk for leader in leaders]))
    back = _back_from_leave(leaders)
    editions = {leader.pk: Edition(is_welcome=leader.pk in back) for leader in leaders}
    since = unmailed.since(leaders)
    seen = readable_by(leaders, unmailed.lately(since))
    _add_news(editions, leaders, unmailed.news(seen, since))
    personal.add(editions, seen)
    _add_hosting(editions, from_hosts.lines(leaders, seen), from_hosts.missed(since, seen))
    for pk in preferences.to_offer_slower(leaders):
        editions[pk].offers_slower = editions[pk].marks["slower"] = True
    return editions


def _add_news(editions: dict[int, Edition], leaders: list[Leader], news: dict[int, list[News]]) -> None:
    """Put what is unread and not yet mailed into the editions: the posts that matter, and numbers."""
    loud = {
        pk: [each for each in mine if not from_hosts.keeps_to_itself(each.space)] for pk, mine in news.items()
    }
    sizes = {pk: AFTER_LEAVE if editions[pk].is_welcome else POSTS_AT_MOST for pk in news}
    picked = picks.choose(leaders, loud, sizes)
    posts = _posts({each.post for chosen in picked.values() for each in chosen})
    for pk, mine in news.items():
        editions[pk].marks = unmailed.marks(mine)
        told = [each for each in picked[pk] if each.post in posts]
        for items, rest in _by_space(told, mine):
            _add_place(editions[pk], items, rest, posts)


def _add_hosting(editions: dict[int, Edition], lines: dict, missed: dict) -> None:
    """Put what hosts say, and the sessions that a leader missed, into the editions."""
    for pk, words in lines.items():
        editions[pk].lines = [Personal("line", each.text, address(each.path)) for each in words]
        editions[pk].marks["lines"] = [each.pk for each in words]
    for pk, words in missed.items():
        editions[pk].missed = [Personal("session", each.text, address(each.path)) for each in words]


def _by_space(told: list[News], news: list[News]) -> list[tuple[list[News], list[News]]]:
    """What is told of each space, and what is counted there: first the spaces of one's cohorts."""
    grouped: dict[int, tuple[list[News], list[News]]] = defaultdict(lambda: ([], []))
    for each in told:
        grouped[each.space.pk][0].append(each)
    posts = {each.post for each in told}
    for each in news:
        if each.post not in posts:
            grouped[each.space.pk][1].append(each)
    return sorted(grouped.values(), key=lambda both: (both[0] or both[1])[0].place_order)


def _posts(ids: set[int]) -> dict[int, Post]:
    """The posts that are told, each with what is said of it: made once for hundreds of editions."""
    posts = Post.objects.shown().select_related("author", "thread").defer("search", "thread__search", "body")
    posts = posts.in_bulk(ids)
    for post in posts.values():
        post.said = _dress(post)
    return posts


def _back_from_leave(leaders: list[Leader]) -> set[int]:
    """Those who were away and have had no digest since."""
    told = Digest.objects.filter(
        leader=OuterRef("leader"), state__in=unmailed.TOLD, sent_at__date__gte=OuterRef("away_until")
    )
    away = MailPreferences.objects.filter(~Exists(told), leader__in=leaders, away_until__isnull=False)
    return set(away.values_list("leader", flat=True))


def _add_place(edition: Edition, told: list[News], counted: list[News], posts: dict[int, Post]) -> None:
    """Put what is new in a space into an edition, as far as the space lets it leave."""
    space = (told or counted)[0].space
    if from_hosts.keeps_to_itself(space):
        return edition.add_quiet(space)
    items = [_item(space, posts[each.post], each.new) for each in told]
    more = sum(each.new for each in counted)
    return edition.places.append(Place(space.name, _home(space), items, more))


def _item(space: Space, post: Post, new: int) -> Item:
    thread, said = post.thread, post.said
    words = said.words if space.mail_rule == MailRule.EVERYTHING else {}
    return Item(
        title=thread.title,
        href=said.href,
        new=new,
        is_start=post.number == 1,
        waits=post.number == 1 and thread.shown_count == 1 and not thread.is_closed,
        is_question=thread.kind == ThreadKind.QUESTION,
        **words,
    )


def _dress(post: Post) -> Said:
    """What hundreds of editions say of one post, made once."""
    words = first_words.excerpt(post)
    by = str(post.author or post.alias or "Somebody who has left")
    lines = textwrap.fill(words, 72, initial_indent="  ", subsequent_indent="  ")
    return Said(address(post.get_absolute_url()), {"by": by, "excerpt": words, "lines": lines})


def _home(space: Space) -> str:
    """Where a space is: made once for hundreds of editions."""
    if "home" not in vars(space):
        space.home = address(space.get_absolute_url())
    return space.home
