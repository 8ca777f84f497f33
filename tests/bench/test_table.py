"""What the bench says, without measuring anything."""

from collections import namedtuple

import pytest

from bench import __main__ as command
from bench import course
from bench.table import Line, Table, growth
from collaborate.local.console import Failure


def line(name: str, cost: float) -> Line:
    spent = {"web": cost / 2, "database": cost / 4, "redis": cost / 4}
    return Line(name, 1.0, 2.0, spent, bytes=2_000, queries=8, clients=1, requests=9, goal="3x")


def test_a_row_stands_beside_the_yardstick():
    text = Table(1_000, [line("yardstick", 4), line("thread", 10)]).as_text()
    *_, thread = text.split("\n")
    cells = [cell.strip() for cell in thread.split("|")]
    assert cells[1] == "thread (alone)"
    assert cells[7:13] == ["10.00", "2.50", "2.0", "8", "9", "3x"]


def test_what_grows_by_more_than_a_quarter_is_named():
    small = Table(1_000, [line("yardstick", 4), line("thread", 8), line("search", 8)])
    large = Table(100_000, [line("yardstick", 2), line("thread", 4), line("search", 8)])
    thread, search = growth([large, small]).split("\n")[2:]
    assert "1.00" in thread
    assert "GROWS" not in thread
    assert "2.00" in search
    assert "GROWS" in search


def test_a_small_disk_is_told_in_a_sentence(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: usage(1, 1, 300 * course.MEGABYTE))
    with pytest.raises(
        Failure, match=r"The disk is too small: 1,000,000 posts need .* make bench SIZE=100000"
    ):
        course.require_room(tmp_path, 1_000_000)


@pytest.mark.parametrize("size", ["many", "-1", "0", "199", "10000001", "1e6"])
def test_an_odd_size_is_refused(size, capsys):
    with pytest.raises(SystemExit):
        command.parse(["--", size])
    assert "a size is a number from 200 to" in capsys.readouterr().err
