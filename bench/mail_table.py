"""The table of the mail: workers beside a bare loop."""

from dataclasses import dataclass, field

from bench.columns import with_notes

SHARES = ["SQL", "choosing", "writing", "SMTP", "rest"]
HEAD = ["", "workers", "sent", "a second", "a worker", "CPU ms", "x", "statements", *SHARES, "goal"]


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
        return with_notes([HEAD, *([*self._cells(line)] for line in self.lines)], self.notes)

    def _cells(self, line: MailLine):
        yield from (line.name, line.workers, line.sent, f"{line.rate:.0f}", f"{line.rate / line.workers:.0f}")
        yield from (f"{line.cpu:.2f}", f"{line.cpu / (self.lines[0].cpu or 1):.1f}", f"{line.statements:.1f}")
        yield from (f"{line.shares.get(kind, 0):.0%}" if line.shares else "" for kind in SHARES)
        yield line.goal
