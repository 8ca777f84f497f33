"""What the person at the terminal reads: steps with their time, one stream of logs, a sentence on failure."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

PALETTE = {"web": 36, "worker": 35, "beat": 34, "mail": 33, "inbound": 33}

_lock = threading.Lock()
_open_line: str | None = None


class Failure(Exception):
    """What went wrong, as one sentence for the person at the terminal."""


def say(text: str = "") -> None:
    """Print a line, closing a step's unfinished line first."""
    global _open_line
    with _lock:
        _write(("\n" if _open_line else "") + text + "\n")
        _open_line = None


def log(name: str, line: str, width: int = 7) -> None:
    """Print one line of a process's output under its name."""
    prefix = f"{name:<{width}}|"
    if sys.stdout.isatty():
        prefix = f"\033[{PALETTE.get(name, 37)}m{prefix}\033[0m"
    say(f"{prefix} {line}")


@contextlib.contextmanager
def step(label: str) -> Iterator[None]:
    """Show that something has begun, and how long it took."""
    global _open_line
    began = time.monotonic()
    with _lock:
        _write(("\n" if _open_line else "") + f"- {label} ... ")
        _open_line = label
    try:
        yield
    except BaseException:
        _finish(label, "failed")
        raise
    _finish(label, f"{time.monotonic() - began:.1f} s")


def complain(sentence: str) -> None:
    """Say on stderr, in one line, why this ends here."""
    global _open_line
    with _lock:
        if _open_line:
            _write("\n")
            _open_line = None
        with contextlib.suppress(OSError, ValueError):
            print(" ".join(sentence.split()), file=sys.stderr, flush=True)


def _finish(label: str, outcome: str) -> None:
    global _open_line
    with _lock:
        _write(f"{outcome}\n" if _open_line == label else f"- {label}: {outcome}\n")
        _open_line = None


def _write(text: str) -> None:
    # A reader that went away (`make run | head`) must not keep the processes from being ended.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()
