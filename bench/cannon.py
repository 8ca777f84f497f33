"""The load generator: autocannon, driven one row at a time."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from collaborate.local import assets
from collaborate.local.console import Failure, step
from collaborate.local.processes import Process, Supervisor

HERE = Path(__file__).resolve().parent
MOST = 5_000


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


def install(supervisor: Supervisor) -> None:
    """Bring in autocannon, as its lock file names it, unless it is there."""
    stamp, wanted = HERE / "node_modules" / ".stamp", (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Installing the load generator"):
        assets.npm(supervisor, ["ci"], HERE)
    stamp.write_text(wanted)


def fire(supervisor: Supervisor, directory: Path, plan: dict) -> Volley:
    """Send the requests of a plan (see cannon.mjs) and wait for the last answer."""
    told, brought = directory / "plan.json", directory / "volley.json"
    told.write_text(json.dumps(plan))
    path = assets.find_npm()[1]
    command = [shutil.which("node", path=path), HERE / "cannon.mjs", told, brought]
    process = Process("cannon", command, log=directory / "log" / "cannon.log", cwd=HERE)
    if supervisor.attend(process):
        raise Failure(f"The load generator failed: {process.last_words()}")
    volley = Volley(**json.loads(brought.read_text()))
    odd = {status: count for status, count in volley.statuses.items() if status not in ("200", "302")}
    if odd or volley.errors or len(volley.times) != plan["amount"]:
        raise Failure(
            f"{plan['paths'][0]} did not answer as it should: {odd or volley.errors or 'too few answers'}."
        )
    return volley


def amount(warm: Volley, seconds: float, clients: int) -> int:
    """How many requests keep so many clients busy for so long; never too many for the limit of posts."""
    return min(max(int(1000 * clients * seconds / warm.quantile(0.5)), 2 * clients), MOST)
