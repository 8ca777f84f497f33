"""Who may send files and take them away."""

from community.models import (
    Attachment,
    Space,
)
from community.permissions.spaces import may_write
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no


def may_attach(leader: Leader, space: Space) -> Verdict:
    """Whoever may write in the space may send files for what they write there."""
    return may_write(leader, space)


def may_remove(leader: Leader, attachment: Attachment) -> Verdict:
    """Whoever sent it, until a post carries it."""
    if not may_come_in(leader) or attachment.uploader_id != leader.pk:
        return no("Only whoever sent a file can remove it.")
    if attachment.post_id:
        return no("This file is part of a post. Edit the post to take it out.")
    return ALLOWED
