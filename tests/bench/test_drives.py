"""What the drives of a row say together, and what grows, without measuring anything."""

import pytest

from bench import growth
from bench.drives import Drive, Line, compare, unit
from bench.table import Table


def drive(at: float, cost: float, *, x: float = 0, p95: float = 2.0) -> Drive:
    spent = {"web": cost / 2, "database": cost / 4, "redis": cost / 4}
    return Drive(at, median=1.0, p95=p95, cpu=spent, bytes=2_000, requests=9, x=x)


def line(name: str, *costs: float, x: float = 1) -> Line:
    """A row whose rounds cost so much, beside a yardstick of so many milliseconds."""
    drives = [drive(2 * n + 1, cost, x=cost / x) for n, cost in enumerate(costs)]
    return Line(name, clients=1, goal="3x", queries=8, drives=drives)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")][1:-1]


def test_a_row_stands_beside_the_yardstick():
    yardstick = Line("yardstick", 16, drives=[drive(0, 4), drive(2, 4)])
    thread = line("thread", 10)
    compare([thread], yardstick)
    text = Table(yardstick, [thread], ["A sentence."]).as_text()
    *_, last, _, told, sentence = text.split("\n")
    assert cells(last)[0] == "thread (alone)"
    assert cells(last)[6:] == ["10.00", "2.50", "0.00", "2.0", "8", "9", "3x"]
    assert told == "Rounds: 1. Drives of the yardstick: 2, of 4.00 to 4.00 ms."
    assert sentence == "A sentence."


def test_a_moment_of_disturbance_moves_no_row():
    thread = line("thread", 10, 11, 90, 10.5, 9, x=2)
    assert (thread.cost, thread.x) == (10.5, 5.25)
    assert thread.quartiles == (5, 5.5)
    assert thread.spread == 0.25


def test_what_was_driven_once_has_no_spread():
    assert line("thread", 10).spread == 0


def test_the_yardstick_of_a_moment_lies_between_those_before_and_after():
    drives = [drive(0, 2), drive(10, 4)]
    assert [unit(at, drives) for at in (1, 5, 9)] == pytest.approx([2.2, 3, 3.8])


def test_before_the_first_yardstick_and_after_the_last_there_is_one():
    drives = [drive(2, 2), drive(10, 4)]
    assert [unit(at, drives) for at in (1, 11)] == [2, 4]


def test_a_machine_that_slows_down_is_nobodys_cost():
    yardstick = Line("yardstick", 16, drives=[drive(at, 2 + at) for at in (0, 2, 4)])
    thread = line("thread", 9, 15)
    compare([thread], yardstick)
    assert [each.x for each in thread.drives] == [3, 3]
    assert [each.x for each in yardstick.drives] == [0.5, 1, 1.5]


def tables(small: Line, large: Line) -> dict[int, Table]:
    yardstick = line("yardstick", 2)
    return {100_000: Table(yardstick, [large]), 1_000: Table(yardstick, [small])}


@pytest.mark.parametrize(
    ("costs", "factor", "verdict"),
    [((8, 8.2, 8.4), "1.02", ""), ((15, 16, 17), "2.00", "GROWS"), ((4, 16, 20), "2.00", "unsure")],
)
def test_what_grows_by_more_than_a_quarter_and_beyond_its_spread_is_named(costs, factor, verdict):
    pair = tables(line("thread", 7, 8, 12, x=2), line("thread", *costs, x=2))
    (thread,) = map(cells, growth.compare(pair).split("\n")[2:])
    assert thread[:2] == ["thread", "8.0 ms 4.00x ±0.62"]
    assert thread[3:] == [factor, verdict]


def test_a_row_that_a_size_lacks_does_not_grow():
    assert "catch-up" not in growth.compare(tables(line("home", 1), line("catch-up", 2)))
