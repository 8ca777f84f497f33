"""Who may do what with a post."""

from django.db.models import Q
from django.utils import timezone

from community.models import (
    Bookmark,
    Case,
    Message,
    Post,
    Reported,
    WellDone,
)
from community.permissions.threads import may_reply
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no

BOOKMARKS_AT_MOST = 2_000  # in all


def may_edit(leader: Leader, post: Post) -> Verdict:
    """The author, while one may still write there."""
    if not may_come_in(leader) or post.author_id != leader.pk:
        return no("Only its author can edit a post.")
    if post.is_hidden:
        return no("This post is hidden. It cannot be edited.")
    return may_reply(leader, post.thread)


def may_withdraw(leader: Leader, post: Post) -> Verdict:
    """Its author, as long as nobody has been told of it and nobody has taken it up."""
    if post.author_id != leader.pk or not Post.objects.visible_to(leader).filter(pk=post.pk).exists():
        return no("Only its author can take a post back.")
    if timezone.now() >= post.told_at:
        return no("The time in which you could take this back is over. You can still edit it.")
    later = post.thread.posts.filter(number__gt=post.number, withdrawn_at=None)
    if later.exclude(author=leader).exists():
        return no("Somebody has replied meanwhile. You can still edit your post.")
    if post.number == 1 and later.exists():
        return no("You have written more in this thread. Take that back first.")
    # One sentence for all of these: it must not say that somebody reported the post, or quotes it elsewhere.
    if post.is_hidden or post.thread.answer_id == post.pk or _is_taken_up(post):
        return no("This post cannot be taken back any more. You can still edit it.")
    return ALLOWED


def may_thank(leader: Leader, item: Post | Message) -> Verdict:
    """Whoever can see a post or a message that is not their own."""
    if not type(item).objects.visible_to(leader).shown().filter(pk=item.pk).exists():
        return no(f"You cannot see this {type(item).__name__.lower()}.")
    if getattr(item, "is_note", False):
        return no("The room itself says this.")
    if item.author_id == leader.pk:
        return no("One cannot thank oneself.")
    return ALLOWED


def may_bookmark(leader: Leader, post: Post) -> Verdict:
    """Whoever can see a post that is not hidden."""
    if not Post.objects.visible_to(leader).shown().filter(pk=post.pk).exists():
        return no("You cannot see this post.")
    if Bookmark.objects.filter(leader=leader).exclude(post=post).count() >= BOOKMARKS_AT_MOST:
        return no(f"You have {BOOKMARKS_AT_MOST:,} bookmarks. Remove some first.")
    return ALLOWED


def may_report(leader: Leader, item: Reported) -> Verdict:
    """Whoever can see the item, unless it is their own."""
    if not type(item).objects.visible_to(leader).filter(pk=item.pk).exists():
        return no("You cannot see this.")
    if getattr(item, "is_note", False):
        return no("The room itself says this. There is nothing to report.")
    if getattr(item, "is_deleted", False):
        return no("Its author has deleted it.")
    if item.author_id == leader.pk:
        return no("You cannot report your own words. You can edit them, or write to a moderator.")
    return ALLOWED


def _is_taken_up(post: Post) -> bool:
    began_elsewhere = post.number == 1 and post.thread.arrivals.exists()
    praised = WellDone.objects.filter(Q(post=post) | Q(thread=post.thread)).exists()
    reported = Case.objects.filter(post=post).exists()
    return began_elsewhere or praised or reported or post.thanks.exists() or post.quoted_by.exists()
