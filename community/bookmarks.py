"""Bookmarks: kept for oneself alone, with a note, found again, removed and had back."""

from datetime import timedelta

from django.contrib.postgres.search import SearchQuery
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from community import permissions
from community.models import Bookmark, Post
from community.permissions import require
from leaders.models import Leader
from leaders.models.account import sort_key

REGRET = timedelta(days=1)  # how long a removed bookmark and its note can be had back


@transaction.atomic
def keep(post: Post, *, by: Leader) -> Bookmark:
    """Mark a post for oneself; one removed a moment ago comes back with its note."""
    require(permissions.may_bookmark(by, post))
    bookmark, _ = Bookmark.objects.get_or_create(leader=by, post=post)
    return restore(bookmark)


@transaction.atomic
def change_note(bookmark: Bookmark, *, note: str) -> Bookmark:
    """Give a bookmark another note."""
    bookmark.note = note
    bookmark.save(update_fields=["note"])
    return bookmark


@transaction.atomic
def remove(bookmark: Bookmark) -> Bookmark:
    """Take a bookmark away; it can be had back for a while."""
    bookmark.removed_at = timezone.now()
    bookmark.save(update_fields=["removed_at"])
    return bookmark


@transaction.atomic
def restore(bookmark: Bookmark) -> Bookmark:
    """Have a removed bookmark back, as it was."""
    bookmark.removed_at = None
    bookmark.save(update_fields=["removed_at"])
    return bookmark


def forget() -> int:
    """Delete what was removed long enough ago; return how many."""
    return Bookmark.objects.filter(removed_at__lt=timezone.now() - REGRET).delete()[0]


def listed(leader: Leader, words: str = "") -> QuerySet[Bookmark]:
    """A leader's bookmarks, the newest first; with words, those whose note or post has them."""
    mine = Bookmark.objects.visible_to(leader).kept()
    if not words:
        return mine
    query = SearchQuery(words, search_type="websearch", config="english")
    matches = Q(search=query) | Q(thread__title__icontains=words)
    matches |= Q(author__sort_name__contains=sort_key(words))
    found = Post.objects.visible_to(leader).shown().filter(matches, pk=OuterRef("post"))
    return mine.filter(Q(note__icontains=words) | Exists(found))


def with_posts(bookmarks: list[Bookmark], *, viewer: Leader) -> list[Bookmark]:
    """Each with `seen`, its post, or None where the viewer may see it no longer."""
    posts = Post.objects.visible_to(viewer).shown().filter(pk__in=[each.post_id for each in bookmarks])
    seen = (
        posts.select_related("thread", "space", "author").defer("search", "thread__search", "body").in_bulk()
    )
    for bookmark in bookmarks:
        bookmark.seen = seen.get(bookmark.post_id)
    return bookmarks
