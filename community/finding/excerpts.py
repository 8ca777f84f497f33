"""What a search shows of a post: its own words as they are read, those that were looked for marked."""

import re

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from community.markdown import plain_text
from community.models import Post, Thread

WORDS = 32
SHORT = 240  # letters: such a text is shown whole
TEXT_AT_MOST = 20_000

_MARK, _UNMARK = "\x02", "\x03"
_MARKS = f"StartSel={_MARK}, StopSel={_UNMARK}"
_WHOLE = f"{_MARKS}, HighlightAll=true"
_PARTS = f"{_MARKS}, MaxFragments=2, MaxWords={WORDS}, MinWords=12, FragmentDelimiter=' … '"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def of_posts(posts: list[Post], tsquery: str) -> list[SafeString]:
    """A few words around what was found in each post, and none of a post that it quotes."""
    texts = [_on_one_line(plain_text(post.body_html))[:TEXT_AT_MOST] for post in posts]
    headlines = _headlines(texts, tsquery, [_WHOLE if len(text) <= SHORT else _PARTS for text in texts])
    return [_with_marks(_from_its_place(*pair)) for pair in zip(headlines, texts, strict=True)]


def of_titles(threads: list[Thread], tsquery: str) -> list[SafeString]:
    """The whole title of each thread."""
    titles = [_on_one_line(thread.title) for thread in threads]
    return [_with_marks(title) for title in _headlines(titles, tsquery, [_WHOLE] * len(titles))]


def _on_one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _headlines(texts: list[str], tsquery: str, options: list[str]) -> list[str]:
    if not texts:
        return []
    sql = """SELECT ts_headline('english', text, %s::tsquery, options)
             FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (text, options, place)
             ORDER BY place"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [tsquery, texts, options])
        return [headline for (headline,) in cursor.fetchall()]


def _from_its_place(found: str, text: str) -> str:
    """With dots where the post says more."""
    words = found.replace(_MARK, "").replace(_UNMARK, "")
    before = "" if text.startswith(words[:20]) else "… "
    return f"{before}{found}{'' if text.endswith(words[-20:]) else ' …'}"


def _with_marks(found: str) -> SafeString:
    return mark_safe(escape(found).replace(_MARK, "<mark>").replace(_UNMARK, "</mark>"))
