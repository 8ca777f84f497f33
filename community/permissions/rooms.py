"""Who may speak in a room."""

from django.utils import timezone

from community.models import (
    Message,
    Room,
    Session,
)
from community.permissions.spaces import may_write
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no


def may_say(leader: Leader, room: Room) -> Verdict:
    """Whoever may write in the space of the room, or is in the conversation, while it is open."""
    if room.is_direct:
        return _may_say_among(leader, room)
    if room.is_session:
        return may_write(leader, room.space) and _while_on(room.session)
    if not room.space.has_chat:
        return no("This space has no chat room.")
    return may_write(leader, room.space)


def may_answer(leader: Leader, room: Room, message: Message | None) -> Verdict:
    """Whoever may speak in the room, to a message of this very room that is still to be read."""
    if message is None or message.room_id != room.pk or message.is_hidden or message.is_note:
        return no("The message that you answer is not there any more. Please send yours without it.")
    return may_say(leader, room)


def may_edit_message(leader: Leader, message: Message) -> Verdict:
    """The author, while one may still write there."""
    if not may_come_in(leader) or message.author_id != leader.pk:
        return no("Only its author can edit a message.")
    if message.is_hidden:
        return no("This message is hidden. It cannot be edited.")
    return may_say(leader, message.room)


def _may_say_among(leader: Leader, room: Room) -> Verdict:
    here = room.participants.now()
    if not may_come_in(leader) or not here.filter(leader=leader).exists():
        return no("Only those who are in a conversation can write in it.")
    if not here.exclude(leader=leader).filter(leader__is_active=True).exists():
        return no("Nobody else is in this conversation any more. It can still be read.")
    return ALLOWED


def _while_on(session: Session) -> Verdict:
    if session.is_cancelled:
        return no("This session was cancelled.")
    if session.is_over:
        return no("This session has ended. What was said can still be read.")
    if timezone.now() < session.opens_at:
        return no("This session has not begun. The room opens ten minutes before its start.")
    return ALLOWED
