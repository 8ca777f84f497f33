"""What a digest holds: threads by their spaces, lines about oneself, and the subject that says so."""

from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from markupsafe import Markup

from community.mail import unmailed
from community.models import Post, Space, SpaceKind

AFTER_LEAVE = 3  # of each kind, so that a first letter after leave stays short
STANDING = ("version", "space", "thread__title")


def standing(post: Post) -> tuple:
    """What a letter that tells of a post depends on: its words, its space and its title, as in STANDING."""
    return post.version, post.space_id, post.thread.title


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
    _casts: dict[tuple[str, str], str] = field(default_factory=dict, compare=False, repr=False)

    def html(self, where: str = "") -> Markup:
        """What all letters say of it that tell as many new posts, rendered once."""
        return Markup(self._cast("html", where))  # noqa: S704 (rendered, with what needs it escaped)

    def text(self, where: str = "") -> str:
        """The same in plain text."""
        return self._cast("txt", where)

    def _cast(self, kind: str, where: str) -> str:
        if (kind, where) not in self._casts:
            context = {"item": self, "where": where}
            self._casts[kind, where] = render_to_string(f"mail/_item.{kind}", context, using="jinja2")
        return self._casts[kind, where]

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
    """A line with a link, such as that somebody thanked or mentioned the leader, and the kinds of that."""

    text: str
    href: str
    kinds: frozenset[str] = frozenset()


@dataclass
class Edition:
    """One leader's digest, and what to mark as mailed once it has left."""

    personal: list[Personal] = field(default_factory=list)
    personal_more: int = 0
    places: list[Place] = field(default_factory=list)
    marks: dict = field(default_factory=unmailed.marks)
    spaces: set[Space] = field(default_factory=set)
    posts: dict[int, tuple] = field(default_factory=dict)
    news: dict[int, tuple[int, int]] = field(default_factory=dict)  # new posts: their threads and numbers
    lines: list[Personal] = field(default_factory=list)  # from the hosts of spaces
    missed: list[Personal] = field(default_factory=list)  # sessions
    sessions: set[int] = field(default_factory=set)  # the same, by primary key
    muted: frozenset[int] = frozenset()  # spaces, when it was composed
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

    def add_quiet(self, space: Space) -> None:
        """Say that there is something new; of a sealed space not even where."""
        is_sealed = space.kind == SpaceKind.SEALED
        name, path = ("", "/") if is_sealed else (space.name, space.get_absolute_url())
        if all(place.name != name for place in self.places):
            self.places.append(Place(name, address(path), is_quiet=True))

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
        kinds = sorted(frozenset().union(*(personal.kinds for personal in self.personal)))
        did = {"mention": "mentioned", "thanks": "thanked"}
        return f"you were {' and '.join(did[kind] for kind in kinds)}" if kinds else ""

    def _missed(self) -> str:
        number = len(self.missed)
        return f"you missed {number} session{'s' if number > 1 else ''}" if number else ""


def address(path: str) -> str:
    """The same with the name of the site before it."""
    return settings.SITE_URL + path
