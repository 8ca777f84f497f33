"""The topics that open pages listen to, beside each leader's own."""

from leaders.live import PREFIX, leader_topic, push, rights_changed

__all__ = ["PREFIX", "leader_topic", "push", "rights_changed", "room_topic", "thread_topic"]


def thread_topic(thread_id: int) -> str:
    """The topic of a thread: something was written or changed in it."""
    return f"thread:{thread_id}"


def room_topic(room_id: int) -> str:
    """The topic of a chat room: its next version."""
    return f"room:{room_id}"
