"""A worker that sends the digests that are due, for so many seconds: python -m bench.postman PLAN FILE."""

import json
import smtplib
import sys
import time
from pathlib import Path

import django

django.setup()

from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402

from bench import clock  # noqa: E402
from bench.shares import Shares  # noqa: E402
from community.mail import delivery, digest, editions  # noqa: E402
from leaders import mail  # noqa: E402

SQL, CHOOSING, WRITING, SMTP = "SQL", "choosing", "writing", "SMTP"

WARMING, LONGEST = 1, 60  # seconds


def watch() -> Shares:
    """Have every kind of work counted."""
    shares = Shares()
    for owner, name, kind in (
        (CursorWrapper, "execute", SQL),
        (CursorWrapper, "executemany", SQL),
        (DatabaseWrapper, "_commit", SQL),
        (editions, "compose", CHOOSING),
        (mail, "write", WRITING),
        (mail.Smtp, "send_messages", WRITING),
        (smtplib.SMTP, "sendmail", SMTP),
    ):
        shares.wrap(owner, name, kind)
    return shares


def deliver(seconds: float) -> dict:
    """Send what is due until nothing is, or time is up; a worker has been at it for long."""
    shares = watch()
    with clock.set_back():
        _warm(shares)
        delivery.PATIENCE = seconds
        shares.start()
        began, spent = time.monotonic(), time.process_time()
        digest.deliver()
        ended, spent = time.monotonic(), time.process_time() - spent
    found = {"from": began, "to": ended, "cpu": spent, "sent": shares.calls[SMTP]}
    return {**found, "statements": shares.calls[SQL], "shares": shares.stop()}


def _warm(shares: Shares) -> None:
    """Send the first letters, however long they take to be composed."""
    delivery.PATIENCE = WARMING
    while not shares.calls[SMTP] and delivery.PATIENCE <= LONGEST:
        digest.deliver()
        delivery.PATIENCE *= 2


if __name__ == "__main__":
    told, brought = sys.argv[1:]
    found = deliver(json.loads(Path(told).read_text())["seconds"])
    Path(brought).write_text(json.dumps(found))
