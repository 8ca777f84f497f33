"""Who is in a room now: quiet, never kept, and only of those who show it.

Each process writes the leaders on its own sockets into Redis, where they expire; nothing remembers when
somebody was last there. Without Redis, a room sees those of its own process.
"""

import asyncio
import json
import time
from contextlib import suppress
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from community.sockets.hub import Hub, hub
from leaders.models import Leader

EVERY = 5  # seconds
EXPIRY = 3 * EVERY
NAMES_AT_MOST = 12


class Presence:
    """Tells the rooms of one process who is in them, whenever that has changed."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._told: dict[str, tuple[set[int], str]] = {}
        self._mine: dict[str, set[int]] = {}
        self._stirred = asyncio.Event()
        self._round: asyncio.Task | None = None

    def stir(self) -> None:
        """Somebody came: look soon."""
        self._stirred.set()
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._go_round())

    def last_told(self, topic: str) -> str | None:
        """The latest frame about a room, for somebody who has just come in."""
        return self._told[topic][1] if topic in self._told else None

    async def _go_round(self) -> None:
        async with _redis() as redis:
            while rooms := {topic: set() for topic in self._mine} | self._hub.rooms():
                self._stirred.clear()
                for topic, leaders in rooms.items():
                    with suppress(DatabaseError):  # those who look again in a moment are told then
                        await self._look(redis, topic, leaders)
                await asyncio.sleep(1)  # many who come at once are one change
                try:
                    await asyncio.wait_for(self._stirred.wait(), EVERY - 1)
                except TimeoutError:
                    continue

    async def _look(self, redis: Redis, topic: str, leaders: set[int]) -> None:
        try:
            here = await self._everywhere(redis, topic, leaders)
        except (RedisError, OSError):
            here = leaders
        if topic not in self._hub.rooms():
            self._told.pop(topic, None)
        elif topic not in self._told or self._told[topic][0] != here:
            frame = await self._frame(topic, here)
            self._told[topic] = here, frame
            self._hub.hand_out(topic, frame)

    async def _everywhere(self, redis: Redis, topic: str, leaders: set[int]) -> set[int]:
        """Write down those of this process and read those of all."""
        key, now, left = f"here:{topic}", time.time(), self._mine.get(topic, set()) - leaders
        async with redis.pipeline() as pipeline:
            pipeline.zremrangebyscore(key, "-inf", now)
            if left:
                pipeline.zrem(key, *left)
            if leaders:
                pipeline.zadd(key, dict.fromkeys(leaders, now + EXPIRY))
                pipeline.expire(key, EXPIRY)
            pipeline.zrange(key, 0, -1)
            answers = await pipeline.execute()
        if leaders:
            self._mine[topic] = leaders
        else:
            self._mine.pop(topic, None)
        return {int(member) for member in answers[-1]}

    @staticmethod
    async def _frame(topic: str, here: set[int]) -> str:
        names = await database_sync_to_async(_names, thread_sensitive=False)(here)
        return json.dumps({"topic": topic, "type": "presence", "count": len(here), "names": names})


def _names(leaders: set[int]) -> list[str]:
    return list(Leader.objects.filter(pk__in=leaders).values_list("name", flat=True)[:NAMES_AT_MOST])


def _redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1)
    )


_presences: WeakKeyDictionary[asyncio.AbstractEventLoop, Presence] = WeakKeyDictionary()


def presence() -> Presence:
    """The presence of the running event loop: one a process."""
    loop = asyncio.get_running_loop()
    if loop not in _presences:
        _presences[loop] = Presence(hub())
    return _presences[loop]
