"""What a digest says: composed for many leaders at once, from what each may see at this moment."""

import html
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import nh3
from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from community import figures
from community.models import (
    Digest,
    LetterState,
    Level,
    MailRule,
    Notice,
    NoticeKind,
    Post,
    Space,
    SpaceKind,
    Thread,
    ThreadKind,
)
from community.models.threads import told_until
from leaders.models import Leader, MailPreferences

WINDOW = timedelta(days=31)
OVERLAP = timedelta(
    hours=1
)  # a post may commit later than its time says; the marks keep it from coming twice
THREADS_PER_SPACE = 6
THREADS_AFTER_LEAVE = 2
WORDS_OF_EXCERPT = 40
TOLD = [LetterState.SENT, LetterState.AMBIGUOUS]

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
    """A space with something new in it; nameless where not even that may leave."""

    name: str
    href: str
    items: list[Item] = field(default_factory=list)
    more: int = 0

    @property
    def new(self) -> int:
        return sum(item.new for item in self.items)


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
    places: list[Place] = field(default_factory=list)
    marks: dict = field(default_factory=lambda: {"threads": {}, "notices": []})
    is_welcome: bool = False  # the first one after leave: a short look, and the rest as numbers

    @property
    def count(self) -> int:
        return len(self.personal) + sum(place.new + place.more for place in self.places) + len(self.quiet)

    @property
    def waiting(self) -> list[tuple[Place, Item]]:
        return [(place, item) for place in self.places for item in place.items if item.waits]

    @property
    def quiet(self) -> list[Place]:
        """Places of which nothing may leave but that there is something new."""
        return [place for place in self.places if not place.items]

    @property
    def subject(self) -> str:
        """What is inside, such as: 3 new in North cohort, 1 question waits."""
        return ", ".join(part for part in (self._news(), self._waiting(), self._personal()) if part)

    @property
    def preview(self) -> str:
        """The line beside the subject: the first titles."""
        titles = [personal.text for personal in self.personal]
        titles += [item.title for place in self.places for item in place.items]
        return " · ".join(titles[:3])

    def _news(self) -> str:
        loud = [place for place in self.places if place.items]
        new = sum(place.new + place.more for place in loud)
        if not loud:
            named = [place.name for place in self.quiet if place.name]
            return "" if not self.quiet else f"Something new in {named[0]}" if named else "Something new"
        others = len(loud) - 1
        elsewhere = f" and {others} other space{'s' if others > 1 else ''}" if others else ""
        return f"{new} new in {loud[0].name}{elsewhere}"

    def _waiting(self) -> str:
        number = len(self.waiting)
        noun = "question" if all(item.is_question for _, item in self.waiting) else "thread"
        return f"{number} {noun} waits" if number == 1 else f"{number} {noun}s wait" if number else ""

    def _personal(self) -> str:
        kinds = sorted({personal.kind for personal in self.personal})
        did = {"mention": "mentioned", "thanks": "thanked"}
        return f"you were {' and '.join(did[kind] for kind in kinds)}" if kinds else ""


def compose(leaders: Iterable[Leader]) -> dict[int, Edition]:
    """The editions of those who may come in, by primary key; an edition may be empty."""
    leaders = list(Leader.objects.active().filter(pk__in=[leader.pk for leader in leaders]))
    back = _back_from_leave(leaders)
    editions = {leader.pk: Edition(is_welcome=leader.pk in back) for leader in leaders}
    seen = _spaces_seen(leaders)
    for leader, space, news in _news(leaders, seen):
        _add_place(editions[leader], space, news)
    for notice in _notices(editions):
        if (notice.leader_id, notice.post.space_id) in seen:
            _add_personal(editions[notice.leader_id], notice)
    return editions


def _spaces_seen(leaders: list[Leader]) -> dict[tuple[int, int], Space]:
    """Which of them may read which space, of those where something happened lately."""
    lately = Thread.objects.filter(space=OuterRef("pk"), last_post_at__gt=timezone.now() - WINDOW)
    seen = {}
    for space in Space.objects.filter(Exists(lately)):
        readers = space.readers().filter(pk__in=[leader.pk for leader in leaders])
        seen.update({(pk, space.pk): space for pk in readers.values_list("pk", flat=True)})
    return seen


def _news(leaders: list[Leader], seen: dict[tuple[int, int], Space]):
    """For each leader and space, what is unread and not yet mailed: [(post, new posts, last number)]."""
    rows = _unmailed(seen, _since(leaders))
    posts = Post.objects.shown().select_related("author", "thread").defer("search", "thread__search", "body")
    posts = posts.in_bulk({first for _, _, first, _, _ in rows})
    for post in posts.values():
        post.said = _dress(post)
    grouped = defaultdict(list)
    for leader, space, first, new, last in rows:
        if first in posts:
            grouped[leader, space].append((posts[first], new, last))
    for pair in sorted(grouped, key=lambda pair: (seen[pair].order, seen[pair].name)):
        yield pair[0], seen[pair], grouped[pair]


