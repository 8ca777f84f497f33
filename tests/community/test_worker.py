"""Real Celery workers, beside a real mail server: what was promised is delivered, and once."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from community import tasks
from community.models import Digest, Errand, Notice
from leaders import preferences
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db(transaction=True)


def until(condition, seconds=60):
    """Look again until a condition holds, as long as a slow machine may need."""
    stop = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop, "it did not come about"
        threading.Event().wait(0.05)


@pytest.fixture
def workers(sink, tmp_path):
    """Starts workers on the database of the test, and a queue of their own."""
    started = []
    place = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/collaborate?", f"/{place['NAME']}?"),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "UNDO_SEND_SECONDS": "0",
    }

    def start():
        name = f"worker{len(started)}"
        command = ["-m", "celery", "-A", "collaborate", "worker", "--concurrency", "1", "-n", f"{name}@test"]
        with (tmp_path / f"{name}.log").open("w") as log:
            streams = {"stdout": log, "stderr": log, "start_new_session": True}
            command = [sys.executable, *command]
            started.append(
                subprocess.Popen(command, env=environment, cwd=django_settings.BASE_DIR, **streams)
            )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wants(leader):
    preferences.choose_digest(leader, "daily", source="joining")
    return Digest.objects.create(leader=leader, period="2026-01-01")


def test_a_reply_becomes_a_notice_and_a_digest_a_letter(ana, ben, space, sink, workers):
    workers()
    make_reply(make_thread(space, ana, "Saying no kindly"), ben, "Well said.")
    until(lambda: Notice.objects.filter(leader=ana, kind="reply").exists() and not Errand.objects.exists())
    row = wants(ana)
    tasks.send_digests.delay()
    until(lambda: Digest.objects.get().state == "sent")
    [letter] = sink.letters
    assert letter["To"] == "Ana Brook <ana@example.org>"
    assert row.message_key.hex in letter["Message-ID"]


def test_a_worker_killed_in_mid_digest_sends_none_twice(ana, ben, dara, space, sink, workers):
    for leader in (ana, ben):
        make_thread(space, leader)
    rows = [wants(leader) for leader in (ana, ben, dara)]
    first = workers()
    sink.hold()
    tasks.send_digests.delay()
    until(lambda: sink.held)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    sink.release()
    assert Digest.objects.filter(state="sending").count() == 1
    Digest.objects.exclude(lease_until=None).update(lease_until=timezone.now())
    workers()
    tasks.send_digests.delay()
    until(lambda: not Digest.objects.filter(state__in=["due", "claimed", "sending"]).exists())
    assert sorted(Digest.objects.values_list("state", flat=True)) == ["ambiguous", "sent", "sent"]
    assert len(sink.envelopes) == len(set(sink.envelopes)) <= len(rows)
