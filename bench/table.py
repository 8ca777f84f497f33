"""The table of pages: each row's times and processor time, beside the yardstick."""

from dataclasses import dataclass, field

from bench.columns import with_notes
from bench.drives import Line

HEAD = [
    "",
    "median ms",
    "p95 ms",
    "web",
    "database",
    "redis",
    "CPU ms",
    "x",
    "±",
    "KB",
    "queries",
    "requests",
    "goal",
]


@dataclass
class Table:
    """The pages of one size, and the yardstick that was driven among them."""

    yardstick: Line
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """For the terminal and for docs/measuring.md."""
        rows = [[*_cells(line)] for line in (self.yardstick, *self.lines)]
        return with_notes([HEAD, *rows], [self._told(), *self.notes])

    def _told(self) -> str:
        costs = [drive.cost for drive in self.yardstick.drives]
        return (
            f"Rounds: {len(self.lines[0].drives)}. Drives of the yardstick: {len(costs)}, "
            f"of {min(costs):.2f} to {max(costs):.2f} ms."
        )


def _cells(line: Line):
    yield line.name if line.clients > 1 else f"{line.name} (alone)"
    yield f"{line.middle(lambda drive: drive.median):.1f}"
    yield f"{line.middle(lambda drive: drive.p95):.1f}"
    for server in ("web", "database", "redis"):
        yield f"{line.middle(lambda drive, server=server: drive.cpu[server]):.2f}"
    yield from (f"{line.cost:.2f}", f"{line.x:.2f}", f"{line.spread:.2f}", f"{line.bytes / 1000:.1f}")
    yield from ("" if line.queries is None else line.queries, line.requests, line.goal)
