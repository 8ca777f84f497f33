"""Somebody who watches threads, and others who reply in them: python -m bench.watchers FILE."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.people import FIVE, READ, WRITERS  # noqa: E402
from bench.rows import TOKEN  # noqa: E402
from bench.sessions import sign_in  # noqa: E402
from community.models import Level, Notice, Reading, Thread  # noqa: E402
from leaders.models import Leader  # noqa: E402

THREADS = 25  # the first few only find everything started


def prepare() -> dict:
    """One leader watches some threads, and has read them and all notices."""
    threads = Thread.objects.shown().filter(space=READ + 1, closed_at=None).order_by("last_number")[:THREADS]
    Notice.objects.filter(leader=FIVE).delete()
    for thread in threads:
        seen = {"level": Level.WATCHING, "read_up_to": thread.last_number}
        Reading.objects.update_or_create(leader_id=FIVE, thread=thread, defaults=seen)
    writer = WRITERS[0]
    cookies = sign_in(Leader.objects.filter(pk__in=[FIVE, writer]))
    return {
        "reader": cookies[FIVE],
        "writer": f"{cookies[writer]}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "token": TOKEN,
        "threads": [
            {"path": reverse("reply", args=[thread.pk]), "seen": thread.last_number} for thread in threads
        ],
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(prepare()))
