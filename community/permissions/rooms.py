"""Who may speak in a room."""

from community.models import (
    Message,
    Room,
)
from community.permissions.spaces import may_write
from leaders.models import Leader
from leaders.permissions import Verdict, may_come_in, no


def may_say(leader: Leader, room: Room) -> Verdict:
    """Whoever may write in the space of the room."""
    if not room.space.has_chat:
        return no("This space has no chat room.")
    return may_write(leader, room.space)


def may_edit_message(leader: Leader, message: Message) -> Verdict:
    """The author, while one may still write there."""
    if not may_come_in(leader) or message.author_id != leader.pk:
        return no("Only its author can edit a message.")
    if message.is_hidden:
        return no("This message is hidden. It cannot be edited.")
    return may_say(leader, message.room)
