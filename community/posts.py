"""Posts as their readers see them: whole pages, quotes, thanks."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community import patients, permissions, quotes, transfers
from community.models import POSTS_PER_PAGE, Bookmark, ErrandKind, Message, Post, Thanks, Thread, asking, hold
from community.models.spaces import readable_ids
from community.permissions import require
from community.sockets import live
from community.tasks import enqueue
from community.telling import notices
from leaders.models import Leader
from leaders.models.account import may_come_in

BETWEEN_AT_MOST = 5 * POSTS_PER_PAGE  # more than any page shows


@dataclass(frozen=True)
class Gap:
    """Where posts stood that are in another thread now; `to` is nothing to those who cannot see it."""

    number: int
    last: int
    count: int
    to: Thread | None
    to_number: int
    is_gap: bool = True

    @property
    def address(self) -> str:
        return self.to.address_of(self.to_number)


def page(thread: Thread, number: int, *, viewer: Leader) -> list[Post | Gap]:
    """The posts of one page as the viewer sees them."""
    first = (number - 1) * POSTS_PER_PAGE + 1
    return between(thread, first, first + POSTS_PER_PAGE - 1, viewer=viewer)


def between(thread: Thread, first: int, last: int, *, viewer: Leader) -> list[Post | Gap]:
    """The posts with these numbers as the viewer sees them, and a line where some left the thread."""
    found = _PAGE.objects(thread=thread.pk, first=first, last=last, leader=viewer.pk)
    seen = as_seen(found, thread, viewer=viewer)
    if len(seen) > min(last, thread.last_number) - first:
        return seen
    return sorted([*seen, *_gaps(thread, first, last, viewer)], key=lambda each: each.number)


def as_seen(posts: list[Post], thread: Thread, *, viewer: Leader) -> list[Post]:
    """Posts dressed for a viewer: hidden ones without words, quotes by the viewer's rights."""
    moderates = bool(permissions.may_moderate(viewer, thread.space))
    visible = _visible_quotes(posts, viewer)
    said = seen_messages(set().union(*(quotes.messages_in(post.body_html) for post in posts)), viewer)
    thanks = _thanks(posts)
    kept = _bookmarks(posts, viewer)
    me, answer = viewer.pk, thread.answer_id if thread.is_question else None
    for post in posts:
        post.thread = thread
        post.is_mine = post.author_id == me
        post.is_answer = post.id == answer and not post.is_hidden
        post.is_placeholder = post.is_withdrawn or (post.is_hidden and not moderates)
        post.undo_seconds = _undo_seconds(post, viewer)
        post.html = "" if post.is_placeholder else quotes.dress(post.body_html, visible, said)
        post.thanked = [] if post.is_placeholder else thanks.get(post.id, [])
        post.is_thanked = any(given.by_id == me for given in post.thanked)
        post.bookmark = kept.get(post.id)
    return posts


def answer_of(thread: Thread) -> Post | None:
    """The reply that answers a question, as long as everybody there can see it."""
    if not (thread.is_question and thread.answer_id):
        return None
    return thread.posts.filter(pk=thread.answer_id, hidden_at=None).select_related("author").first()


def dressed(html: str, *, viewer: Leader) -> str:
    """The HTML of one text as the viewer sees it: quotes by the viewer's rights."""
    said = seen_messages(quotes.messages_in(html), viewer)
    return quotes.dress(html, seen_quotes(quotes.posts_in(html), viewer), said)


def seen_quotes(ids: set[int], viewer: Leader) -> dict[int, Post]:
    """The posts among some quoted ones whose words the viewer may read."""
    if not ids:
        return {}
    reads = list(readable_ids(viewer))
    return {post.pk: post for post in _QUOTED.objects(posts=list(ids), reads=reads)}


def seen_messages(ids: set[int], viewer: Leader) -> dict[int, Message]:
    """The chat messages among some whose words the viewer may read."""
    if not ids:
        return {}
    found = Message.objects.visible_to(viewer).shown().filter(pk__in=ids).select_related("author")
    return {message.pk: message for message in found}


