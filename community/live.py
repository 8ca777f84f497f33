"""The topics that open pages listen to, beside each leader's own."""

import re
from collections.abc import Iterable

from community.models import Room, Thread
from leaders.live import PREFIX, leader_topic, push, rights_changed
from leaders.models import Leader

__all__ = ["PREFIX", "is_topic", "leader_topic", "push", "rights_changed", "room_topic", "thread_topic"]

_TOPIC = re.compile(r"(thread|room):([1-9]\d{0,17})", re.ASCII)


def thread_topic(thread_id: int) -> str:
    """The topic of a thread: something was written or changed in it."""
    return f"thread:{thread_id}"


def room_topic(room_id: int) -> str:
    """The topic of a chat room: its next version."""
    return f"room:{room_id}"


def is_topic(value) -> bool:
    """Whether this names a thread or a room, which need not exist."""
    return isinstance(value, str) and _TOPIC.fullmatch(value) is not None


def versions(topics: Iterable[str], *, to: Leader) -> dict[str, int]:
    """How far each topic is; those that a leader may not hear are missing."""
    wanted: dict[str, list[int]] = {"thread": [], "room": []}
    for topic in topics:
        kind, number = _TOPIC.fullmatch(topic).groups()
        wanted[kind].append(int(number))
    found = {}
    # Each predicate is looked up only where it is needed: this runs for every open page all the time.
    if wanted["room"]:
        rooms = Room.objects.visible_to(to).filter(pk__in=wanted["room"]).values_list("pk", "version")
        found |= {room_topic(pk): version for pk, version in rooms}
    if wanted["thread"]:
        threads = Thread.objects.visible_to(to).filter(pk__in=wanted["thread"])
        found |= {thread_topic(pk): number for pk, number in threads.values_list("pk", "last_number")}
    return found
