"""Posts as their readers see them: whole pages, quotes, thanks."""

from django.db import transaction

from community import live, markdown, permissions
from community.models import Bookmark, ErrandKind, Post, Thanks, Thread
from community.permissions import require
from community.tasks import enqueue
from leaders.models import Leader


def page(thread: Thread, number: int, *, viewer: Leader) -> list[Post]:
    """The posts of one page as the viewer sees them."""
    posts = list(thread.posts.page(number).select_related("author").defer("search"))
    return as_seen(posts, thread, viewer=viewer)


def as_seen(posts: list[Post], thread: Thread, *, viewer: Leader) -> list[Post]:
    """Posts dressed for a viewer: hidden ones without words, quotes by the viewer's rights."""
    moderates = bool(permissions.may_moderate(viewer, thread.space))
    visible = _visible_quotes(posts, viewer)
    thanks = _thanks(posts)
    bookmarks = Bookmark.objects.visible_to(viewer).kept().filter(post__in=posts)
    kept = {bookmark.post_id: bookmark for bookmark in bookmarks}
    for post in posts:
        post.thread = thread
        post.is_mine = post.author_id == viewer.pk
        post.is_answer = thread.is_question and post.pk == thread.answer_id and not post.is_hidden
        post.is_placeholder = post.is_hidden and not moderates
        post.html = "" if post.is_placeholder else markdown.dress_quotes(post.body_html, visible)
        post.thanked = [] if post.is_placeholder else thanks.get(post.pk, [])
        post.is_thanked = any(given.by_id == viewer.pk for given in post.thanked)
        post.bookmark = kept.get(post.pk)
    return posts


def answer_of(thread: Thread) -> Post | None:
    """The reply that answers a question, as long as everybody there can see it."""
    if not (thread.is_question and thread.answer_id):
        return None
    return thread.posts.filter(pk=thread.answer_id, hidden_at=None).select_related("author").first()


def dressed(html: str, *, viewer: Leader) -> str:
    """The HTML of one text as the viewer sees it: quotes by the viewer's rights."""
    return markdown.dress_quotes(html, seen_quotes(markdown.quoted_ids(html), viewer))


def seen_quotes(ids: set[int], viewer: Leader) -> dict[int, Post]:
    """The posts among some quoted ones whose words the viewer may read."""
    if not ids:
        return {}
    found = Post.objects.visible_to(viewer).shown().filter(pk__in=ids).select_related("author")
    return {post.pk: post for post in found}


@transaction.atomic
def thank(post: Post, *, by: Leader, words: str = "") -> Thanks:
    """Thank the author of a post, once, with a few words of why."""
    require(permissions.may_thank(by, post))
    thanks, is_new = Thanks.objects.get_or_create(post=post, by=by, defaults={"words": words})
    if is_new:
        enqueue(ErrandKind.TELL_THANKED, thanks.pk)
        live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
    return thanks


@transaction.atomic
def take_thanks_back(post: Post, *, by: Leader) -> None:
    """Undo a thank-you."""
    Thanks.objects.filter(post=post, by=by).delete()
    live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})


def _visible_quotes(posts: list[Post], viewer: Leader) -> dict[int, Post]:
    return seen_quotes(set().union(*(markdown.quoted_ids(post.body_html) for post in posts)), viewer)


def _thanks(posts: list[Post]) -> dict[int, list[Thanks]]:
    given: dict[int, list[Thanks]] = {}
    for thanks in Thanks.objects.filter(post__in=posts).select_related("by"):
        given.setdefault(thanks.post_id, []).append(thanks)
    return given
