"""The tables: each row's times and processor time, beside the yardstick or the floor of the same run."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
CHAT_HEAD = [
    "",
    "sockets",
    "messages/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "live µs",
    "database µs",
    "redis µs",
    "x live",
    "x all",
    "KB a socket",
    "heard",
    "generator",
    "goal",
]
SHARES = ["SQL", "choosing", "writing", "SMTP", "rest"]
MAIL_HEAD = ["", "workers", "sent", "a second", "a worker", "CPU ms", "x", "statements", *SHARES, "goal"]


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
    """The pages of one size, and every drive of the yardstick among them."""

    drives: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    unit: float = 0  # milliseconds of a yardstick, where several tables share one

    @property
    def yardstick(self) -> Line:
        """The middle one of its drives here."""
        return middle(self.drives)

    def times(self, line: Line) -> float:
        """How many yardsticks a row costs."""
        # A few requests may cost nothing that one could count.
        return line.cost / (self.unit or self.yardstick.cost or 1)

    def as_text(self) -> str:
        """For the terminal and for docs/measuring.md."""
        rows = [self.yardstick, *self.lines]
        table = _columns([HEAD, *([str(cell) for cell in self._cells(line)] for line in rows)])
        least, most = (pick(line.cost for line in self.drives) for pick in (min, max))
        unit = self.unit or self.yardstick.cost
        told = f"{len(self.drives)} drives of the yardstick: {least:.2f} to {most:.2f} ms; 1x: {unit:.2f}."
        return f"{table}\n\n{told}"

    def _cells(self, line: Line):
        yield line.name if line.clients > 1 else f"{line.name} (alone)"
        yield from (f"{line.median:.1f}", f"{line.p95:.1f}")
        yield from (f"{line.cpu[name]:.2f}" for name in ("web", "database", "redis"))
        yield from (f"{line.cost:.2f}", f"{self.times(line):.2f}", f"{line.bytes / 1000:.1f}")
        yield from ("" if line.queries is None else line.queries, line.requests, line.goal)


@dataclass
class ChatLine:
    """A crowd that spoke at one rate, as all of it heard."""

    name: str
    sockets: int
    rate: float
    times: dict[str, float]  # milliseconds from saying to hearing, by share
    heard: int
    cpu: dict[str, float]  # microseconds for each message that one socket heard
    generator: float  # how busy the load generator was: 1 is one processor
    socket_bytes: float
    goal: str = ""

    @property
    def cost(self) -> float:
        """Microseconds of processor time for each message that one socket heard, of all servers together."""
        return sum(self.cpu.values())


@dataclass
class ChatTable:
    """Rows of the chat, each after its floor, and what is told in a sentence."""

    lines: list[ChatLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def floor(self, line: ChatLine) -> ChatLine:
        """The same crowd before a bare server."""
        name = f"floor, {line.name.partition(', ')[2]}"
        return next(each for each in self.lines if each.name == name)

    def as_text(self) -> str:
        """For the terminal and for docs/measuring.md."""
        rows = [CHAT_HEAD, *([str(cell) for cell in self._cells(line)] for line in self.lines)]
        return "\n\n".join(filter(None, [_columns(rows) if self.lines else "", "\n".join(self.notes)]))

    def _cells(self, line: ChatLine):
        floor = self.floor(line)
        yield from (line.name, line.sockets, f"{line.rate:g}")
        yield from (f"{line.times[share]:.1f}" for share in ("0.5", "0.95", "0.99"))
        yield from (f"{line.cpu[name]:.1f}" for name in ("live", "database", "redis"))
        yield f"{line.cpu['live'] / (floor.cpu['live'] or 1):.2f}"
        yield f"{line.cost / (floor.cost or 1):.2f}"
        yield from (f"{line.socket_bytes / 1000:.0f}", line.heard, f"{line.generator:.0%}", line.goal)


@dataclass
class MailLine:
    """What some workers sent side by side."""

    name: str
    workers: int
    sent: int
    seconds: float
    cpu: float  # milliseconds of the workers for each letter
    statements: float
    shares: dict[str, float]  # of the workers' time, by kind of work
    goal: str = ""

    @property
    def rate(self) -> float:
        """Letters a second, of all workers together."""
        return self.sent / self.seconds if self.seconds else 0


@dataclass
class MailTable:
    """Rows of the mail; the first is the bare loop."""

    lines: list[MailLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """For the terminal and for docs/measuring.md."""
        rows = [MAIL_HEAD, *([str(cell) for cell in self._cells(line)] for line in self.lines)]
        return "\n\n".join(filter(None, [_columns(rows) if self.lines else "", "\n".join(self.notes)]))

    def _cells(self, line: MailLine):
        yield from (line.name, line.workers, line.sent, f"{line.rate:.0f}", f"{line.rate / line.workers:.0f}")
        yield from (f"{line.cpu:.2f}", f"{line.cpu / (self.lines[0].cpu or 1):.1f}", f"{line.statements:.1f}")
        yield from (f"{line.shares.get(kind, 0):.0%}" if line.shares else "" for kind in SHARES)
        yield line.goal


def middle(drives: Iterable[Line]) -> Line:
    """The drive that cost neither most nor least: what disturbs a machine for a moment leaves it alone."""
    ranked = sorted(drives, key=lambda line: line.cost)
    return ranked[(len(ranked) - 1) // 2]


def share_yardstick(tables: list[Table]) -> None:
    """Measure all tables of a course by one yardstick, so that its drift is nobody's growth."""
    if drives := [drive for table in tables for drive in table.drives]:
        unit = middle(drives).cost
        for table in tables:
            table.unit = unit


def growth(tables: dict[int, Table]) -> str:
    """What each row costs at each size, with a mark where it grows by more than a quarter."""
    rows = [["", *(f"{size:,}" for size in sorted(tables)), "growth", ""]]
    sizes = [tables[size] for size in sorted(tables)]
    for line in [sizes[-1].yardstick, *sizes[-1].lines]:
        named = [next((o for o in (t.yardstick, *t.lines) if o.name == line.name), None) for t in sizes]
        if None not in named:
            factor = named[-1].cost / (named[0].cost or 1)
            mark = "GROWS" if factor > GROWTH_AT_MOST else ""
            costs = (f"{o.cost:.1f} ms {t.times(o):.2f}x" for t, o in zip(sizes, named, strict=True))
            rows.append([line.name, *costs, f"{factor:.2f}", mark])
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
