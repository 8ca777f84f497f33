"""Who may keep which drafts."""

from community.models import (
    Draft,
    DraftKind,
    Post,
    Space,
    Thread,
)
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, no

DRAFTS_AT_MOST = 200
DRAFTS_SIZE_AT_MOST = 4_000_000  # characters in all drafts of one leader
ASIDES_AT_MOST = 4  # texts beside one draft


def may_draft(leader: Leader, kind: str, target: int) -> Verdict:
    """Whoever can see where the words belong; of a post, its author. Who began one may go on with it."""
    places = {
        DraftKind.THREAD: Space.objects.visible_to(leader),
        DraftKind.REPLY: Thread.objects.visible_to(leader),
        DraftKind.EDIT: Post.objects.visible_to(leader).filter(author=leader),
    }
    if kind in places and (
        places[kind].filter(pk=target).exists()
        or Draft.objects.filter(leader=leader, kind=kind, target=target).exists()
    ):
        return ALLOWED
    return no("There is nothing here that you can write in.")


def may_keep_drafts(number: int, size: int) -> Verdict:
    """So many drafts of so many characters in all."""
    if number > DRAFTS_AT_MOST:
        return no(
            f"You have {DRAFTS_AT_MOST} drafts. Please send or discard one, then this one will be kept."
        )
    if size > DRAFTS_SIZE_AT_MOST:
        return no(
            "Your drafts are very long together. Please send or discard one, then this one will be kept."
        )
    return ALLOWED


def may_set_aside(waiting: int) -> Verdict:
    """So many texts already wait beside a draft for its author to choose."""
    if waiting >= ASIDES_AT_MOST:
        return no("Too many texts of this draft wait for you to choose. Choose first, please.")
    return ALLOWED
