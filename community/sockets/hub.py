"""From one Redis subscription of this process to its open sockets, each behind a bounded queue.

Redis carries hints. Whatever it loses, the sockets are told to catch up from the database.
"""

import asyncio
import json
import logging
import random
import time
import types
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from functools import partial
from weakref import WeakKeyDictionary

from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from community.sockets.live import PREFIX

log = logging.getLogger(__name__)

SILENCE = 15  # seconds without a word from Redis, after which it is asked whether it is there
LONGEST_PAUSE = 5  # seconds between two attempts to reach it
CATCH_UP = json.dumps({"type": "catch-up"})

sockets = Gauge("live_sockets", "Open sockets of this process.")
deliveries = Counter("live_deliveries", "Events handed out to sockets.")
drops = Counter("live_queue_drops", "Sockets closed because their queue was full.")
subscribed = Gauge("live_redis_subscribed", "Whether this process hears Redis.")
lag = Histogram(
    "live_lag_seconds",
    "From the publication of an event until it stands in the queues of this process.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
depth_sum = Gauge("live_queue_depth_sum", "Frames that wait in all queues of this process.")
depth_max = Gauge("live_queue_depth_max", "Frames that wait in its longest queue.")


class Mailbox:
    """The way to one socket: a frame is sent at once, or waits behind another one; never more than `size`."""

    def __init__(self, send: Callable[[str, str], Coroutine], too_slow: Callable[[], None], size: int = 200):
        self.waiting: deque[tuple[str, str]] = deque()
        self.topics: set[str] = set()
        self.held: dict[str, list[str]] = {}  # what came while it is asked whether the topic may be heard
        self.shown: int | None = None  # the leader whom a room may see here
        self._send, self._too_slow, self._size = send, too_slow, size
        self._sending: asyncio.Task | None = None

    def put(self, topic: str, frame: str) -> bool:
        """Send a frame, or keep it for the socket; a socket that does not keep up is given up."""
        if topic in self.held:
            self.held[topic] = [*self.held[topic], frame][-self._size :]
        elif self._sending is None:
            self._sending = begin(self._send_on(topic, frame))
        elif len(self.waiting) == self._size:
            return False
        else:
            self.waiting.append((topic, frame))
        return True

    def release(self, topic: str) -> None:
        """The topic may be heard: send what came meanwhile."""
        for frame in self.held.pop(topic, []):
            self.put(topic, frame)

    def give_up(self) -> None:
        """Tell the owner that frames were lost."""
        self._too_slow()

    def close(self) -> None:
        """What waits is not sent any more."""
        self.waiting.clear()
        if self._sending and self._sending is not asyncio.current_task():
            self._sending.cancel()

    async def _send_on(self, topic: str, frame: str) -> None:
        await self._send(topic, frame)
        while self.waiting:
            await self._send(*self.waiting.popleft())
        self._sending = None


def begin(work: Coroutine) -> asyncio.Task | None:
    """Do what can be done without waiting; a task does the rest, if there is one.

    Nearly every frame finds room in its socket's buffer: a task for each would cost as much as sending it.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return asyncio.create_task(_go_on(work, awaited))


@types.coroutine
def _go_on(work: Coroutine, awaited):
    while True:
        try:
            value = yield awaited
        except BaseException as error:
            step = partial(work.throw, error)
        else:
            step = partial(work.send, value)
        try:
            awaited = step()
        except StopIteration:
            return


class Hub:
    """Hands out what Redis says to the mailboxes that asked for the topic."""

    def __init__(self):
        self._mailboxes: set[Mailbox] = set()
        self._listeners: dict[str, set[Mailbox]] = defaultdict(set)
        self._listening: asyncio.Task | None = None

    def join(self, mailbox: Mailbox) -> None:
        """Open a socket's mailbox; the first one starts the subscription."""
        self._mailboxes.add(mailbox)
        sockets.set(len(self._mailboxes))
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())

    def leave(self, mailbox: Mailbox) -> None:
        """Close a mailbox and forget its topics."""
        for topic in list(mailbox.topics):
            self.unsubscribe(mailbox, topic)
        mailbox.close()
        self._mailboxes.discard(mailbox)
        sockets.set(len(self._mailboxes))

    def subscribe(self, mailbox: Mailbox, topic: str) -> None:
        """From now on, hand out this topic to the mailbox."""
        mailbox.topics.add(topic)
        self._listeners[topic].add(mailbox)

    def unsubscribe(self, mailbox: Mailbox, topic: str) -> None:
        """No longer hand out this topic to the mailbox."""
        mailbox.topics.discard(topic)
        mailbox.held.pop(topic, None)
        self._listeners[topic].discard(mailbox)
        if not self._listeners[topic]:
            del self._listeners[topic]

    def rooms(self) -> dict[str, set[int]]:
        """The rooms that somebody listens to, with the leaders who may be seen there."""
        rooms = {topic: heard for topic, heard in self._listeners.items() if topic.startswith("room:")}
        return {
            topic: {m.shown for m in heard if m.shown and topic not in m.held}
            for topic, heard in rooms.items()
        }

    def depths(self) -> list[int]:
        """How many frames wait in each queue."""
        # Copied first: figures are asked for by another thread.
        return [len(mailbox.waiting) for mailbox in list(self._mailboxes)]

    def hand_out(self, topic: str, frame: str) -> None:
        """Give one frame, made once, to everyone who listens to the topic."""
        self._give(self._listeners.get(topic, ()), topic, frame)

    def _give(self, mailboxes, topic: str, frame: str) -> None:
        mailboxes = list(mailboxes)  # whoever went away leaves while frames are handed out
        full = [mailbox for mailbox in mailboxes if not mailbox.put(topic, frame)]
        deliveries.inc(len(mailboxes) - len(full))
        for mailbox in full:
            drops.inc()
            self.leave(mailbox)
            mailbox.give_up()

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with self._redis() as redis, redis.pubsub() as subscription:
                    await subscription.psubscribe(f"{PREFIX}*")
                    async for message in _messages(subscription):
                        failures = 0
                        self._take(message)
            except (RedisError, OSError) as error:
                log.warning("live: Redis is not heard: %s", type(error).__name__)
            except Exception:
                log.exception("live: the hub stumbled")
            subscribed.set(0)
            # Full jitter, so that many processes do not come back at the same moment.
            await asyncio.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**failures)))  # noqa: S311
            failures = min(failures + 1, 10)

    def _take(self, message: dict) -> None:
        if message["type"] == "pmessage":
            topic, frame = message["channel"].decode().removeprefix(PREFIX), message["data"].decode()
            self.hand_out(topic, frame)
            _note_lag(frame)
        elif message["type"] == "psubscribe":
            # Whatever was said before this moment may have been missed.
            subscribed.set(1)
            self._give(set(self._mailboxes), "", CATCH_UP)

    @staticmethod
    def _redis() -> Redis:
        # A socket_timeout would end an idle subscription; a hidden retry would hide what was missed.
        return Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )


def _note_lag(frame: str) -> None:
    """Count how long ago a frame was published; a process of the former version does not say when."""
    published_at = json.loads(frame).get("sent_at")
    if isinstance(published_at, float):
        lag.observe(max(time.time() - published_at, 0))  # the clocks of two machines may differ


async def _messages(subscription):
    """Each message of a subscription, until the server stays silent though it was asked."""
    asked = False
    while True:
        message = await subscription.get_message(timeout=SILENCE)
        if message is None and asked:
            raise ConnectionError("Redis stays silent.")
        if message is None:
            await subscription.ping()
        else:
            yield message
        asked = message is None


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop: one a process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def _all_depths() -> list[int]:
    return [depth for each in list(_hubs.values()) for depth in each.depths()]


depth_sum.set_function(lambda: sum(_all_depths()))
depth_max.set_function(lambda: max(_all_depths(), default=0))
