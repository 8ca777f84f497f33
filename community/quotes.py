"""Quotes of posts and of chat messages: as they are typed, as they are stored, and as somebody may see them.

In Markdown a quote of a post is a block quote whose first line is the permalink of that post:

    > /posts/123/
    > Its words.

One that is nothing but the address of a chat message is a place for it; its words are never stored there.
"""

import re
from collections.abc import Container, Mapping

from django.template.loader import render_to_string

from community.models.posts import QUOTE

UNSEEN = "\n> A quote from a post that you cannot see."

_OPENING = re.compile(r'<blockquote data-quote="(\d+)">')
_TAG = re.compile(rf"{_OPENING.pattern}|<blockquote>|</blockquote>")
_PLACE = re.compile(r'<p data-message="(\d+)"></p>')


def of_post(post) -> str:
    """The Markdown that quotes a post, without the quotes inside it."""
    own = [line for line in post.body.strip().splitlines() if not line.lstrip().startswith(">")]
    lines = [f"/posts/{post.pk}/", *"\n".join(own).strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def of_message(message) -> str:
    """The Markdown that holds a place for a chat message."""
    return f"> /messages/{message.pk}/\n\n"


def posts_typed_in(body: str) -> set[int]:
    """The ids of the posts that a text quotes, as it was typed."""
    return {int(number[:18]) for number in re.findall(QUOTE, body)}


def hide(body: str, visible: Container[int]) -> str:
    """Markdown as it was typed, without the words of quoted posts that are not among the visible ones."""
    return re.sub(QUOTE, lambda quote: quote[0] if int(quote[1][:18]) in visible else UNSEEN, body)


def posts_in(html: str) -> set[int]:
    """The ids of the posts that stored HTML quotes."""
    return {int(number) for number in _OPENING.findall(html)}


def messages_in(html: str) -> set[int]:
    """The ids of the chat messages for which stored HTML holds a place."""
    return {int(number) for number in _PLACE.findall(html)}


def dress(html: str, posts: Mapping[int, object], messages: Mapping[int, object]) -> str:
    """Stored HTML for somebody who sees these posts and messages: with the words of others in no place."""
    # The posts first: what stands in one that is not shown is gone then.
    return _dress_messages(_dress_posts(html, posts), messages)


def without_posts(html: str) -> str:
    """Stored HTML without the posts that it quotes."""
    return _without(html, posts_in(html))


def _dress_posts(html: str, visible: Mapping[int, object]) -> str:
    """Each quote named, or replaced where its post is not among the visible ones."""
    if " data-quote=" not in html:
        return html
    if unseen := posts_in(html) - visible.keys():
        html = _without(
            html, unseen, instead=render_to_string("community/_quote_hidden.html", using="jinja2")
        )

    def named(quote: re.Match) -> str:
        source = {"post": visible[int(quote[1])]}
        return quote[0] + render_to_string("community/_quote_source.html", source, using="jinja2")

    return _OPENING.sub(named, html)


def _dress_messages(html: str, visible: Mapping[int, object]) -> str:
    """The words of each message in its place, as they are now, if it is visible."""
    if " data-message=" not in html:
        return html

    def words(place: re.Match) -> str:
        said = {"message": visible.get(int(place[1]))}
        return render_to_string("community/_quoted_message.html", said, using="jinja2")

    return _PLACE.sub(words, html)


def _without(html: str, posts: Container[int], instead: str = "") -> str:
    """Without the quotes of these posts, and without all that stands in them."""
    pieces, position, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        if depth:
            depth += -1 if tag[0] == "</blockquote>" else 1
            position = tag.end()
        elif tag[1] and int(tag[1]) in posts:
            pieces += [html[position : tag.start()], instead]
            depth = 1
    pieces.append("" if depth else html[position:])
    return "".join(pieces)
