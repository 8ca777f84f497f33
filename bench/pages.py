"""Rows of pages, driven in rounds: all sizes take turns, with the yardstick in between."""

from bench import drives, quiet
from bench.cannon import Cannon, loaded
from bench.driver import CROWD, Driver
from bench.stand import Stand
from bench.table import Table
from bench.wish import Wish
from collaborate.local.console import step

YARDSTICK = {
    "name": "yardstick",
    "paths": [f"/shelves/{n}/" for n in range(40)],
    "cookies": [""],
    "clients": CROWD,
}
APART = 4  # rows between two drives of the yardstick

Drivers = dict[int, list[Driver]]


def run(stands: dict[int, Stand], wish: Wish) -> dict[int, Table]:
    """The table of each size with the rows that are wished for; none, if they are all of another kind."""
    chosen = {size: _choose(stand, size, wish) for size, stand in stands.items()}
    if not all(chosen.values()):
        return {}
    first = next(iter(stands.values()))
    with loaded(first.supervisor, first.directory / "log" / "cannon.log") as cannon:
        yardstick = _yardstick(cannon, first, wish)
        drivers = {size: _drivers(cannon, stands[size], rows, wish) for size, rows in chosen.items()}
        _warm(yardstick, drivers)
        watch = quiet.Watch()
        _drive(yardstick, drivers, wish.rounds)
        notes = [watch.taken().as_text()]
    for rows in drivers.values():
        drives.compare([driver.line for driver in rows], yardstick.line)
    return {
        size: Table(yardstick.line, [driver.line for driver in rows], notes) for size, rows in drivers.items()
    }


def _choose(stand: Stand, size: int, wish: Wish) -> list[dict]:
    with step(f"Choosing what to read among {size:,} posts"):
        return [row for row in stand.ask("rows") if wish.wants(row["name"])]


def _yardstick(cannon: Cannon, stand: Stand, wish: Wish) -> Driver:
    stand.start_pages("yardstick", "bench.yardstick:application")
    return Driver(cannon, stand, YARDSTICK, "yardstick", wish)


def _drivers(cannon: Cannon, stand: Stand, rows: list[dict], wish: Wish) -> list[Driver]:
    stand.start_pages("web", "bench.web:application")
    return [Driver(cannon, stand, row, "web", wish) for row in rows]


def _warm(yardstick: Driver, drivers: Drivers) -> None:
    yardstick.warm()
    for size, rows in drivers.items():
        with step(f"Warming up {size:,} posts"):
            for driver in rows:
                driver.warm()


def _drive(yardstick: Driver, drivers: Drivers, rounds: int) -> None:
    """A few rows of each size after the other, so that all sizes meet the same weather."""
    for number in range(rounds):
        with step(f"Round {number + 1} of {rounds}"):
            for begin in range(0, max(map(len, drivers.values())), APART):
                for rows in drivers.values():
                    yardstick.drive()
                    for driver in rows[begin : begin + APART]:
                        driver.drive()
    yardstick.drive()
