"""The load generator: autocannon, in a process that stays, so that no row pays for its start."""

import contextlib
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collaborate.local import assets
from collaborate.local.console import Failure, step
from collaborate.local.processes import Supervisor

HERE = Path(__file__).resolve().parent
MOST = 5_000
GOOD = {"200", "302"}


@dataclass
class Volley:
    """What one row's requests brought; times in milliseconds."""

    times: list[float]
    statuses: dict[str, int]
    bytes: int
    seen: int | None
    errors: int

    def quantile(self, share: float) -> float:
        """The time that this share of the requests did not exceed."""
        return sorted(self.times)[min(int(share * len(self.times)), len(self.times) - 1)]


class Cannon:
    """Fires one volley after the other."""

    def __init__(self, supervisor: Supervisor, log: Path):
        self.supervisor = supervisor
        self.brought, given = os.pipe()
        node = shutil.which("node", path=assets.find_npm()[1])
        told = {"stdin": subprocess.PIPE, "pass_fds": [given], "cwd": HERE, "log": log}
        self.process = supervisor.start("cannon", [node, HERE / "cannon.mjs", given], **told)
        os.close(given)

    def fire(self, plan: dict) -> Volley:
        """Send the requests of a plan (see cannon.mjs) and wait for the last answer."""
        with contextlib.suppress(BrokenPipeError):
            self.process.popen.stdin.write(json.dumps(plan).encode() + b"\n")
            self.process.popen.stdin.flush()
        volley = Volley(**json.loads(self._line()))
        odd = {status: count for status, count in volley.statuses.items() if status not in GOOD}
        if odd or volley.errors or len(volley.times) != plan["amount"]:
            why = odd or volley.errors or "too few answers"
            raise Failure(f"{plan['paths'][0]} did not answer as it should: {why}.")
        return volley

    def close(self) -> None:
        """End it."""
        self.supervisor.stop("cannon")
        with contextlib.suppress(BrokenPipeError):
            self.process.popen.stdin.close()
        os.close(self.brought)

    def _line(self) -> bytes:
        heard = b""
        while not heard.endswith(b"\n"):
            self.supervisor.check(besides=self.process)
            if select.select([self.brought], [], [], 0.2)[0]:
                heard += (some := os.read(self.brought, 1 << 16))
                if not some:
                    raise Failure(f"The load generator failed: {self.process.last_words()}")
        return heard


@contextlib.contextmanager
def loaded(supervisor: Supervisor, log: Path) -> Iterator[Cannon]:
    """A cannon, as long as this lasts."""
    cannon = Cannon(supervisor, log)
    try:
        yield cannon
    finally:
        cannon.close()


def install(supervisor: Supervisor) -> None:
    """Bring in autocannon, as its lock file names it, unless it is there."""
    stamp, wanted = HERE / "node_modules" / ".stamp", (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Installing the load generator"):
        assets.npm(supervisor, ["ci"], HERE)
    stamp.write_text(wanted)


def amount(warm: Volley, seconds: float, clients: int) -> int:
    """How many requests keep so many clients busy for so long."""
    return min(max(int(1000 * clients * seconds / warm.quantile(0.5)), 2 * clients), MOST)
