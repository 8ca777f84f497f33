"""An open page as the load generator needs it: a WebSocket that costs next to nothing to listen to."""

import asyncio
import json
import os
import struct
import time
from array import array

MARK = b"bench "  # stands before the time at which a message was sent, in nanoseconds
DIGITS = 19
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Tally:
    """What all pages of this process heard."""

    def __init__(self):
        self.latencies = array("d")  # milliseconds
        self.refusals: list[str] = []

    def hear(self, payload: bytes) -> None:
        """Count one message."""
        at = payload.index(MARK) + len(MARK)
        self.latencies.append((time.monotonic_ns() - int(payload[at : at + DIGITS])) / 1e6)


class Page(asyncio.Protocol):
    """One socket in one room. It understands what our servers send: short, whole, unmasked frames."""

    def __init__(self, tally: Tally, seat: dict, host: str):
        self.tally, self.room, self.cookie, self.host = tally, seat["room"], seat["cookie"], host
        self.buffer, self.is_open = bytearray(), False
        self.listens = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self.transport = transport
        lines = [
            "GET /ws/ HTTP/1.1",
            f"Host: {self.host}",
            f"Origin: https://{self.host}",
            f"Cookie: {self.cookie}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: Y29sbGFib3JhdGUtcGFnZQ==",
            "Sec-WebSocket-Version: 13",
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def connection_lost(self, error) -> None:
        self._fail("cut off")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open:
            self._open()
        while self.is_open and (frame := self._next()):
            self._take(*frame)

    def subscribe(self) -> None:
        """Follow the room, as a page does once it is open."""
        self.send({"type": "subscribe", "topic": f"room:{self.room}"})

    def say(self, uuid: str, words: str) -> None:
        """Say something that tells when it was said."""
        self.send({"type": "say", "room": self.room, "uuid": uuid, "body": stamped(words)})

    def send(self, frame: dict) -> None:
        """Send a text."""
        self._write(TEXT, json.dumps(frame).encode())

    def _open(self) -> None:
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if end:
            if b" 101 " not in head[:20]:
                return self._fail(head[:60].decode(errors="replace"))
            self.buffer, self.is_open = rest, True
            self.subscribe()
        return None

    def _fail(self, why: str) -> None:
        if not self.listens.done():
            self.listens.set_exception(ConnectionError(why))

    def _next(self) -> tuple[int, bytes] | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, begin = buffer[1], 2
        if length == 126:
            length, begin = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, begin = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < begin + length:
            return None
        frame = buffer[0] & 15, bytes(buffer[begin : begin + length])
        del buffer[: begin + length]
        return frame

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._write(PONG, payload)
        elif kind == CLOSE:
            self.transport.close()
        elif MARK in payload:
            self.tally.hear(payload)
        elif b'"subscribed"' in payload:
            self.listens.set_result(None)
        elif b'"error"' in payload:
            self.tally.refusals.append(json.loads(payload)["reason"])

    def _write(self, kind: int, payload: bytes) -> None:
        length, mask = len(payload), os.urandom(4)
        size = bytes([128 | length]) if length < 126 else struct.pack("!BH", 128 | 126, length)
        times = mask * (length // 4 + 1)
        masked = int.from_bytes(payload, "big") ^ int.from_bytes(times[:length], "big")
        self.transport.write(bytes([128 | kind]) + size + mask + masked.to_bytes(length, "big"))


def stamped(words: str) -> str:
    """Words after the time at which they are said."""
    return f"{MARK.decode()}{time.monotonic_ns():0{DIGITS}d} {words}"
