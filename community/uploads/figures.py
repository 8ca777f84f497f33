"""Images and documents in Markdown, named by the address of an attachment:

    ![What it shows](/attachments/0b0e…/)
    [The plan.pdf](/attachments/7c1d…/)

The first becomes an image only where it may be shown; everything else stays a link.
"""

import re
from html import unescape
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# An address in a text: the uuid, and the post in whose quote it stands.
Place = tuple[UUID, int | None]

TAGS = {"img"}
ATTRIBUTES = {"img": {"src", "alt", "width", "height", "loading"}}
DECORATION = "decorative"

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IMAGE = re.compile(rf"!\[((?:[^\[\]\\\n]|\\[^\n])*)\]\((/attachments/({_UUID})/)\)")
_DOCUMENT = re.compile(rf"(?<!!)\[((?:[^\[\]\\\n]|\\[^\n])+)\]\(/attachments/{_UUID}/\)")
_CUT_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\(/attach[^)\s]*\Z")
_CUT_DOCUMENT = re.compile(r"(?<!!)(\[[^\[\]\n]{1,300}\])\(/attach[^)\s]*\Z")
_ADDRESS = re.compile(rf"/attachments/({_UUID})/")
_SOURCE = re.compile(rf"/attachments/{_UUID}/small/")
_ESCAPED = re.compile(r"\\([^\w\s])")
_IMAGE_TAG = re.compile(r'<img [^>]*?alt="([^"]*)"[^>]*>')


def add_to(parser: MarkdownIt) -> None:
    """Teach a parser the images of ours."""
    parser.inline.ruler.before("link", "attachment", _image_rule)
    parser.core.ruler.push("place", _place_rule)
    parser.add_render_rule("attachment", _image)
    parser.add_render_rule("link_close", _link_close)


def only_ours(tag: str, attribute: str, value: str) -> str | None:
    """The sanitiser's last word: no image of anybody else is ever loaded."""
    return None if attribute == "src" and not _SOURCE.fullmatch(value) else value


def in_words(html: str) -> str:
    """Stored HTML with words in place of its images, for what may not or cannot show them."""
    return _IMAGE_TAG.sub(lambda image: f"[image: {_plain(image[1])}]" if image[1] else "[image]", html)


def typed_in_words(text: str) -> str:
    """Markdown, perhaps cut off, with words in place of the images and documents in it."""
    whole = _IMAGE.sub(
        lambda image: "[image]" if image[1] in ("", DECORATION) else f"[image: {image[1]}]", text
    )
    return _CUT_DOCUMENT.sub(r"\1", _CUT_IMAGE.sub("[image]", _DOCUMENT.sub(r"[\1]", whole)))


def _plain(attribute: str) -> str:
    """An attribute as text: there, other signs have to be escaped."""
    return escapeHtml(unescape(attribute))


def _image_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "!" or not (found := _IMAGE.match(state.src, state.pos)):
        return False
    if not silent:
        token = state.push("attachment", "", 0)
        token.content = _ESCAPED.sub(r"\1", found[1]).strip()
        token.meta = {"uuid": found[3], "href": found[2], "in_link": bool(state.linkLevel)}
    state.pos = found.end()
    return True


def _place_rule(state: StateCore) -> None:
    """Find which attachments are named, and where: in a quote, the right to the quoted post counts."""
    quotes: list[int] = []
    for token in state.tokens:
        if token.type == "blockquote_open":
            quotes.append(int(token.attrs.get("data-quote", 0)))
        elif token.type == "blockquote_close":
            quotes.pop()
        quote = next((post for post in reversed(quotes) if post), None)
        for child in token.children or []:
            if named := _named(child):
                child.meta["place"] = (UUID(named), quote)
                state.env["places"].add(child.meta["place"])


def _named(token: Token) -> str | None:
    """The uuid of the attachment that an image or a link names."""
    if token.type == "attachment":
        return token.meta["uuid"]
    if token.type == "link_open" and (found := _ADDRESS.fullmatch(str(token.attrs.get("href", "")))):
        return found[1]
    return None


def _image(renderer, tokens, index, options, env) -> str:
    meta, alt = tokens[index].meta, escapeHtml(tokens[index].content)
    shown = env["attachments"].get(meta["place"])
    if meta["in_link"]:
        return alt
    if shown is None or not shown.is_image:
        return f'<a href="{meta["href"]}">{alt or "Attachment"}</a>{_facts(shown)}'
    env["undescribed"] += not alt and meta["place"][1] is None
    alt = "" if alt.lower() == DECORATION else alt
    size = f'width="{shown.width}" height="{shown.height}"'
    image = f'<img src="{meta["href"]}small/" alt="{alt}" {size} loading="lazy">'
    return f'<a href="{meta["href"]}">{image}</a>' if alt else image


def _link_close(renderer, tokens, index, options, env) -> str:
    """Behind the link to a document stands what it is and how large."""
    opening = next(token for token in reversed(tokens[:index]) if token.type == "link_open")
    return f"</a>{_facts(env['attachments'].get(opening.meta.get('place')))}"


def _facts(document) -> str:
    return "" if document is None or document.is_image else f" ({escapeHtml(document.facts)})"
