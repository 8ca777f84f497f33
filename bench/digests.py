"""A digest that is due for every leader: python -m bench.digests FILE."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from bench import clock  # noqa: E402
from bench.people import BEGAN  # noqa: E402
from community.mail import digest  # noqa: E402
from community.models import Digest, Reading  # noqa: E402
from leaders.models import DigestFrequency, Leader, MailPreferences  # noqa: E402


def forget() -> None:
    """Take away what an earlier run of the bench sent."""
    Digest.objects.all().delete()
    Reading.objects.filter(read_up_to=0, mailed_up_to__gt=0).delete()
    Reading.objects.filter(mailed_up_to__gt=0).update(mailed_up_to=0)
    MailPreferences.objects.all().delete()


def prepare() -> dict:
    """Everybody chose the daily digest long ago, and its hour has come."""
    chosen = {"digest": DigestFrequency.DAILY, "chosen_at": BEGAN}
    keys = Leader.objects.values_list("pk", flat=True)
    MailPreferences.objects.bulk_create(
        [MailPreferences(leader_id=pk, **chosen) for pk in keys], batch_size=2_000
    )
    began = time.monotonic()
    with clock.set_back():
        opened = digest.open_due()
    return {"opened": opened, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    forget()
    Path(sys.argv[1]).write_text(json.dumps(prepare()))
