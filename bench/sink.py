"""A mail server that takes whatever it gets, as fast as it can: python -m bench.sink PORT DIRECTORY.

The first letters are kept in the directory, for the bare loop that sends the same.
"""

import asyncio
import contextlib
import sys
from pathlib import Path

KEPT = 300
END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One connection."""

    taken = 0
    directory: Path

    def connection_made(self, transport) -> None:
        self.transport, self.buffer, self.is_letter = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take_letter() if self.is_letter else self._take_line():
            continue

    def _take_line(self) -> bool:
        line, end, rest = self.buffer.partition(b"\r\n")
        if end:
            self.buffer = rest
            self._answer(line[:4].upper())
        return bool(end)

    def _answer(self, verb: bytes) -> None:
        self.is_letter = verb == b"DATA"
        answers = {
            b"DATA": b"354 Go on\r\n",
            b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
            b"QUIT": b"221 Bye\r\n",
        }
        self.transport.write(answers.get(verb, b"250 OK\r\n"))
        if verb == b"QUIT":
            self.transport.close()

    def _take_letter(self) -> bool:
        letter, end, rest = self.buffer.partition(END)
        if end:
            self.buffer, self.is_letter = rest, False
            if Session.taken < KEPT:
                (self.directory / f"{Session.taken}.eml").write_bytes(letter)
            Session.taken += 1
            self.transport.write(b"250 Taken\r\n")
        return bool(end)


async def main(port: int, directory: str) -> None:
    """Take letters until ended."""
    Session.directory = Path(directory)
    Session.directory.mkdir(exist_ok=True)
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
