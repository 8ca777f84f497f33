"""Where the time of a worker goes: of each kind of work, without what it leaves to another kind."""

import time
from collections import Counter, defaultdict
from functools import wraps

REST = "rest"


class Shares:
    """Seconds by kind of work."""

    def __init__(self, clock=time.perf_counter):
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._clock, self._kinds, self._since = clock, [REST], clock()

    def wrap(self, owner, name: str, kind: str) -> None:
        """Count what this function does as work of one kind."""
        work = getattr(owner, name)

        @wraps(work)
        def counted(*args, **options):
            self._turn()
            self._kinds.append(kind)
            self.calls[kind] += 1
            try:
                return work(*args, **options)
            finally:
                self._turn()
                self._kinds.pop()

        setattr(owner, name, counted)

    def start(self) -> None:
        """Begin anew."""
        self.seconds.clear()
        self.calls.clear()
        self._since = self._clock()

    def stop(self) -> dict[str, float]:
        """Each kind's share of all the time."""
        self._turn()
        total = sum(self.seconds.values()) or 1
        return {kind: spent / total for kind, spent in self.seconds.items()}

    def _turn(self) -> None:
        now = self._clock()
        self.seconds[self._kinds[-1]] += now - self._since
        self._since = now
