"""Rows and their drives: each is driven once a round, and the middle of all rounds is what is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean, median, quantiles


@dataclass
class Drive:
    """A row, driven once; times in milliseconds, for each request."""

    at: float  # the middle of the drive, in seconds by the clock of this machine
    median: float
    p95: float
    cpu: dict[str, float]
    bytes: int
    requests: int
    x: float = 0  # in yardsticks of that moment

    @property
    def cost(self) -> float:
        """Processor time of all servers together."""
        return sum(self.cpu.values())


@dataclass
class Line:
    """One row, with all its drives."""

    name: str
    clients: int
    goal: str = ""
    queries: int | None = None
    drives: list[Drive] = field(default_factory=list)

    def middle(self, told: Callable[[Drive], float]) -> float:
        """The median of what the rounds tell: a moment of disturbance moves nothing."""
        return median(map(told, self.drives))

    @property
    def cost(self) -> float:
        """Milliseconds of processor time for a request."""
        return self.middle(lambda drive: drive.cost)

    @property
    def x(self) -> float:
        """How many yardsticks it costs."""
        return self.middle(lambda drive: drive.x)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Half of the rounds lie between these, in yardsticks."""
        told = [drive.x for drive in self.drives]
        low, _, high = quantiles(told, method="inclusive") if len(told) > 1 else told * 3
        return low, high

    @property
    def spread(self) -> float:
        """How far from x half of the rounds lie at most, about."""
        low, high = self.quartiles
        return (high - low) / 2

    @property
    def requests(self) -> int:
        """Of all rounds."""
        return sum(drive.requests for drive in self.drives)

    @property
    def bytes(self) -> float:
        """Of an answer."""
        return mean(drive.bytes for drive in self.drives)


def compare(lines: list[Line], yardstick: Line) -> None:
    """Say of each drive, those of the yardstick too, how many yardsticks of its moment it cost."""
    for drive in [drive for line in (yardstick, *lines) for drive in line.drives]:
        # A few requests may cost nothing that one could count.
        drive.x = drive.cost / (unit(drive.at, yardstick.drives) or 1)


def unit(at: float, yardsticks: list[Drive]) -> float:
    """What the yardstick cost at a moment: between the drives before and after it, nearer the nearer one."""
    before = max((each for each in yardsticks if each.at < at), key=lambda each: each.at, default=None)
    after = min((each for each in yardsticks if each.at > at), key=lambda each: each.at, default=None)
    if before is None or after is None:
        return (before or after or yardsticks[0]).cost
    near = (at - before.at) / (after.at - before.at)
    return (1 - near) * before.cost + near * after.cost
