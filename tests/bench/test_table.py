"""What the bench says of chat and mail, and what it is asked for, without measuring anything."""

from collections import namedtuple

import pytest

from bench import __main__ as command
from bench import course
from bench.chat_table import ChatLine, ChatTable
from bench.copying import as_array, as_text
from bench.crowd import quantile
from bench.mail_table import MailLine, MailTable
from bench.wish import Wish
from collaborate.local.console import Failure


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


@pytest.mark.parametrize("rounds", ["many", "-1", "0", "100", "1.5"])
def test_an_odd_number_of_rounds_is_refused(rounds, capsys):
    with pytest.raises(SystemExit):
        command.parse([f"--rounds={rounds}"])
    assert "rounds are a number from 1 to 99" in capsys.readouterr().err


def test_a_size_that_is_asked_for_twice_is_measured_once():
    assert command.parse(["10000", "1000", "10000"]).sizes == [10_000, 1_000]


def test_rows_are_chosen_by_parts_of_their_names():
    wish = Wish([10_000], seconds=1, only="thread,reply")
    assert [name for name in ("thread, deep page", "reply", "home") if wish.wants(name)] == [
        "thread, deep page",
        "reply",
    ]
    assert Wish([10_000], seconds=1, only="").wants("home")
