"""How soon a reply is noticed on another screen: python -m bench.noticing PLAN FILE."""

import http.client
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from websockets.sync.client import connect

PATIENCE = 30
WARMING = 5  # replies that are not counted: they wait for the worker to start, and for each web process
WORDS = "Thank you. We tried the same in our practice."


def measure(plan: dict) -> list[float]:
    """Milliseconds from asking for a reply to be stored to hearing of it, once all has warmed up."""
    host = f"localhost:{plan['live']}"
    cookie = {"Cookie": plan["reader"]}
    with connect(f"ws://{host}/ws/", origin=f"https://{host}", additional_headers=cookie) as page:
        _hear(page, "heartbeat")
        times = [_once(plan, thread, page) for thread in plan["threads"]]
    return times[min(WARMING, len(times) - 1) :]


def _once(plan: dict, thread: dict, page) -> float:
    began = time.monotonic()
    _reply(plan, thread)
    _hear(page, "notices")
    return 1000 * (time.monotonic() - began)


def _reply(plan: dict, thread: dict) -> None:
    form = {"body": WORDS, "uuid": uuid4(), "seen": thread["seen"], "csrfmiddlewaretoken": plan["token"]}
    headers = {
        "Cookie": plan["writer"],
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "https://localhost",
        "Referer": "https://localhost/",
        "X-Forwarded-Proto": "https",
    }
    line = http.client.HTTPConnection("localhost", plan["web"], timeout=PATIENCE)
    line.request("POST", thread["path"], urlencode(form), headers)
    if (status := line.getresponse().status) != 302:
        raise SystemExit(f"A reply was answered with {status}.")
    line.close()


def _hear(page, kind: str) -> None:
    while json.loads(page.recv(timeout=PATIENCE))["type"] != kind:
        continue


if __name__ == "__main__":
    told, brought = sys.argv[1:]
    Path(brought).write_text(json.dumps(measure(json.loads(Path(told).read_text()))))
