"""The floor of the chat: asyncio, `websockets` and Redis, without Collaborate: python -m bench.floor PORT.

It speaks as much of docs/live.md as the crowd needs, asks nobody who they are, and stores nothing.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections import defaultdict

from redis.asyncio import Redis
from websockets.asyncio.server import broadcast, serve

PADDING = "x" * 1_600  # as long as a message of ours with its HTML

listeners = defaultdict(set)


async def main(port: int) -> None:
    """Serve sockets, and hand out what one subscription brings."""
    redis = Redis.from_url(os.environ["REDIS_URL"])
    async with redis.pubsub() as subscription:
        await subscription.psubscribe("floor:*")
        async with serve(lambda page: attend(page, redis), "127.0.0.1", port, compression=None):
            async for heard in subscription.listen():
                if heard["type"] == "pmessage":
                    broadcast(listeners[heard["channel"].decode()], heard["data"].decode())


async def attend(page, redis: Redis) -> None:
    """One open page: it follows topics and says something."""
    followed = set()
    try:
        async for text in page:
            frame = json.loads(text)
            if frame["type"] == "subscribe":
                listeners[f"floor:{frame['topic']}"].add(page)
                followed.add(f"floor:{frame['topic']}")
                await page.send(json.dumps({"topic": frame["topic"], "type": "subscribed", "version": 0}))
            elif frame["type"] == "say":
                event = {"type": "message", "html": frame["body"] + PADDING, "sent_at": time.time()}
                await redis.publish(f"floor:room:{frame['room']}", json.dumps(event))
                await page.send(json.dumps({"type": "said", "uuid": frame["uuid"]}))
    finally:
        for topic in followed:
            listeners[topic].discard(page)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1])))
