"""The first words of a post, where there is no room for all: in letters, lists and on cards."""

import html
import re

import nh3

from community.models import Post
from community.uploads import figures

AT_MOST, CHARACTERS_AT_MOST = 40, 300

_BLOCKS = {"p", "br", "li", "td", "th", "pre", "h3", "h4", "h5", "h6"}
_BREAK = re.compile(r"<[^>]*>")


def excerpt(post: Post) -> str:
    """The first words of a post as plain text. Quotes stay out: their words belong to somebody else."""
    return of(post.body_html)


def of(body_html: str) -> str:
    """The same of its HTML."""
    own = nh3.clean(
        figures.in_words(body_html),
        tags=_BLOCKS,
        attributes={},
        clean_content_tags={"blockquote", "script", "style"},
    )
    words = html.unescape(_BREAK.sub(" ", own)).split()
    shown = " ".join(words[:AT_MOST])[:CHARACTERS_AT_MOST]
    return f"{shown} …" if len(words) > AT_MOST or len(shown) == CHARACTERS_AT_MOST else shown
