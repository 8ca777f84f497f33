"""A hand in the data of a running Collaborate: one process for many small pieces of code, one by one."""

import contextlib
import io
import json
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = "from tests.e2e import hand; hand.work()"


class Hand:
    """Where the pieces are handed in; each begins with no names of those before."""

    def __init__(self, manage: list[str], env: dict[str, str]):
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        command = [*manage, "shell", "-v0", "-c", WORK]
        self.process = subprocess.Popen(command, env=env, cwd=ROOT, **streams)

    def does(self, code: str) -> str:
        """What the code prints."""
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline() or '["", "The hand is gone."]')
        assert told[1] == "", told[0] + told[1]
        return told[0]

    def goes(self) -> None:
        """No more."""
        self.process.communicate()


def work() -> None:
    """Do each piece that comes in, and tell what it printed and how it failed, if it did."""
    from django.db import close_old_connections

    for line in sys.stdin:
        close_old_connections()
        said, failure = io.StringIO(), ""
        with contextlib.redirect_stdout(said):
            try:
                exec(json.loads(line), {})
            except Exception:
                failure = traceback.format_exc()
        print(json.dumps([said.getvalue(), failure]), flush=True)
