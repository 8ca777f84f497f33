"""Tells open pages when a hosted session, or the hours of a chat, begin or end: by the clock of the server.

Nothing has to ring for a room to close, as every word is judged by that clock. This spares people whose page
slept, or has a clock that is wrong, to write what can no longer be said.
"""

import asyncio
import json
import math
import time
from collections.abc import Collection
from contextlib import suppress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error
from django.utils import timezone

from community.models import Room, RoomKind, Session
from community.sockets.hub import Hub, hub
from community.sockets.live import room_topic

EVERY = 15  # seconds after which the times are looked up anew


class Times(NamedTuple):
    """Seconds until a room opens, and until it closes; 0 for what has happened."""

    opens_in: float
    ends_in: float

    @property
    def is_open(self) -> bool:
        return self.opens_in == 0 < self.ends_in

    def after(self, seconds: float) -> "Times":
        """The same, so much later."""
        return Times(max(self.opens_in - seconds, 0), max(self.ends_in - seconds, 0))

    @property
    def next_change(self) -> float:
        return self.opens_in or self.ends_in or math.inf


def times_of(rooms: Collection[int]) -> dict[int, Times]:
    """The times of those among these rooms that have any and are not cancelled."""
    now, found = timezone.now(), {}
    for session in Session.objects.filter(pk__in=rooms, cancelled_at=None):
        found[session.pk] = Times(_until(session.opens_at, now), _until(session.ends_at, now))
    chats = Room.objects.filter(pk__in=rooms, kind=RoomKind.SPACE, space__chat_from__isnull=False)
    for room in chats.select_related("space"):
        hours = room.space.chat_hours
        opening = now if hours.are_on(now) else hours.next_opening(now)
        closing = hours.next_closing(opening) if opening else now
        found[room.pk] = Times(_until(opening or now, now), _until(closing, now))
    return found


class Bell:
    """Rings in the rooms to which somebody listens in one process."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._looked: set[str] = set()
        self._told: dict[str, tuple[Times, float]] = {}
        self._stirred = asyncio.Event()
        self._round: asyncio.Task | None = None

    def stir(self, topic: str) -> None:
        """Somebody listens to a room: look when it opens and closes, unless that is known."""
        if topic not in self._looked:
            self._stirred.set()
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._go_round())

    def last_told(self, topic: str) -> str | None:
        """How it stands, for a page that comes, or comes back, later than the rest."""
        if topic not in self._told:
            return None
        times, at = self._told[topic]
        return _frame(topic, times.after(time.monotonic() - at))

    async def _go_round(self) -> None:
        while topics := set(self._hub.rooms()):
            self._stirred.clear()
            pause = EVERY
            with suppress(Error):  # then in a while
                pause = min(EVERY, await self._look(topics))
            await asyncio.sleep(1)  # many who come at once are one look
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), max(pause - 1, 0))
        self._looked, self._told = set(), {}

    async def _look(self, topics: set[str]) -> float:
        """Ring where something has changed, or is not known yet; the seconds until the next change."""
        rooms = {int(topic.partition(":")[2]) for topic in topics}
        found = await database_sync_to_async(times_of, thread_sensitive=False)(rooms)
        times = {room_topic(room): each for room, each in found.items()}
        before, at = self._told, time.monotonic()
        self._looked, self._told = topics, {topic: (each, at) for topic, each in times.items()}
        for topic, each in times.items():
            if topic not in before or before[topic][0].is_open != each.is_open:
                self._hub.hand_out(topic, _frame(topic, each))
        return min((each.next_change for each in times.values()), default=math.inf)


def _until(moment, now) -> float:
    return max((moment - now).total_seconds(), 0)


def _frame(topic: str, times: Times) -> str:
    told = {"opens_in": math.ceil(times.opens_in), "ends_in": math.ceil(times.ends_in)}
    return json.dumps({"topic": topic, "type": "session", **told})


_bells: WeakKeyDictionary[asyncio.AbstractEventLoop, Bell] = WeakKeyDictionary()


def bell() -> Bell:
    """The bell of the running event loop: one a process."""
    loop = asyncio.get_running_loop()
    if loop not in _bells:
        _bells[loop] = Bell(hub())
    return _bells[loop]
