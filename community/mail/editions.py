"""What a digest says: composed for many leaders at once, from what each may see at this moment."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community import first_words
from community.mail import from_hosts, personal, picks, unmailed
from community.mail.boards import Boards
from community.mail.contents import AFTER_LEAVE, Edition, Item, Personal, Place, address, standing
from community.mail.picks import Pick
from community.mail.unmailed import Reader
from community.models import Digest, Level, MailRule, Post, Reading, Space, SpaceLevel, ThreadKind, asking
from community.models.spaces import readable_by
from leaders import preferences
from leaders.models import Leader, MailPreferences

POSTS_AT_MOST = 12
STILL = {"notices": personal.still_to_be_told, "lines": from_hosts.still_stand}  # by the name of their marks


@dataclass(frozen=True)
class Said:
    """Where a post stands, and its author and words."""

    href: str
    words: dict[str, str]


def compose(leaders: Iterable[Leader], boards: Boards | None = None) -> dict[int, Edition]:
    """The editions of those who may come in, by primary key; an edition may be empty."""
    leaders = _INSIDE.objects(leaders=[leader.pk for leader in leaders], now=timezone.now())
    back = _back_from_leave(leaders)
    editions = {leader.pk: Edition(is_welcome=leader.pk in back) for leader in leaders}
    since = unmailed.since(leaders)
    seen = readable_by(leaders, unmailed.lately(since))
    _add_news(editions, leaders, unmailed.readers(seen, since, boards or Boards()))
    personal.add(editions, leaders, since)
    _add_hosting(editions, from_hosts.lines(leaders, seen), from_hosts.missed(since, seen))
    for pk in preferences.to_offer_slower(leaders) - back:  # leave is no reason to be asked
        editions[pk].offers_slower = editions[pk].marks["slower"] = True
    return editions


def forget() -> None:
    """Keep no words of posts when nothing is to be sent."""
    _begins.cache_clear()


def changed(editions: dict[int, Edition]) -> set[int]:
    """The leaders who have read or muted what is new to them, or are told what no longer stands."""
    kept = {name: [pk for each in editions.values() for pk in each.marks.get(name, ())] for name in STILL}
    standing = {name: STILL[name](keys) if keys else set() for name, keys in kept.items()}
    missed = from_hosts.still_missed({pk: edition.sessions for pk, edition in editions.items()})
    return _read_or_muted(editions) | {
        leader
        for leader, edition in editions.items()
        if edition.sessions - missed[leader]
        or not all(standing[name].issuperset(edition.marks.get(name, ())) for name in STILL)
    }


def _read_or_muted(editions: dict[int, Edition]) -> set[int]:
    threads = {thread for edition in editions.values() for thread, _ in edition.news.values()}
    found = _MARKS.answers(leaders=list(editions), threads=list(threads))
    marks = {(leader, thread): (mark, level) for leader, thread, mark, level in found[0]}
    muted = {
        leader
        for leader, space in found[1]
        if space in {each.pk for each in editions[leader].spaces} - editions[leader].muted
    }
    return muted | {
        leader
        for leader, edition in editions.items()
        for thread, number in edition.news.values()
        if (mine := marks.get((leader, thread))) and (mine[0] >= number or mine[1] == Level.MUTED)
    }


def _add_news(editions: dict[int, Edition], leaders: list[Leader], readers: dict[int, Reader]) -> None:
    """Put what is unread and not yet mailed into the editions: the posts that matter, and numbers."""
    knows = picks.what_they_know([leader.pk for leader in leaders if leader.ask_me_about.strip()])
    counts = {pk: reader.counts() for pk, reader in readers.items()}
    chosen = {}
    for pk, reader in readers.items():
        size = AFTER_LEAVE if editions[pk].is_welcome else POSTS_AT_MOST
        loud = [space for space in counts[pk] if not from_hosts.keeps_to_itself(reader.spaces[space])]
        chosen[pk] = picks.choose(reader, size, loud, knows.get(pk, frozenset()))
    _dress_all(readers, chosen)
    for pk, reader in readers.items():
        editions[pk].marks, editions[pk].muted = unmailed.marks(reader), frozenset(reader.muted)
        _add_places(editions[pk], reader, counts[pk], chosen[pk])


def _add_hosting(editions: dict[int, Edition], lines: dict, missed: dict) -> None:
    """Put what hosts say, and the sessions that a leader missed, into the editions."""
    for pk, words in lines.items():
        editions[pk].spaces.update(each.space for each in words)
        editions[pk].lines = [Personal(each.text, address(each.path)) for each in words]
        editions[pk].marks["lines"] = [each.pk for each in words]
    for pk, words in missed.items():
        editions[pk].spaces.update(each.space for each in words)
        editions[pk].missed = [Personal(each.text, address(each.path)) for each in words]
        editions[pk].sessions = {each.pk for each in words}


def _dress_all(readers: dict[int, Reader], chosen: dict[int, list[Pick]]) -> None:
    """Put beside each board the posts of it that are told, with what is said of them."""
    missing = defaultdict(set)
    for pk, reader in readers.items():
        missing[reader.board].update(pick.said.pk for pick in chosen[pk])
    for board, told in missing.items():
        for post in _TOLD.objects(posts=list(told - board.dressed.keys())):
            _dress(post)
            board.dressed[post.pk] = post


def _back_from_leave(leaders: list[Leader]) -> set[int]:
    """Those who were away and have had no digest since."""
    told = Digest.objects.filter(
        leader=OuterRef("leader"), state__in=unmailed.TOLD, sent_at__date__gte=OuterRef("away_until")
    )
    away = MailPreferences.objects.filter(~Exists(told), leader__in=leaders, away_until__isnull=False)
    return set(away.values_list("leader", flat=True))


def _add_places(edition: Edition, reader: Reader, counts: dict[int, int], told: list[Pick]) -> None:
    """Put what is new in each space into an edition, as far as it may leave: those of one's cohorts first."""
    items = defaultdict(list)
    for pick in told:
        post = reader.board.dressed.get(pick.said.pk)
        if post and post.space_id == pick.talk.space:
            item = _item(reader.spaces[pick.talk.space], post, reader.count(pick.talk))
            items[pick.talk.space].append(item)
            edition.posts[post.pk] = post.standing
            edition.news[post.pk] = post.thread_id, post.number
    edition.spaces.update(reader.spaces[pk] for pk in counts)
    for space in sorted((reader.spaces[pk] for pk in counts), key=reader.place):
        if from_hosts.keeps_to_itself(space):
            edition.add_quiet(space)
        else:
            more = counts[space.pk] - sum(item.new for item in items[space.pk])
            edition.places.append(Place(space.name, _home(space), items[space.pk], more))


