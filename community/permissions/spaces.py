"""Who may read, write and moderate in a space."""

from community.models import (
    JoinRequest,
    Space,
    SpaceKind,
)
from community.models.spaces import moderated_ids, readable_ids
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no


def may_read(leader: Leader, space: Space) -> Verdict:
    """Whoever belongs to the space; everybody where it is open."""
    if space.pk not in readable_ids(leader):
        return no("Only members of this space can read it.")
    return ALLOWED


def may_write(leader: Leader, space: Space) -> Verdict:
    """Whoever may read a space that is not closed."""
    return may_read(leader, space) and while_open(space)


def may_moderate(leader: Leader, space: Space) -> Verdict:
    """The faculty who are moderators of this very space."""
    if space.pk not in moderated_ids(leader):
        return no("Only the moderators of this space may do that.")
    return ALLOWED


def may_open_desk(leader: Leader) -> Verdict:
    """Faculty who moderate at least one space."""
    if not moderated_ids(leader):
        return no("The desk is for the faculty who moderate spaces.")
    return ALLOWED


def may_accept_terms(leader: Leader, space: Space) -> Verdict:
    """Whoever belongs to a sealed space."""
    if space.kind != SpaceKind.SEALED or not Space.objects.belonging_to(leader).filter(pk=space.pk).exists():
        return no("This space has no rules that wait for your yes.")
    return ALLOWED


def may_ask_to_join(leader: Leader, space: Space) -> Verdict:
    """Those outside a restricted space who have not asked yet."""
    if not may_come_in(leader) or space.kind != SpaceKind.RESTRICTED:
        return no("One cannot ask to join this space.")
    if may_read(leader, space):
        return no("You belong to this space already.")
    if JoinRequest.objects.filter(space=space, leader=leader, decided_at=None).exists():
        return no("You have asked already. A moderator will answer.")
    return ALLOWED


def while_open(space: Space) -> Verdict:
    """Whether one can still write there."""
    return no("This space is closed. It can still be read.") if space.is_closed else ALLOWED
