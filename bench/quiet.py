"""Whether a table can be believed: what others took of the processors while its rows were driven."""

from dataclasses import dataclass

import psutil

from bench import cpu

LOUD = 0.05  # of all processors: the kernel's own work for our servers stays below


@dataclass
class Taken:
    """Shares of all processors: of other programs, and of what the host gave to other machines."""

    others: float
    host: float

    @property
    def is_loud(self) -> bool:
        """Whether that is enough to disturb rows."""
        return self.others + self.host > LOUD

    def as_text(self) -> str:
        """For below a table."""
        told = f"Other programs took {self.others:.0%} of the processors, the host {self.host:.0%}"
        loud = ": the machine was not quiet. Believe x and ± rather than milliseconds."
        return told + (loud if self.is_loud else ".")


class Watch:
    """Watches the machine from now on."""

    def __init__(self):
        self._began = _read()

    def taken(self) -> Taken:
        """What others have taken since."""
        return share(*(now - then for now, then in zip(_read(), self._began, strict=True)))


def share(every: float, busy: float, stolen: float, ours: float) -> Taken:
    """From seconds of all processors: in all, at work, taken by the host, and at work for the bench."""
    return Taken(others=max(busy - ours, 0) / (every or 1), host=stolen / (every or 1))


def _read() -> tuple[float, float, float, float]:
    spent = psutil.cpu_times()
    busy = spent.user + spent.nice + spent.system + spent.irq + spent.softirq
    return busy + spent.steal + spent.idle + spent.iowait, busy, spent.steal, cpu.of_tree(psutil.Process())