def _item(space: Space, post: Post, new: int) -> Item:
    """What is told of a thread: one object for all to whom as much of it is new."""
    if (known := post.items.get((new, space.mail_rule))) is None:
        known = post.items[new, space.mail_rule] = _new_item(space, post, new)
    return known


def _new_item(space: Space, post: Post, new: int) -> Item:
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


def _dress(post: Post) -> None:
    """Make what hundreds of editions say of one post once."""
    by = str(post.author or post.alias or "Somebody who has left")
    excerpt, lines = _begins(post.body_html)
    post.said = Said(address(post.get_absolute_url()), {"by": by, "excerpt": excerpt, "lines": lines})
    post.standing, post.items = standing(post), {}


@lru_cache(maxsize=5_000)
def _begins(body_html: str) -> tuple[str, str]:
    """The first words, and the same in lines: a board is made anew more often than a post changes."""
    words = first_words.of(body_html)
    return words, textwrap.fill(words, 72, initial_indent="  ", subsequent_indent="  ")


def _home(space: Space) -> str:
    """Where a space is: made once for hundreds of editions."""
    if "home" not in vars(space):
        space.home = address(space.get_absolute_url())
    return space.home


def _marks(_) -> QuerySet:
    mine = Reading.objects.filter(leader__in=[asking.LEADERS], thread__in=[asking.THREADS]).order_by()
    return mine.values_list("leader", "thread", "read_up_to", "level")


def _muted(_) -> QuerySet:
    muted = SpaceLevel.objects.filter(leader__in=[asking.LEADERS], level=Level.MUTED).order_by()
    return muted.values_list("leader", "space")


def _inside(_) -> QuerySet[Leader]:
    return Leader.objects.active(asking.NOW).filter(pk__in=[asking.LEADERS])


def _told(_) -> QuerySet[Post]:
    posts = Post.objects.shown().filter(pk__in=[asking.POSTS]).select_related("author", "thread")
    of_thread = [f"thread__{name}" for name in ("title", "kind", "shown_count", "closed_at")]
    return posts.only(
        "number", "space", "body_html", "version", "alias", "author__name", "author__handle", *of_thread
    )


_INSIDE, _TOLD = asking.Question(_inside), asking.Question(_told)
_MARKS = asking.Together(asking.Question(_marks), asking.Question(_muted))
