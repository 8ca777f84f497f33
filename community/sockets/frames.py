"""What a page sends by its socket: understood, or refused in a sentence; and how fast it may speak."""

import asyncio
import json

from community.sockets import live

LARGEST_FRAME = 65_536
BURST, A_SECOND = 40, 8  # frames: at once, then each second
PATIENCE = 100  # refusals, less what was taken, before the end


class Refused(Exception):
    """A frame that cannot be followed; the sentence says why."""


class Hasty(Refused):
    """Too many frames in too short a time."""

    advice = {"again": 2}

    def __init__(self):
        super().__init__("That was too fast. Wait a moment.")


class Pace:
    """How fast one socket may speak: a burst, then so many a second."""

    def __init__(self):
        self.left, self.at, self.refusals = float(BURST), 0.0, 0

    def take(self) -> None:
        """Use one of the frames that are left, or refuse."""
        now = asyncio.get_running_loop().time()
        self.left = min(BURST, self.left + (now - self.at) * A_SECOND)
        self.at = now
        if self.left < 1:
            self.refusals += 1
            raise Hasty
        self.left -= 1
        # Not at once: however slow this machine is, some frames of a flood come through between the others.
        self.refusals = max(self.refusals - 1, 0)


def parse(text: str | None) -> dict:
    """The frame in a text, or Refused."""
    if text is None or len(text.encode(errors="replace")) > LARGEST_FRAME:
        raise Refused("Only texts of at most 64 KB are understood.")
    try:
        frame = json.loads(text)
        json.dumps(frame, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("This is not JSON.") from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise Refused("This is not a message with a type.")
    return frame


def topic_in(frame: dict) -> str:
    """The topic that a frame names, or Refused."""
    if not live.is_topic(frame.get("topic")):
        raise Refused("This is not a topic.")
    return frame["topic"]


def number_in(frame: dict, key: str) -> int:
    """The number that a frame names, or Refused."""
    value = frame.get(key)
    if type(value) is not int or not 0 < value < 2**63:
        raise Refused(f"The {key} must be a number.")
    return value
