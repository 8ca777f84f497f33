"""Whose time it is."""

from bench.shares import Shares


class Clock:
    """Ticks when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Office:
    """Work within work."""

    def __init__(self, clock):
        self.clock = clock

    def write(self):
        self.clock.now += 2
        self.ask()

    def ask(self):
        self.clock.now += 5


def test_what_is_left_to_another_kind_of_work_is_not_counted_twice():
    clock = Clock()
    office, shares = Office(clock), Shares(clock)
    shares.wrap(office, "write", "writing")
    shares.wrap(office, "ask", "SQL")
    shares.start()
    office.write()
    clock.now += 3
    assert shares.stop() == {"writing": 0.2, "SQL": 0.5, "rest": 0.3}
    assert shares.calls == {"writing": 1, "SQL": 1}
