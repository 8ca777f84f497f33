"""Who may carry chat messages into a thread."""

from community.models import CARRIED_AT_MOST, Message, Room, Space
from community.permissions.spaces import may_moderate
from community.permissions.threads import may_start
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, no


def may_open_continuation(leader: Leader, room: Room) -> Verdict:
    """Whoever may start a thread in the space of a room; what people say among themselves stays there."""
    if room.space is None:
        return no("What was said in a conversation stays there.")
    return may_start(leader, room.space)


def may_carry_on(leader: Leader, space: Space, messages: list[Message], count: int) -> Verdict:
    """Messages of the same space that still stand there: a moderator anybody's, others their own."""
    if count > CARRIED_AT_MOST:
        return no(f"Choose at most {CARRIED_AT_MOST} messages.")
    seen = Message.objects.visible_to(leader).shown().filter(room__space=space, is_note=False)
    if seen.filter(pk__in=[message.pk for message in messages]).count() != len(messages):
        return no("Some of these messages are not there any more. Please look again.")
    if any(message.author_id != leader.pk for message in messages) and not may_moderate(leader, space):
        return no("Only the moderators of this space may take other people’s messages into a thread.")
    return ALLOWED
