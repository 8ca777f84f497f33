"""Somebody who reads one page again and again until told to end: python -m bench.visitor PLAN FILE."""

import http.client
import json
import signal
import sys
import time
from pathlib import Path

HEADERS = {"X-Forwarded-Proto": "https", "Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


class Visitor:
    """Asks one server, over one connection, as one signed-in leader."""

    def __init__(self, port: int, cookie: str):
        self.line = http.client.HTTPConnection("localhost", port, timeout=60)
        self.headers = {**HEADERS, "Cookie": cookie}

    def read(self, path: str) -> tuple[float, bytes]:
        """A page, and the milliseconds that it took."""
        began = time.monotonic()
        self.line.request("GET", path, headers=self.headers)
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}.")
        return 1000 * (time.monotonic() - began), body


def stay(plan: dict, found: list[tuple[float, float]]) -> None:
    """Read on and on; note when each page was asked for, by the clock of this machine, and its time."""
    visitor = Visitor(plan["port"], plan["cookie"])
    while True:
        began = time.monotonic()
        found.append((began, visitor.read(plan["path"])[0]))


if __name__ == "__main__":
    told, brought = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    times: list[tuple[float, float]] = []
    try:
        stay(json.loads(Path(told).read_text()), times)
    finally:
        Path(brought).write_text(json.dumps(times))
