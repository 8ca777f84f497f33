"""What a digest says: composed for many leaders at once, from what each may see at this moment."""

import html
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import nh3
from django.conf import settings
from django.db.models import Exists, OuterRef

from community.mail import from_hosts, picks, unmailed
from community.mail.unmailed import News
from community.models import (
    Digest,
    Level,
    MailRule,
    Notice,
    NoticeKind,
    Post,
    Reading,
    Space,
    SpaceKind,
    ThreadKind,
)
from community.models.spaces import readable_by
from community.uploads import figures
from leaders import preferences
from leaders.models import Leader, MailPreferences

POSTS_AT_MOST, PERSONAL_AT_MOST = 12, 8
AFTER_LEAVE = 3
WORDS_OF_EXCERPT = 40

_BLOCKS = {"p", "br", "li", "td", "th", "pre", "h3", "h4", "h5", "h6"}
_BREAK = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Said:
    """Where a post stands, and its author and words."""

    href: str
    words: dict[str, str]


@dataclass(frozen=True)
class Item:
    """A thread with something new in it, as far as its space lets it leave."""

    title: str
    href: str
    new: int
    is_start: bool
    waits: bool
    is_question: bool
    by: str = ""
    excerpt: str = ""
    lines: str = ""

    @property
    def news(self) -> str:
        """As in: new, with 2 replies."""
        if not self.is_start:
            return f"{self.new} new"
        replies = self.new - 1
        return f"new, with {replies} {'reply' if replies == 1 else 'replies'}" if replies else "new"


@dataclass
class Place:
    """A space with something new in it: threads told one by one, and how many posts there are beside them."""

    name: str
    href: str
    items: list[Item] = field(default_factory=list)
    more: int = 0
    is_quiet: bool = False  # nothing may leave but that there is something new, perhaps not even where

    @property
    def new(self) -> int:
        return sum(item.new for item in self.items) + self.more

    @property
    def rest(self) -> list[Item]:
        """What does not stand among those that wait for an answer."""
        return [item for item in self.items if not item.waits]


@dataclass(frozen=True)
class Personal:
    """Somebody thanked or mentioned the leader."""

    kind: str
    text: str
    href: str


@dataclass
class Edition:
    """One leader's digest, and what to mark as mailed once it has left."""

    personal: list[Personal] = field(default_factory=list)
    personal_more: int = 0
    places: list[Place] = field(default_factory=list)
    marks: dict = field(default_factory=unmailed.marks)
    lines: list[Personal] = field(default_factory=list)  # from the hosts of spaces
    missed: list[Personal] = field(default_factory=list)  # sessions
    offers_slower: bool = False
    is_welcome: bool = False  # the first one after leave: a short look, and the rest as numbers

    @property
    def count(self) -> int:
        loud = sum(place.new for place in self.loud)
        return len(self.personal) + self.personal_more + loud + len(self.quiet) + len(self.missed)

    @property
    def waiting(self) -> list[tuple[Place, Item]]:
        return [(place, item) for place in self.places for item in place.items if item.waits]

    @property
    def loud(self) -> list[Place]:
        """Places of which more may leave than that there is something new."""
        return [place for place in self.places if not place.is_quiet]

    @property
    def told(self) -> list[Place]:
        """Places of which something is told under their name."""
        return [place for place in self.loud if place.rest]

    @property
    def counted(self) -> list[Place]:
        """Places of which there is a number alone."""
        return [place for place in self.loud if place.more and not place.rest]

    @property
    def quiet(self) -> list[Place]:
        return [place for place in self.places if place.is_quiet]

    @property
    def subject(self) -> str:
        """What is inside, such as: 3 new in North cohort, 1 question waits."""
        parts = self._news(), self._waiting(), self._personal(), self._missed()
        inside = ", ".join(part for part in parts if part)
        inside = inside[:1].upper() + inside[1:]
        return f"Welcome back: {inside}" if self.is_welcome else inside

    @property
    def preview(self) -> str:
        """The line beside the subject: the first titles."""
        titles = [personal.text for personal in self.personal]
        titles += [item.title for place in self.places for item in place.items]
        return " · ".join(titles[:3])

    def _news(self) -> str:
        if not self.loud:
            named = [place.name for place in self.quiet if place.name]
            return "" if not self.quiet else f"Something new in {named[0]}" if named else "Something new"
        others = len(self.loud) - 1
        elsewhere = f" and {others} other space{'s' if others > 1 else ''}" if others else ""
        return f"{sum(place.new for place in self.loud)} new in {self.loud[0].name}{elsewhere}"

    def _waiting(self) -> str:
        number = len(self.waiting)
        noun = "question" if all(item.is_question for _, item in self.waiting) else "thread"
        return f"{number} {noun} waits" if number == 1 else f"{number} {noun}s wait" if number else ""

    def _personal(self) -> str:
        kinds = sorted({personal.kind for personal in self.personal})
        did = {"mention": "mentioned", "thanks": "thanked"}
        return f"you were {' and '.join(did[kind] for kind in kinds)}" if kinds else ""

    def _missed(self) -> str:
        number = len(self.missed)
        return f"you missed {number} session{'s' if number > 1 else ''}" if number else ""


