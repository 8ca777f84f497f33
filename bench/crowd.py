"""Many open pages in one process of their own: python -m bench.crowd PLAN FILE.

They come, speak at an even pace, and hear; the plan says which servers' processor time and memory to read.
"""

import asyncio
import contextlib
import json
import math
import os
import random
import sys
import time
from pathlib import Path
from uuid import uuid4

import psutil
from redis import Redis

from bench import cpu
from bench.floor import PADDING
from bench.page import Page, Tally, stamped

AT_ONCE = 50  # that open at the same time
PATIENCE = 60  # seconds for pages to open, or for what was said to be heard
ENOUGH = 10  # the same where a rate is tried: by then it is too high
WARMING = 5  # messages a second
SETTLING = 3  # seconds after the last page has come
SHORTEST, LONGEST = 0.5, 20  # seconds before a page that was cut off comes back, as in static/js/live.js
SHARES = ["0.5", "0.95", "0.99"]
WORDS = "We moved the morning meeting and two of the three practices came. What would you try next?"


class Crowd:
    """The pages of one plan."""

    def __init__(self, plan: dict):
        self.plan, self.tally, self.pages = plan, Tally(), []
        self.host, self.port = f"localhost:{plan['port']}", plan["port"]
        self.meter = cpu.Meter(**plan["pids"])
        self.redis = Redis.from_url(os.environ["REDIS_URL"])

    async def run(self) -> dict:
        """Come, settle, speak, and be cut off as often as the plan says."""
        empty = self._memory()
        await self._come()
        await asyncio.sleep(SETTLING)
        found = {"socket_bytes": (self._memory() - empty) / len(self.pages)}
        found["rest"] = await self._rest(self.plan["rest"])
        found["steps"] = [step async for step in self._steps()]
        found["storms"] = [await self.storm() for _ in range(self.plan["storms"])]
        for page in self.pages:
            page.transport.abort()
        return found

    async def _rest(self, seconds: float) -> dict:
        """What share of a processor each server uses while nobody says anything."""
        before, began = self.meter.read(), time.monotonic()
        await asyncio.sleep(seconds)
        after, took = self.meter.read(), time.monotonic() - began
        return {name: (after[name] - before[name]) / took for name in before} if seconds else {}

    async def _steps(self):
        """Each rate in turn, until one is too high; first a few words, to which a server is slow."""
        await self.speak(WARMING)
        for rate in self.plan["rates"]:
            step = await self.speak(rate)
            yield step
            if not step["in_time"]:
                return

    async def speak(self, rate: float) -> dict:
        """So many messages a second for a while; wait for the last to be heard by all."""
        self.tally.latencies = self.tally.latencies[:0]
        members = {room: len(seats) for room, seats in self._by_room().items()}
        mine, before, began = psutil.Process().cpu_times(), self.meter.read(), time.monotonic()
        number = max(int(rate * self.plan["seconds"]), 1)
        awaited, speakers = 0, random.Random(7).sample(self.pages, len(self.pages))
        for n in range(number):
            await asyncio.sleep(max(began + n / rate - time.monotonic(), 0))
            page = speakers[n % len(speakers)]
            self._utter(page)
            awaited += members[page.room]
        limit = self.plan["limit"]
        await self._until(lambda: len(self.tally.latencies) >= awaited, ENOUGH if limit else PATIENCE)
        took, after, own = time.monotonic() - began, self.meter.read(), psutil.Process().cpu_times()
        times = {share: quantile(self.tally.latencies, share) for share in SHARES}
        heard = len(self.tally.latencies)
        return {
            "rate": rate,
            "awaited": awaited,
            "heard": heard,
            "times": times,
            "in_time": heard == awaited and not self.tally.refusals and not 0 < limit < times["0.95"],
            "cpu": {name: after[name] - before[name] for name in before},
            "generator": (own.user + own.system - mine.user - mine.system) / took,
            "refusals": self.tally.refusals[:1],
        }

    def _utter(self, page: Page) -> None:
        """Say it on the page's socket, or publish it, so that the server has only to hand it out."""
        if prefix := self.plan.get("publish"):
            event = {"topic": f"room:{page.room}", "type": "message", "html": stamped(WORDS) + PADDING}
            self.redis.publish(f"{prefix}room:{page.room}", json.dumps(event))
        else:
            page.say(str(uuid4()), WORDS)

    async def storm(self) -> dict:
        """All are cut off at once and come back as pages do; the times by the clock of this machine."""
        cut_at = time.monotonic()
        for page in self.pages:
            page.transport.abort()
        self.pages = await asyncio.gather(*(self._come_back(seat) for seat in self.plan["seats"]))
        return {"from": cut_at, "to": time.monotonic()}

    async def _come(self) -> None:
        doors = asyncio.Semaphore(AT_ONCE)

        async def enter(seat):
            async with doors:
                return await self._open(seat)

        self.pages = await asyncio.gather(*(enter(seat) for seat in self.plan["seats"]))

    async def _come_back(self, seat: dict) -> Page:
        failures = 0
        while True:
            await asyncio.sleep(SHORTEST + random.uniform(0, min(LONGEST, SHORTEST * 2**failures)))
            with contextlib.suppress(OSError, TimeoutError):
                return await self._open(seat)
            failures += 1

    async def _open(self, seat: dict) -> Page:
        loop = asyncio.get_running_loop()
        _, page = await loop.create_connection(
            lambda: Page(self.tally, seat, self.host), "127.0.0.1", self.port
        )
        await asyncio.wait_for(page.listens, PATIENCE)
        return page

    async def _until(self, is_so, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not is_so() and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    def _by_room(self) -> dict[int, list[dict]]:
        rooms = {}
        for seat in self.plan["seats"]:
            rooms.setdefault(seat["room"], []).append(seat)
        return rooms

    def _memory(self) -> int:
        return psutil.Process(self.plan["pids"]["live"]).memory_full_info().uss


def quantile(values, share: str) -> float:
    """The value that this share of them did not exceed; endless if there is none."""
    ordered = sorted(values)
    return ordered[min(int(float(share) * len(ordered)), len(ordered) - 1)] if ordered else math.inf


if __name__ == "__main__":
    told, brought = sys.argv[1:]
    Path(brought).write_text(json.dumps(asyncio.run(Crowd(json.loads(Path(told).read_text())).run())))
