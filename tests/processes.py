"""Real Celery workers and beats, on the database of a test and its Valkey, to be killed at will."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

WORKER = ["-A", "collaborate", "worker", "--concurrency", "1"]
BEAT = ["-A", "tests.quick_beat", "beat", "--max-interval", "1", "-l", "INFO"]


def until(condition, seconds=60):
    """Look again until a condition holds, as long as a slow machine may need."""
    stop = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop, "it did not come about"
        threading.Event().wait(0.02)


class Celery:
    """One process of Celery, with a log of its own."""

    def __init__(self, command: list[str], log: Path, smtp_port: int):
        place = connection.settings_dict
        environment = {
            **os.environ,
            "DATABASE_URL": os.environ["DATABASE_URL"].replace("/collaborate?", f"/{place['NAME']}?"),
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "UNDO_SEND_SECONDS": "0",
        }
        self.log = log
        with log.open("w") as told:
            streams = {"stdout": told, "stderr": told, "start_new_session": True}
            command = [sys.executable, "-m", "celery", *command]
            self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, **streams)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def said(self, words: str) -> int:
        """How often these words stand in its log."""
        return self.log.read_text().count(words)