@transaction.atomic
def thank(post: Post, *, by: Leader, words: str = "", sure: bool = False) -> Thanks:
    """Thank the author of a post, once, with a few words of why; `sure` that none of them is a patient's."""
    hold(Post, [post.pk])
    require(permissions.may_thank(by, post))
    patients.ask(words, sure=sure)
    thanks, is_new = Thanks.objects.get_or_create(post=post, by=by, defaults={"words": words})
    if is_new:
        enqueue(ErrandKind.TELL_THANKED, thanks.pk)
        live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
    return thanks


@transaction.atomic
def take_thanks_back(post: Post, *, by: Leader) -> None:
    """Undo a thank-you; whoever was told of it is told no more."""
    Thanks.objects.filter(post=post, by=by).delete()
    notices.forget_thanks(post, by)
    live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})


def _gaps(thread: Thread, first: int, last: int, viewer: Leader) -> list[Gap]:
    left = thread.departures.filter(last__gte=first, first__lte=last).select_related("to__space")
    gaps = []
    for run in left:
        to, to_number = transfers.place_of(run.to, run.to_first)
        shown = Thread.objects.visible_to(viewer).filter(pk=to.pk).exists()
        ends = max(run.first, first), min(run.last, last)
        gaps.append(Gap(*ends, run.count, to if shown else None, to_number))
    return gaps


def _undo_seconds(post: Post, viewer: Leader) -> int:
    """How long the viewer can still take the post back; 0 where they cannot, or nobody could be told."""
    if post.author_id != viewer.pk or post.is_hidden:
        return 0
    return max(0, int((post.told_at - timezone.now()).total_seconds()))


def _visible_quotes(posts: list[Post], viewer: Leader) -> dict[int, Post]:
    return seen_quotes(set().union(*(quotes.posts_in(post.body_html) for post in posts)), viewer)


def _thanks(posts: list[Post]) -> dict[int, list[Thanks]]:
    given: dict[int, list[Thanks]] = {}
    # A page by `between` knows which posts have any: most often none.
    thanked = [post.pk for post in posts if getattr(post, "has_thanks", True)]
    for thanks in _THANKS.objects(posts=thanked) if thanked else ():
        given.setdefault(thanks.post_id, []).append(thanks)
    return given


def _bookmarks(posts: list[Post], viewer: Leader) -> dict[int, Bookmark]:
    marked = [post.pk for post in posts if getattr(post, "has_bookmark", True)]
    if not marked or not may_come_in(viewer):
        return {}
    kept = _BOOKMARKS.objects(posts=marked, leader=viewer.pk)
    return {bookmark.post_id: bookmark for bookmark in kept}


# What is asked for every page of posts, whoever looks: built once.
_SHOWN = ("space", "thread", "number", "author", "alias", "body_html", "created_at", "version", "edited_at")
_AUTHOR = tuple(f"author__{name}" for name in ("handle", "name", "photo", "visibility"))
_STATE = ("hidden_at", "withdrawn_at", "by_mail")


def _numbered(leader: Leader) -> QuerySet[Post]:
    found = Post.objects.filter(thread=asking.THREAD, number__range=(asking.FIRST, asking.LAST)).annotate(
        has_thanks=Exists(Thanks.objects.filter(post=OuterRef("pk"))),
        has_bookmark=Exists(Bookmark.objects.visible_to(leader).kept().filter(post=OuterRef("pk"))),
    )
    # The limit tells PostgreSQL what it cannot guess: that few of a long thread's posts have these numbers.
    few = found.order_by("number")[:BETWEEN_AT_MOST]
    return few.select_related("author").only(*_SHOWN, *_STATE, *_AUTHOR)


def _quoted(leader: Leader) -> QuerySet[Post]:
    found = Post.objects.visible_to(leader).shown().filter(pk__in=[asking.POSTS]).order_by()
    return found.select_related("author").only("alias", "author__name")


def _given(_leader: Leader) -> QuerySet[Thanks]:
    found = Thanks.objects.filter(post__in=[asking.POSTS])
    return found.select_related("by").only("post", "words", "by__name")


def _kept(leader: Leader) -> QuerySet[Bookmark]:
    return Bookmark.objects.visible_to(leader).kept().filter(post__in=[asking.POSTS]).order_by()


_PAGE, _QUOTED = asking.Question(_numbered), asking.Question(_quoted)
_THANKS, _BOOKMARKS = asking.Question(_given), asking.Question(_kept)
