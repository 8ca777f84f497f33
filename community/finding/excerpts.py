"""What a search shows of a post: its own words as they are read, those that were looked for marked."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from community.markdown import plain_text
from community.models import Post, Thread
from community.models.asking import Statement

WORDS = 32
SHORT = 240  # letters: such a text is shown whole
TEXT_AT_MOST = 20_000

_MARK, _UNMARK = "\x02", "\x03"
_MARKS = f"StartSel={_MARK}, StopSel={_UNMARK}"
_WHOLE = f"{_MARKS}, HighlightAll=true"
_PARTS = f"{_MARKS}, MaxFragments=2, MaxWords={WORDS}, MinWords=12, FragmentDelimiter=' … '"
_HEADLINES = Statement("""SELECT ts_headline('english', text, %(tsquery)s::tsquery, options)
    FROM unnest(%(texts)s::text[], %(options)s::text[]) WITH ORDINALITY AS given (text, options, place)
    ORDER BY place""")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def mark(posts: list[Post], threads: list[Thread], tsquery: str) -> None:
    """Give each post an `excerpt`, a few words around what was found, and each thread its `marked_title`.

    No excerpt holds a word of a post that it quotes.
    """
    texts = [_on_one_line(plain_text(post.body_html))[:TEXT_AT_MOST] for post in posts]
    titles = [_on_one_line(thread.title) for thread in threads]
    options = [_WHOLE if len(text) <= SHORT else _PARTS for text in texts]
    found = _headlines(texts + titles, tsquery, options + [_WHOLE] * len(titles))
    for post, text, headline in zip(posts, texts, found, strict=False):
        post.excerpt = _with_marks(_from_its_place(headline, text))
    for thread, headline in zip(threads, found[len(texts) :], strict=True):
        thread.marked_title = _with_marks(headline)


def _on_one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _headlines(texts: list[str], tsquery: str, options: list[str]) -> list[str]:
    rows = _HEADLINES.rows(tsquery=tsquery, texts=texts, options=options) if texts else []
    return [headline for (headline,) in rows]


def _from_its_place(found: str, text: str) -> str:
    """With dots where the post says more."""
    words = found.replace(_MARK, "").replace(_UNMARK, "")
    before = "" if text.startswith(words[:20]) else "… "
    return f"{before}{found}{'' if text.endswith(words[-20:]) else ' …'}"


def _with_marks(found: str) -> SafeString:
    return mark_safe(escape(found).replace(_MARK, "<mark>").replace(_UNMARK, "</mark>"))
