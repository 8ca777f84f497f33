"""Threads with something new as HTML, for the page on which one catches up."""

from collections.abc import Iterable
from typing import NamedTuple

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from community import moulds
from community.models import Thread
from community.rows import MANY
from leaders.profiles import public_photo

PLACES = moulds.places(
    *("pk", "unread", "href", "title", "space", "name", "initials", "photo", "tone", "when", "words"),
    *("until", "csrf"),
)


class Kind(NamedTuple):
    """All upon which the template decides. Nothing of what a thread says, or of whom, is in it."""

    news: str  # few, many or nothing
    has_photo: bool
    has_words: bool
    is_question: bool
    is_first: bool  # whether the first post of all is what is new


@pass_environment
def cast(environment: Environment, threads: Iterable[Thread], csrf_input: str, until: int) -> Markup:
    """The HTML of threads of catch_up.page; `until` is the moment of the page."""
    fixed = {"csrf": csrf_input, "until": until}
    return Markup("\n".join(_cast(environment, thread, fixed) for thread in threads))  # noqa: S704


def _cast(environment: Environment, thread: Thread, fixed: dict) -> str:
    post, author = thread.first, thread.first.author
    photo = public_photo(author)
    values = {
        "pk": thread.pk,
        "unread": thread.unread,
        "href": thread.address_of(post.number),
        "title": escape(thread.title),
        "space": escape(thread.space.name),
        "name": escape(author.name if author else post.alias or "Somebody who has left"),
        "initials": escape(author.initials if author else (post.alias or "?")[:1].upper()),
        "photo": escape(photo),
        "tone": author.pk % 5 if author else "none",
        "when": environment.filters["ago"](post.created_at),
        "words": escape(thread.excerpt),
    }
    return _MOULDS.of(environment, _kind(thread, bool(photo))).format_map(values | fixed)


def _kind(thread: Thread, has_photo: bool) -> Kind:
    return Kind(
        "" if not thread.unread else "many" if thread.unread >= MANY else "few",
        has_photo,
        has_words=bool(thread.excerpt),
        is_question=thread.is_question,
        is_first=thread.first.number == 1,
    )


_MOULDS = moulds.Moulds("community/_news.html", PLACES)
