"""The floor of the mail: smtplib and letters that are written already: python -m bench.loop PLAN FILE."""

import itertools
import json
import smtplib
import sys
import time
from pathlib import Path


def send(port: int, directory: str, seconds: float) -> dict:
    """The kept letters again and again over one connection."""
    letters = [path.read_bytes() for path in sorted(Path(directory).glob("*.eml"))]
    with smtplib.SMTP("127.0.0.1", port) as line:
        began, spent, sent = time.monotonic(), time.process_time(), 0
        for letter in itertools.cycle(letters):
            line.sendmail("collaborate@example.org", ["leader@example.org"], letter)
            sent += 1
            if time.monotonic() - began > seconds:
                break
    return {"from": began, "to": time.monotonic(), "sent": sent, "cpu": time.process_time() - spent}


if __name__ == "__main__":
    told, brought = sys.argv[1:]
    Path(brought).write_text(json.dumps(send(**json.loads(Path(told).read_text()))))
