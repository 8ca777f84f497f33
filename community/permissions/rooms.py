"""Who may speak in a room."""

from datetime import timedelta

from django.utils import timezone

from community.models import (
    Message,
    Room,
    Session,
    Space,
)
from community.permissions.spaces import may_write
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no

CHANGED_WITHIN = timedelta(hours=24)  # one's own message, from when it was said


def may_say(leader: Leader, room: Room) -> Verdict:
    """Whoever may write in the space of the room, or is in the conversation, while it is open."""
    if room.is_direct:
        return _may_say_among(leader, room)
    if room.is_session:
        return may_write(leader, room.space) and _while_on(room.session)
    if not room.space.has_chat:
        return no("This space has no chat room.")
    return may_write(leader, room.space) and _in_hours(leader, room.space)


def may_answer(leader: Leader, room: Room, message: Message | None) -> Verdict:
    """Whoever may speak in the room, to a message of this very room that is still to be read."""
    if message is None or message.room_id != room.pk or message.is_gone or message.is_note:
        return no("The message that you answer is not there any more. Please send yours without it.")
    return may_say(leader, room)


def may_edit_message(leader: Leader, message: Message) -> Verdict:
    """The author within a day, while one may still write there."""
    if not may_come_in(leader) or message.author_id != leader.pk:
        return no("Only its author can edit a message.")
    if message.is_gone:
        return no(f"This message is {'hidden' if message.is_hidden else 'deleted'}. It cannot be edited.")
    if _is_settled(message):
        return no("A message can be edited for 24 hours. That time is over.")
    return may_say(leader, message.room)


def may_delete_message(leader: Leader, message: Message) -> Verdict:
    """The author within a day, also where nobody can write any more."""
    if not may_come_in(leader) or message.author_id != leader.pk:
        return no("Only its author can delete a message.")
    if not Room.objects.visible_to(leader).filter(pk=message.room_id).exists():
        return no("You cannot see this message any more.")
    if message.is_hidden:
        return no("This message is hidden. It cannot be deleted.")
    if _is_settled(message):
        return no("A message can be deleted for 24 hours. That time is over. You can write to a moderator.")
    return ALLOWED


def _is_settled(message: Message) -> bool:
    return timezone.now() > message.created_at + CHANGED_WITHIN


def _may_say_among(leader: Leader, room: Room) -> Verdict:
    here = room.participants.now()
    if not may_come_in(leader) or not here.filter(leader=leader).exists():
        return no("Only those who are in a conversation can write in it.")
    if not here.exclude(leader=leader).filter(leader__is_active=True).exists():
        return no("Nobody else is in this conversation any more. It can still be read.")
    return ALLOWED


def _in_hours(leader: Leader, space: Space) -> Verdict:
    now, hours = timezone.now(), space.chat_hours
    if hours is None or hours.are_on(now):
        return ALLOWED
    if (opening := hours.next_opening(now)) is None:
        return no("This chat is closed now. It can still be read.")
    when = f"{opening.astimezone(leader.zone):%A %-d %B, %H:%M}"
    return no(f"This chat is closed now. It opens again on {when}. Until then it can be read.")


def _while_on(session: Session) -> Verdict:
    if session.is_cancelled:
        return no("This session was cancelled.")
    if session.is_over:
        return no("This session has ended. What was said can still be read.")
    if timezone.now() < session.opens_at:
        return no("This session has not begun. The room opens ten minutes before its start.")
    return ALLOWED
