"""The topics that open pages listen to, beside each leader's own."""

import re
from collections.abc import Iterable, Set

from community.models import Room, Space, Thread, asking
from community.models.rooms import in_spaces
from community.models.spaces import readable_by
from leaders.live import PREFIX, hint, leader_topic, push, rights_changed
from leaders.models import Leader

__all__ = [
    "PREFIX",
    "hint",
    "is_topic",
    "leader_topic",
    "push",
    "rights_changed",
    "room_topic",
    "thread_topic",
]

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
    wanted, found = _by_kind(topics), {}
    # Each predicate is looked up only where it is needed: this runs for every open page all the time.
    with asking.remembering():
        if wanted["room"]:
            rooms = Room.objects.visible_to(to).filter(pk__in=wanted["room"]).values_list("pk", "version")
            found |= {room_topic(pk): version for pk, version in rooms}
        if wanted["thread"]:
            threads = Thread.objects.visible_to(to).filter(pk__in=wanted["thread"])
            found |= {thread_topic(pk): number for pk, number in threads.values_list("pk", "last_number")}
    return found


def versions_for_all(asked: list[tuple[Leader, Set[str]]]) -> list[dict[str, int]]:
    """The same for many: what all readers of a space may hear is looked up at once, the rest one by one."""
    if len(asked) == 1:
        return [versions(topics, to=leader) for leader, topics in asked]
    open_in = _open_in_spaces(_by_kind(set().union(*(topics for _, topics in asked))))
    spaces = Space.objects.filter(pk__in={space for space, _ in open_in.values()})
    may_read = readable_by([leader for leader, _ in asked], spaces) if open_in else {}
    found = []
    for leader, topics in asked:
        shared = {topic: open_in[topic] for topic in topics & open_in.keys()}
        heard = {topic: n for topic, (space, n) in shared.items() if (leader.pk, space) in may_read}
        found.append(heard | (versions(rest, to=leader) if (rest := topics - heard.keys()) else {}))
    return found


def _by_kind(topics: Iterable[str]) -> dict[str, list[int]]:
    wanted: dict[str, list[int]] = {"thread": [], "room": []}
    for topic in topics:
        kind, number = _TOPIC.fullmatch(topic).groups()
        wanted[kind].append(int(number))
    return wanted


def _open_in_spaces(wanted: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    """The space and the version of each topic that every reader of its space may hear."""
    found = {}
    if wanted["room"]:
        rooms = Room.objects.filter(in_spaces(Space.objects.values("pk")), pk__in=wanted["room"])
        found |= {room_topic(pk): told for pk, *told in rooms.values_list("pk", "space", "version")}
    if wanted["thread"]:
        threads = Thread.objects.shown().filter(pk__in=wanted["thread"], merged_into=None)
        found |= {thread_topic(pk): told for pk, *told in threads.values_list("pk", "space", "last_number")}
    return found
