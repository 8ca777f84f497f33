"""Who may plan and host sessions."""

from community.models import Session, Space
from community.permissions.spaces import may_moderate, may_read, while_open
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, no


def may_plan(leader: Leader, space: Space) -> Verdict:
    """The moderators of a space that is not closed."""
    return may_moderate(leader, space) and while_open(space)


def may_be_host(leader: Leader, space: Space) -> Verdict:
    """Whoever can read the space."""
    if leader.is_suspended or not may_read(leader, space):
        return no(f"{leader} cannot read this space.")
    return ALLOWED


def may_host(leader: Leader, session: Session) -> Verdict:
    """Its host and the moderators of its space, until it is over."""
    space = session.room.space
    if not (session.host_id == leader.pk and may_read(leader, space)) and not may_moderate(leader, space):
        return no("Only the host and the moderators of this space may do that.")
    if session.is_cancelled:
        return no("This session was cancelled.")
    if session.is_over:
        return no("This session is over.")
    return while_open(space)


def may_end(leader: Leader, session: Session) -> Verdict:
    """Those who may host it, once it has begun."""
    verdict = may_host(leader, session)
    if verdict and not session.has_begun:
        return no("This session has not begun. You can cancel it.")
    return verdict
