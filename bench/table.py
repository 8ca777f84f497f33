"""The table: each row's times, processor time, bytes and queries, beside the yardstick of the same run."""

import json
from dataclasses import asdict, dataclass

GROWTH_AT_MOST = 1.25
HEAD = [
    "",
    "median ms",
    "p95 ms",
    "web",
    "database",
    "redis",
    "CPU ms",
    "x",
    "KB",
    "queries",
    "requests",
    "goal",
]


@dataclass
class Line:
    """One row as measured."""

    name: str
    median: float
    p95: float
    cpu: dict[str, float]
    bytes: int
    queries: int | None
    clients: int
    requests: int
    goal: str

    @property
    def cost(self) -> float:
        """Milliseconds of processor time for a request, of all servers together."""
        return sum(self.cpu.values())


@dataclass
class Table:
    """The rows of one size; the first is the yardstick."""

    size: int
    lines: list[Line]

    def times(self, line: Line) -> float:
        """How many yardsticks a row costs."""
        return line.cost / (self.lines[0].cost or 1)  # a few requests may cost nothing that one could count

    def as_text(self) -> str:
        """For the terminal and for docs/measuring.md."""
        return _columns([HEAD, *([str(cell) for cell in self._cells(line)] for line in self.lines)])

    def as_json(self) -> str:
        """For whoever compares runs."""
        return json.dumps({"size": self.size, "lines": [asdict(line) for line in self.lines]}, indent=1)

    def _cells(self, line: Line):
        yield line.name if line.clients > 1 else f"{line.name} (alone)"
        yield from (f"{line.median:.1f}", f"{line.p95:.1f}")
        yield from (f"{line.cpu[name]:.2f}" for name in ("web", "database", "redis"))
        yield from (f"{line.cost:.2f}", f"{self.times(line):.2f}", f"{line.bytes / 1000:.1f}")
        yield from ("" if line.queries is None else line.queries, line.requests, line.goal)


def growth(tables: list[Table]) -> str:
    """What each row costs at each size, in yardsticks, with a mark where it grows by more than a quarter."""
    sizes = sorted(tables, key=lambda table: table.size)
    rows = [["", *(f"{table.size:,}" for table in sizes), "growth", ""]]
    for line in sizes[-1].lines[1:]:
        found = [next((t.times(other) for other in t.lines if other.name == line.name), None) for t in sizes]
        if None not in found:
            factor = found[-1] / found[0]
            mark = "GROWS" if factor > GROWTH_AT_MOST else ""
            rows.append([line.name, *(f"{times:.2f}" for times in found), f"{factor:.2f}", mark])
    return _columns(rows)


def _columns(rows: list[list[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = (
        " | ".join(
            cell.ljust(width) if n in (0, len(widths) - 1) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    head, *rest = (f"| {line} |" for line in lines)
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([head, rule, *rest])
