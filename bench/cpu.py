"""How much processor time a server and all that it started have used, as the kernel counts it."""

import time

import psutil

Spent = dict[str, float]

OF_A_PROCESS = 2  # the kind of clock, for Linux: all threads, ended ones too, to the nanosecond
AFTERWARDS = ("checkpointer", "background writer")  # of PostgreSQL: they write what rows long past did


class Meter:
    """Reads the processor time of named servers; what their ended children used is in it."""

    def __init__(self, **roots: int):
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}
        self._left_out = {late.pid for root in self._roots.values() for late in afterwards(root)}

    def read(self) -> Spent:
        """Seconds of processor time by server."""
        return {name: of_tree(root, self._left_out) for name, root in self._roots.items()}


def per_request(before: Spent, after: Spent, requests: int) -> Spent:
    """Milliseconds of processor time for each request, by server."""
    return {name: 1000 * (after[name] - before[name]) / requests for name in before}


def of_tree(root: psutil.Process, left_out: set[int] = frozenset()) -> float:
    """Seconds of a process and of all that it started, but for some."""
    everybody = [root, *root.children(recursive=True)]
    return sum(of(process) for process in everybody if process.pid not in left_out)


def of(process: psutil.Process) -> float:
    """Seconds of a process, and of its children that have ended."""
    try:
        ended = process.cpu_times()
        own = time.clock_gettime((~process.pid << 3) | OF_A_PROCESS)
    except (psutil.NoSuchProcess, OSError):
        return 0  # it ended just now, and is in its parent's figure at the next reading
    return own + ended.children_user + ended.children_system


def afterwards(server: psutil.Process) -> list[psutil.Process]:
    """The processes of PostgreSQL that work by the clock, not for a row."""
    named = [(child, " ".join(child.cmdline())) for child in server.children()]
    return [child for child, title in named if any(f"postgres: {late}" in title for late in AFTERWARDS)]
