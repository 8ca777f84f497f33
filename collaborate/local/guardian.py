"""Ends the processes of a supervisor that vanished, for example by kill -9.

The supervisor writes "+PID SIGNAL" and "-PID" lines into stdin. When stdin ends while processes are
listed, they are asked to end by their signal, and forced after five seconds. Standard library only, so
that it stays small.
"""

import os
import signal
import sys
import time


def main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    listed: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            pid, signum = line[1:].split()
            listed[int(pid)] = int(signum)
        elif line.startswith("-"):
            listed.pop(int(line[1:]), None)
    end(listed)


def end(listed: dict[int, int]) -> None:
    for pid, signum in listed.items():
        send(os.kill, pid, signum)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(send(os.killpg, pid, 0) for pid in listed):
        time.sleep(0.1)
    for pid in listed:
        send(os.killpg, pid, signal.SIGKILL)


def send(kill, pid: int, signum: int) -> bool:
    try:
        kill(pid, signum)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
