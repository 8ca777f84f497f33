"""Where things lie on this machine: the checkout, its var/ directory, its lock, its secret, its ports."""

import errno
import fcntl
import os
import secrets
import shutil
import socket
from pathlib import Path
from typing import IO

from collaborate.local.console import Failure

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
ROOM = 200 * MEGABYTE


def var() -> Path:
    """The directory that holds all that a running Collaborate writes."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


def prepare(directory: Path) -> Path:
    """Make the directory, or say why nothing can be kept in it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise Failure(_why_unwritable(directory, error)) from error
    free = shutil.disk_usage(directory).free
    if free < ROOM:
        raise Failure(
            f"The disk is full: {free // MEGABYTE} MB are free below {directory}, "
            f"and the database needs {ROOM // MEGABYTE} MB."
        )
    return directory


def lock(directory: Path) -> IO[str] | None:
    """Take the directory for this process until it ends; None if another process has it."""
    file = (directory / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def secret_key(directory: Path) -> str:
    """The secret of this directory, made once and readable by its owner alone."""
    path = directory / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def wanted_port() -> int:
    """The port that PORT asks for, 8000 by default."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Failure(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def require_port(port: int) -> None:
    """Refuse a port that somebody else answers on, on either kind of localhost."""
    advice = f"Choose another one: PORT={port + 1 if port < 65535 else 8000} make run"
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if _answers(family, host, port):
            raise Failure(f"Port {port} is taken by another program. {advice}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
            raise Failure(f"Port {port} {reason}. {advice}") from error


def free_port() -> int:
    """A loopback port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(family: int, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.settimeout(1)
            return probe.connect_ex((host, port)) == 0
    except OSError:
        return False


def _why_unwritable(directory: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: nothing can be written to {directory}."
    return f"Nothing can be written to {directory}: {error.strerror}."
