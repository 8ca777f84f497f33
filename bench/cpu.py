"""How much processor time a server and all that it started have used, as the kernel counts it."""

import psutil

Spent = dict[str, float]


class Meter:
    """Reads the processor time of named servers; what their ended children used is in it."""

    def __init__(self, **roots: int):
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}

    def read(self) -> Spent:
        """Seconds of processor time by server."""
        return {name: _of_tree(root) for name, root in self._roots.items()}


def per_request(before: Spent, after: Spent, requests: int) -> Spent:
    """Milliseconds of processor time for each request, by server."""
    return {name: 1000 * (after[name] - before[name]) / requests for name in before}


def _of_tree(root: psutil.Process) -> float:
    total = sum(root.cpu_times()[:4])
    for child in root.children():
        try:
            total += _of_tree(child)
        except psutil.NoSuchProcess:
            continue  # it ended just now, and is in its parent's figure at the next reading
    return total
