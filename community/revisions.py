"""The texts that a post has had, as those see them who can see the post, and what each edit changed."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from community import differences, permissions, posts, quotes
from community.forms import references
from community.models import Post, Revision
from leaders.models import Leader

TEXTS_PER_PAGE = 10


@dataclass
class Text:
    """One text of a post; without `changes` where the reader sees none before it."""

    version: int
    body: str
    by: Leader | None
    at: datetime
    is_hidden: bool = False
    is_placeholder: bool = False
    changes: list[differences.Piece] | None = None


def page_count(post: Post) -> int:
    """How many pages the history of a post has."""
    return -(-post.version // TEXTS_PER_PAGE)


def page(post: Post, number: int, *, viewer: Leader) -> list[Text]:
    """The texts of one page of a history, the newest first, each compared with the one seen before it."""
    newest = post.version - (number - 1) * TEXTS_PER_PAGE
    moderates = bool(permissions.may_moderate(viewer, post.space))
    former = post.revisions.select_related("editor").order_by("-version")
    rows = former.filter(version__lte=newest, version__gt=newest - TEXTS_PER_PAGE)
    texts = [_current(post)] if number == 1 else []
    texts += [_former(row, moderates) for row in rows]
    older = former.filter(version__lte=newest - TEXTS_PER_PAGE).visible_to(viewer).first()
    before = [_former(older, moderates)] if older else []
    _hide_quotes([*texts, *before], viewer)
    _compare([*texts, *before])
    return texts


def words(revision: Revision, *, viewer: Leader) -> str:
    """One former text as the viewer may read it."""
    visible = posts.seen_quotes(quotes.posts_typed_in(revision.body), viewer)
    return references.as_typed(quotes.hide(revision.body, visible))


def _current(post: Post) -> Text:
    by, at = post.edited_by or post.author, post.edited_at or post.created_at
    return Text(post.version, post.body, by, at)


def _former(row: Revision, moderates: bool) -> Text:
    is_placeholder = row.is_hidden and not moderates
    body = "" if is_placeholder else row.body
    return Text(row.version, body, row.editor, row.at, row.is_hidden, is_placeholder)


def _hide_quotes(texts: list[Text], viewer: Leader) -> None:
    quoted = set().union(*(quotes.posts_typed_in(text.body) for text in texts))
    visible = posts.seen_quotes(quoted, viewer)
    for text in texts:
        text.body = references.as_typed(quotes.hide(text.body, visible))


def _compare(texts: list[Text]) -> None:
    """Texts that the reader may not see are passed over: their words are in no neighbour's difference."""
    for newer, older in pairwise(text for text in texts if not text.is_placeholder):
        newer.changes = differences.between(older.body, newer.body)