def _back_from_leave(leaders: list[Leader]) -> set[int]:
    """Those who were away and have had no digest since."""
    told = Digest.objects.filter(
        leader=OuterRef("leader"), state__in=TOLD, sent_at__date__gte=OuterRef("away_until")
    )
    away = MailPreferences.objects.filter(~Exists(told), leader__in=leaders, away_until__isnull=False)
    return set(away.values_list("leader", flat=True))


def _since(leaders: list[Leader]) -> dict[int, datetime]:
    """From when on posts are new to each: since joining or the last digest, and not for ever."""
    told = Digest.objects.filter(leader__in=leaders, state__in=TOLD)
    last = dict(told.order_by().values_list("leader").annotate(Max("sent_at")))
    start = timezone.now() - WINDOW
    return {
        leader.pk: max(start, leader.joined_at, last.get(leader.pk, start + OVERLAP) - OVERLAP)
        for leader in leaders
    }


def _unmailed(seen: dict, since: dict[int, datetime]) -> list[tuple[int, int, int, int, int]]:
    """(leader, space, first new post, number of new posts, last number), the latest threads first."""
    # One statement for all of them, since the ORM has no join of pairs: 361 digests a second, not 58.
    statement = """
        SELECT may.leader_id, may.space_id, min(post.id), count(*), max(post.number)
          FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS may (leader_id, space_id, since)
          JOIN community_thread thread ON thread.space_id = may.space_id
               AND thread.hidden_at IS NULL AND thread.last_post_at > may.since
          LEFT JOIN community_reading reading ON reading.thread_id = thread.id
               AND reading.leader_id = may.leader_id
          JOIN community_post post ON post.thread_id = thread.id AND post.hidden_at IS NULL
               AND post.created_at > may.since AND post.created_at <= %s
               AND post.author_id IS DISTINCT FROM may.leader_id
               AND post.number > coalesce(greatest(reading.read_up_to, reading.mailed_up_to), 0)
          LEFT JOIN community_spacelevel place ON place.space_id = may.space_id
               AND place.leader_id = may.leader_id
         WHERE coalesce(reading.level, place.level, 'normal') <> 'muted'
         GROUP BY may.leader_id, may.space_id, thread.id
         ORDER BY thread.last_post_at DESC, thread.id DESC
    """
    pairs = list(seen)
    leaders, spaces = [leader for leader, _ in pairs], [space for _, space in pairs]
    with connection.cursor() as cursor:
        cursor.execute(statement, [leaders, spaces, [since[leader] for leader in leaders], told_until()])
        return cursor.fetchall()


def _add_place(edition: Edition, space: Space, news: list[tuple[Post, int, int]]) -> None:
    """Put what is new in a space into an edition, as far as the space lets it leave."""
    edition.marks["threads"].update({post.thread_id: last for post, _, last in news})
    if _is_quiet(space):
        return _add_quiet(edition, space)
    shown = THREADS_AFTER_LEAVE if edition.is_welcome else THREADS_PER_SPACE
    items = [_item(space, post, new) for post, new, _ in news[:shown]]
    more = sum(new for _, new, _ in news[shown:])
    return edition.places.append(Place(space.name, _address(space.get_absolute_url()), items, more))


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


def _is_quiet(space: Space) -> bool:
    return space.kind == SpaceKind.SEALED or space.mail_rule == MailRule.NOTHING


def _add_quiet(edition: Edition, space: Space) -> None:
    """Say that there is something new; of a sealed space not even where."""
    is_sealed = space.kind == SpaceKind.SEALED
    name, path = ("", "/") if is_sealed else (space.name, space.get_absolute_url())
    if all(place.name != name for place in edition.places):
        edition.places.append(Place(name, _address(path)))


def _notices(editions: dict[int, Edition]):
    return (
        Notice.objects.unread()
        .filter(leader__in=list(editions), kind__in=[NoticeKind.MENTION, NoticeKind.THANKS], mailed_at=None)
        .filter(post__in=Post.objects.shown().values("pk"))
        .with_level()
        .exclude(level=Level.MUTED)
        .select_related("actor", "post__author", "post__thread", "post__space")
        .order_by("at", "pk")
    )


def _add_personal(edition: Edition, notice: Notice) -> None:
    """Say who thanked or mentioned the leader; who it was only where everything may leave."""
    post = notice.post
    edition.marks["notices"].append(notice.pk)
    if _is_quiet(post.space):
        return _add_quiet(edition, post.space)
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


def _address(path: str) -> str:
    return settings.SITE_URL + path
