"""The table of the chat: each crowd beside the same one before a bare server."""

from dataclasses import dataclass, field

from bench.columns import with_notes

HEAD = [
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
        return with_notes([HEAD, *([*self._cells(line)] for line in self.lines)], self.notes)

    def _cells(self, line: ChatLine):
        floor = self.floor(line)
        yield from (line.name, line.sockets, f"{line.rate:g}")
        yield from (f"{line.times[share]:.1f}" for share in ("0.5", "0.95", "0.99"))
        yield from (f"{line.cpu[name]:.1f}" for name in ("live", "database", "redis"))
        yield f"{line.cpu['live'] / (floor.cpu['live'] or 1):.2f}"
        yield f"{line.cost / (floor.cost or 1):.2f}"
        yield from (f"{line.socket_bytes / 1000:.0f}", line.heard, f"{line.generator:.0%}", line.goal)
