"""Posts as HTML. Each kind of post is rendered once, with places for the values that differ."""

import re
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

from jinja2 import Environment, pass_environment
from markupsafe import escape

from community.models import Thread

TEMPLATE, THANKED = "community/_post.html", "community/_thanked.html"
KEPT_AT_MOST = 500

NUMBERS = ("pk", "number", "undo_seconds", "bookmark_pk", "thread_pk", "page_count", "tone")
TEXTS = ("name", "handle", "initials", "photo", "when", "stamp", "edited")
HTML = ("html", "thanks", "csrf")
FIRST_PLACE = 10**15
PLACE = re.compile(rf"{FIRST_PLACE // 100}\d\d")


def places(*names: str) -> dict[str, int]:
    """What stands for values while a template is rendered: digits, which filters and escaping leave alone."""
    return {name: FIRST_PLACE + number for number, name in enumerate(names)}


def format_of(html: str, held: dict[str, int]) -> str:
    """A format for str.format_map of what was rendered with places instead of values."""
    names = {str(place): f"{{{name}}}" for name, place in held.items()}
    return PLACE.sub(lambda place: names[place[0]], html.replace("{", "{{").replace("}", "}}"))


class Moulds:
    """The formats of one template, one for each kind of the `row` that it shows."""

    def __init__(self, template: str, held: dict[str, int]):
        self._template, self._held = template, held
        self._kept = lru_cache(maxsize=KEPT_AT_MOST)(self._made)

    def of(self, environment: Environment, kind: NamedTuple) -> str:
        """The format of a kind, made once; while somebody works on the templates, anew."""
        return (self._made if environment.auto_reload else self._kept)(environment, kind)

    def _made(self, environment: Environment, kind: NamedTuple) -> str:
        row = SimpleNamespace(**self._held, **kind._asdict())
        return format_of(environment.get_template(self._template).render(row=row), self._held)


PLACES = places(*NUMBERS, *TEXTS, *HTML)


class Kind(NamedTuple):
    """All upon which the template decides. Nothing of what a post says, or of whom, is in it."""

    state: str  # hidden, answer or nothing
    bookmark: str  # kept, noted or nothing
    is_first: bool
    is_mine: bool
    is_thanked: bool
    has_thanks: bool
    has_author: bool
    has_photo: bool
    is_edited: bool
    is_by_mail: bool
    is_fresh: bool
    is_thread_hidden: bool
    may_reply: bool
    may_moderate: bool
    may_choose_answer: bool


@pass_environment
def cast(
    environment: Environment,
    post,
    thread: Thread,
    csrf_input: str = "",
    *,
    may_reply=False,
    may_moderate=False,
    may_choose_answer=False,
) -> str:
    """The HTML of one post, or gap, of a page by posts.between."""
    if getattr(post, "is_gap", False) or post.is_placeholder:
        return environment.get_template(TEMPLATE).render(post=post, thread=thread)
    photo = environment.globals["photo"](post.author)
    rights = {"may_reply": may_reply, "may_moderate": may_moderate, "may_choose_answer": may_choose_answer}
    kind = _kind(post, thread, bool(photo), {name: bool(may) for name, may in rights.items()})
    return _mould(environment, kind).format_map(
        {
            **_numbers(post, thread),
            **_texts(environment, post),
            "photo": escape(photo) if photo else "",
            "html": post.html,
            "thanks": environment.get_template(THANKED).render(thanked=post.thanked) if post.thanked else "",
            "csrf": csrf_input,
        }
    )


def _kind(post, thread: Thread, has_photo: bool, rights: dict[str, bool]) -> Kind:
    return Kind(
        "hidden" if post.is_hidden else "answer" if post.is_answer else "",
        "" if not post.bookmark else "noted" if post.bookmark.note else "kept",
        is_first=post.number == 1,
        is_mine=post.is_mine,
        is_thanked=post.is_thanked,
        has_thanks=bool(post.thanked),
        has_author=post.author is not None,
        has_photo=has_photo,
        is_edited=post.edited_at is not None,
        is_by_mail=post.by_mail and post.author is not None,
        is_fresh=bool(post.undo_seconds),
        is_thread_hidden=thread.is_hidden,
        **rights,
    )


def _numbers(post, thread: Thread) -> dict:
    author, bookmark = post.author, post.bookmark
    return {
        "pk": post.id,  # `pk` is looked up, which takes a while for all posts of a page
        "number": post.number,
        "undo_seconds": post.undo_seconds,
        "bookmark_pk": bookmark.pk if bookmark else 0,
        "thread_pk": thread.id,
        "page_count": thread.page_count,
        "tone": author.id % 5 if author else "none",
    }


def _texts(environment: Environment, post) -> dict[str, str]:
    """What is written in a post's head. Escaped is what people choose; how times are said is up to us."""
    author, ago = post.author, environment.filters["ago"]
    return {
        "name": escape(author.name if author else post.alias or "Somebody who has left"),
        "handle": escape(author.handle) if author else "",
        "initials": escape(author.initials if author else (post.alias or "?")[:1].upper()),
        "when": ago(post.created_at),
        "stamp": environment.filters["iso"](post.created_at)[:19] + "Z",
        "edited": ago(post.edited_at) if post.edited_at else "",
    }


def _mould(environment: Environment, kind: Kind) -> str:
    # While somebody works on the templates, each post is rendered from what they are now.
    return (_made.__wrapped__ if environment.auto_reload else _made)(environment, kind)


@lru_cache(maxsize=KEPT_AT_MOST)
def _made(environment: Environment, kind: Kind) -> str:
    """A format of the posts of one kind."""
    post = SimpleNamespace(**PLACES, **kind._asdict() | {"bookmark": None})
    if kind.bookmark:
        post.bookmark = SimpleNamespace(pk=PLACES["bookmark_pk"], note=kind.bookmark == "noted")
    thread = SimpleNamespace(
        pk=PLACES["thread_pk"], page_count=PLACES["page_count"], is_hidden=kind.is_thread_hidden
    )
    rights = {name: getattr(kind, name) for name in ("may_reply", "may_moderate", "may_choose_answer")}
    html = environment.get_template(TEMPLATE).render(
        post=post, thread=thread, csrf_input=PLACES["csrf"], **rights
    )
    return format_of(html, PLACES)
