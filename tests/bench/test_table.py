"""What the bench says, without measuring anything."""

from collections import namedtuple

import pytest

from bench import __main__ as command
from bench import course
from bench.copying import as_array, as_text
from bench.crowd import quantile
from bench.shares import Shares
from bench.table import ChatLine, ChatTable, Line, MailLine, MailTable, Table, growth, share_yardstick
from bench.wish import Wish
from collaborate.local.console import Failure


def line(name: str, cost: float) -> Line:
    spent = {"web": cost / 2, "database": cost / 4, "redis": cost / 4}
    return Line(name, 1.0, 2.0, spent, bytes=2_000, queries=8, clients=1, requests=9, goal="3x")


def test_a_row_stands_beside_the_yardstick():
    text = Table([line("yardstick", 4)] * 2, [line("thread", 10)]).as_text()
    *_, thread, _, said = text.split("\n")
    assert said == "2 drives of the yardstick: 4.00 to 4.00 ms; 1x: 4.00."
    cells = [cell.strip() for cell in thread.split("|")]
    assert cells[1] == "thread (alone)"
    assert cells[7:13] == ["10.00", "2.50", "2.0", "8", "9", "3x"]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")][1:-1]


def heard(name: str, live: float, database: float = 0.0) -> ChatLine:
    times = {"0.5": 1.0, "0.95": 2.0, "0.99": 3.0}
    spent = {"live": live, "database": database, "redis": 0.0}
    return ChatLine(name, 500, 20, times, 10_000, spent, generator=0.2, socket_bytes=17_400, goal="2.5x")


def test_a_chat_stands_beside_its_own_floor():
    lines = [heard("floor, one room", 10), heard("chat, one room", 25, 10), heard("floor, many", 5)]
    text = ChatTable(lines, ["A sentence."]).as_text()
    table, sentence = text.split("\n\n")
    *_, chat, _ = table.split("\n")
    assert cells(chat)[:6] == ["chat, one room", "500", "20", "1.0", "2.0", "3.0"]
    assert cells(chat)[6:] == ["25.0", "10.0", "0.0", "2.50", "3.50", "17", "10000", "20%", "2.5x"]
    assert sentence == "A sentence."


def test_a_chat_of_which_only_a_sentence_was_asked_has_no_table():
    assert ChatTable(notes=["All are back."]).as_text() == "All are back."


def test_a_time_that_nobody_heard_is_endless():
    assert quantile([], "0.95") == float("inf")
    assert [quantile(range(100), share) for share in ("0.5", "0.95", "0.99")] == [50, 95, 99]


def test_letters_are_counted_for_each_second_and_worker():
    floor = MailLine("mail, bare loop", 1, 1_000, 1.0, cpu=0.5, statements=0, shares={})
    shares = {"SQL": 0.5, "writing": 0.25, "SMTP": 0.25}
    two = MailLine("mail, digests, 2 workers", 2, 900, 1.5, cpu=3.0, statements=4.25, shares=shares)
    *_, first, row = MailTable([floor, two]).as_text().split("\n")
    assert cells(row)[1:8] == ["2", "900", "600", "300", "3.00", "6.0", "4.2"]
    assert cells(row)[8:13] == ["50%", "0%", "25%", "25%", "0%"]
    assert cells(first)[8:13] == [""] * 5


def test_a_list_becomes_an_array_or_json():
    assert as_array([]) == "{}"
    assert as_array([1, 2]) == '{"1","2"}'
    assert as_array(['a "b"\\']) == r'{"a \\"b\\"\\\\"}'
    assert as_text([1, {"a": "\t"}]) == r'[1, {"a": "\\t"}]'


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


def test_what_grows_by_more_than_a_quarter_is_named():
    small = Table([line("yardstick", 2)], [line("thread", 8), line("search", 4)])
    large = Table([line("yardstick", 2)], [line("thread", 8), line("search", 8)])
    yardstick, thread, search = map(cells, growth({100_000: large, 1_000: small}).split("\n")[2:])
    assert yardstick == ["yardstick", "2.0 ms 1.00x", "2.0 ms 1.00x", "1.00", ""]
    assert thread == ["thread", "8.0 ms 4.00x", "8.0 ms 4.00x", "1.00", ""]
    assert search == ["search", "4.0 ms 2.00x", "8.0 ms 4.00x", "2.00", "GROWS"]


def test_a_moment_of_disturbance_moves_no_yardstick():
    drives = [line("yardstick", cost) for cost in (2, 9, 2.5)]
    assert Table(drives).yardstick.cost == 2.5


def test_all_sizes_are_measured_against_the_same_yardstick():
    small = Table([line("yardstick", 4)], [line("thread", 8)])
    large = Table([line("yardstick", 2), line("yardstick", 2.5)], [line("thread", 8)])
    share_yardstick([small, large])
    assert small.unit == large.unit == 2.5
    assert small.times(small.lines[0]) == large.times(large.lines[0])


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


def test_rows_are_chosen_by_parts_of_their_names():
    wish = Wish([10_000], seconds=1, only="thread,reply")
    assert [name for name in ("thread, deep page", "reply", "home") if wish.wants(name)] == [
        "thread, deep page",
        "reply",
    ]
    assert Wish([10_000], seconds=1, only="").wants("home")