def compose(leaders: Iterable[Leader]) -> dict[int, Edition]:
    """The editions of those who may come in, by primary key; an edition may be empty."""
    leaders = list(Leader.objects.active().filter(pk__in=[leader.pk for leader in leaders]))
    back = _back_from_leave(leaders)
    editions = {leader.pk: Edition(is_welcome=leader.pk in back) for leader in leaders}
    since = unmailed.since(leaders)
    seen = readable_by(leaders, unmailed.lately(since))
    _add_news(editions, leaders, unmailed.news(seen, since))
    _add_notices(editions, seen)
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
        editions[pk].lines = [Personal("line", each.text, _address(each.path)) for each in words]
        editions[pk].marks["lines"] = [each.pk for each in words]
    for pk, words in missed.items():
        editions[pk].missed = [Personal("session", each.text, _address(each.path)) for each in words]


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
        return _add_quiet(edition, space)
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
    words = excerpt(post)
    by = str(post.author or post.alias or "Somebody who has left")
    lines = textwrap.fill(words, 72, initial_indent="  ", subsequent_indent="  ")
    return Said(_address(post.get_absolute_url()), {"by": by, "excerpt": words, "lines": lines})


def _add_quiet(edition: Edition, space: Space) -> None:
    """Say that there is something new; of a sealed space not even where."""
    is_sealed = space.kind == SpaceKind.SEALED
    name, path = ("", "/") if is_sealed else (space.name, space.get_absolute_url())
    if all(place.name != name for place in edition.places):
        edition.places.append(Place(name, _address(path), is_quiet=True))


def _add_notices(editions: dict[int, Edition], seen: dict) -> None:
    """Put who thanked or mentioned a leader into their edition."""
    for notice in _notices(editions):
        if (notice.leader_id, notice.post.space_id) in seen:
            _add_personal(editions[notice.leader_id], notice)


def _notices(editions: dict[int, Edition]):
    # What a digest told as a post, before its notice was written, is not told again as a mention.
    told = Reading.objects.filter(
        leader=OuterRef("leader"), thread=OuterRef("post__thread"), mailed_up_to__gte=OuterRef("post__number")
    )
    return (
        Notice.objects.unread()
        .filter(leader__in=list(editions), kind__in=[NoticeKind.MENTION, NoticeKind.THANKS], mailed_at=None)
        .filter(post__in=Post.objects.shown().values("pk"))
        .exclude(Exists(told), kind=NoticeKind.MENTION)
        .with_level()
        .exclude(level=Level.MUTED)
        .select_related("actor", "post__author", "post__thread", "post__space")
        .order_by("at", "pk")
    )


def _add_personal(edition: Edition, notice: Notice) -> None:
    """Say who thanked or mentioned the leader; who it was only where everything may leave."""
    post = notice.post
    edition.marks["notices"].append(notice.pk)
    if from_hosts.keeps_to_itself(post.space):
        return _add_quiet(edition, post.space)
    if len(edition.personal) >= (AFTER_LEAVE if edition.is_welcome else PERSONAL_AT_MOST):
        edition.personal_more += 1
        return None
    about = f"in “{post.thread.title}”"
    is_open = post.space.mail_rule == MailRule.EVERYTHING
    if notice.kind == NoticeKind.MENTION:
        text = f"{(is_open and (post.author or post.alias)) or 'Somebody'} mentioned you {about}"
    else:
        words = f": “{notice.words}”" if notice.words and is_open else ""
        text = f"{(is_open and notice.actor) or 'Somebody'} thanked you for your post {about}{words}"
    return edition.personal.append(Personal(notice.kind, text, _address(post.get_absolute_url())))


def excerpt(post: Post) -> str:
    """The first words of a post as plain text. Quotes stay out: their words belong to somebody else."""
    own = nh3.clean(
        figures.in_words(post.body_html),
        tags=_BLOCKS,
        attributes={},
        clean_content_tags={"blockquote", "script", "style"},
    )
    words = html.unescape(_BREAK.sub(" ", own)).split()
    shown = " ".join(words[:WORDS_OF_EXCERPT])[:300]
    return f"{shown} …" if len(words) > WORDS_OF_EXCERPT or len(shown) == 300 else shown


def _home(space: Space) -> str:
    """Where a space is: made once for hundreds of editions."""
    if "home" not in vars(space):
        space.home = _address(space.get_absolute_url())
    return space.home


def _address(path: str) -> str:
    return settings.SITE_URL + path
