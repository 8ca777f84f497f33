"""Pages and sockets, but three of ten pushes get lost on the way to Redis."""

import random
import sys

from uvicorn.main import main

import leaders.live

publish = leaders.live._publish
chance = random.Random(2016)


def publish_mostly(topic: str, frame: str) -> None:
    """Lose some."""
    if chance.random() > 0.3:
        publish(topic, frame)


leaders.live._publish = publish_mostly
main(["collaborate.asgi:application", *sys.argv[1:]])
