"""Who may write the line of a space, and take it away."""

from community.models import HostLine, Space, SpaceKind
from community.permissions.spaces import may_moderate, while_open
from leaders.models import Leader
from leaders.permissions import Verdict, no


def may_write_line(leader: Leader, space: Space) -> Verdict:
    """The moderators of an open space; of a sealed one nothing leaves."""
    if space.kind == SpaceKind.SEALED:
        return may_moderate(leader, space) and no("Nothing of a sealed space may leave it.")
    return may_moderate(leader, space) and while_open(space)


def may_end_line(leader: Leader, line: HostLine) -> Verdict:
    """Every moderator of the space, whoever wrote it."""
    return may_moderate(leader, line.space)
