"""Ana was away, and opens the chat where she left off, or on a day she remembers."""

import uuid
from datetime import UTC, date, datetime

import pytest

from community import moderation
from community.models import Participant, Room, RoomKind, RoomReading
from community.rooms import chat, transcript

CHAT = "/spaces/north/chat/"
SINCE = "New since your last visit"


def talk(room, by, count, start=1):
    """So many messages: Line 1., Line 2., …"""
    return [
        chat.say(room, by=by, body=f"Line {number}.", uuid=uuid.uuid4())
        for number in range(start, start + count)
    ]


def has_read(room, leader, number):
    room.refresh_from_db()
    chat.read(room, by=leader, number=number)


def reads(room):
    return f"/rooms/{room.pk}/read/"


def shows(browse, leader, query=""):
    page = browse(leader).get(CHAT + query)
    assert page.status_code == 200
    return page.content.decode()


def first_new(page: str) -> str:
    """The first words below the line."""
    _, line, below = page.partition(SINCE)
    return "Line " + below.split("Line ")[1].split(".")[0] if line else ""


def has(page: str, number: int) -> bool:
    return f"Line {number}." in page


def test_the_page_opens_where_one_left_off(ana, ben, room, browse):
    talk(room, ben, 100)
    has_read(room, ana, 20)
    page = shows(browse, ana)
    assert first_new(page) == "Line 21"
    assert has(page, 16)
    assert not has(page, 15)
    assert has(page, 100)
    assert "Write a message" in page


def test_long_absence_opens_the_middle_and_offers_the_newest(ana, ben, room, browse):
    talk(room, ben, 180)
    has_read(room, ana, 20)
    page = shows(browse, ana)
    assert first_new(page) == "Line 21"
    assert has(page, 65)
    assert not has(page, 66)
    assert "?from=66" in page
    assert "?newest=1" in page
    assert has(shows(browse, ana, "?newest=1"), 180)
    assert "Write a message" in shows(browse, ana, "?newest=1")
    assert has(shows(browse, ana, "?from=66"), 115)


def test_nothing_new_shows_no_line(ana, ben, room, browse):
    talk(room, ben, 60)
    assert SINCE not in shows(browse, ana)
    has_read(room, ana, 60)
    assert SINCE not in shows(browse, ana)


def test_own_and_hidden_messages_are_not_new(ana, ben, dara, room, browse):
    talk(room, ben, 2)
    has_read(room, ana, 2)
    talk(room, ana, 1, start=3)
    [hidden] = talk(room, ben, 1, start=4)
    moderation.hide(hidden, by=dara, reason="Names a patient")
    assert SINCE not in shows(browse, ana)
    talk(room, ben, 1, start=5)
    assert first_new(shows(browse, ana)) == "Line 5"


def test_looking_marks_nothing_and_a_button_does(ana, ben, room, browse):
    talk(room, ben, 3)
    has_read(room, ana, 1)
    assert first_new(shows(browse, ana)) == first_new(shows(browse, ana)) == "Line 2"
    assert browse(ana).post(reads(room), {"number": 3}).status_code == 302
    assert RoomReading.objects.get(leader=ana).read_up_to == 3
    assert "Mark these messages as read" not in shows(browse, ana)


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "9" * 40])
def test_an_odd_mark_changes_nothing(ana, ben, room, browse, number):
    talk(room, ben, 2)
    assert browse(ana).post(reads(room), {"number": number}).status_code == 422
    assert not RoomReading.objects.exists()


def test_a_mark_is_set_by_post_and_by_members(ana, cleo, room, browse):
    assert browse(ana).get(reads(room)).status_code == 405
    assert browse(cleo).post(reads(room), {"number": 1}).status_code == 404
    assert not RoomReading.objects.exists()


@pytest.fixture
def november(ben, room):
    """Two lines on the last evening of October and two on 2 November, as London counts."""
    times = [(10, 31, 23, 30), (10, 31, 23, 50), (11, 2, 0, 10), (11, 2, 9, 0)]
    for message, when in zip(talk(room, ben, 4), times, strict=True):
        message.created_at = datetime(2026, *when, tzinfo=UTC)
        message.save()


def test_a_day_begins_where_it_began_for_the_reader(ana, november, browse):
    page = shows(browse, ana, "?on=2026-11-02")
    assert not has(page, 2)
    assert has(page, 3)
    assert "Nobody said anything" not in page
    ana.time_zone = "America/New_York"
    ana.save()
    page = shows(browse, ana, "?on=2026-11-01")
    assert not has(page, 2)
    assert has(page, 3)
    assert "Nobody said anything" not in page


def test_a_silent_day_says_so(ana, november, browse):
    page = shows(browse, ana, "?on=2026-11-01")
    assert "Nobody said anything here on 1 November 2026. The next messages follow." in page
    assert has(page, 3)
    page = shows(browse, ana, "?on=2026-12-24")
    assert "Nobody said anything here on 24 December 2026. These are the newest messages." in page
    assert has(page, 1)


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-02-30", "²"])
def test_no_day_is_refused_beside_the_field(ana, november, browse, day):
    answer = browse(ana).get(CHAT, {"on": day})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Write the day like 2026-11-01." in page or "Choose a day." in page
    assert has(page, 4)


def test_outsider_learns_no_day(cleo, november, browse):
    for query in ("?on=2026-11-02", "?on=2026-11-01", "?from=1", "?newest=1"):
        assert browse(cleo).get(CHAT + query).status_code == 404


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "9" * 40, "²"])
def test_any_number_is_a_page(ana, room, browse, number):
    talk(room, ana, 1)
    for name in ("from", "newest"):
        assert browse(ana).get(CHAT, {name: number}).status_code == 200


def test_a_refused_message_stands_below_the_newest(ana, ben, room, browse):
    talk(room, ben, 180)
    has_read(room, ana, 1)
    answer = browse(ana).post(CHAT, {"body": "x" * 4001, "uuid": uuid.uuid4()})
    assert answer.status_code == 422
    assert has(answer.content.decode(), 180)


def test_whoever_comes_later_finds_no_earlier_day_and_no_earlier_page(ana, ben, cleo):
    direct = Room.objects.create(kind=RoomKind.DIRECT)
    for leader in (ana, cleo):
        Participant.objects.create(room=direct, leader=leader)
    talk(direct, ana, 3)
    direct.refresh_from_db()
    Participant.objects.create(room=direct, leader=ben, since=3)
    direct.refresh_from_db()
    assert transcript.part_of(direct, to=ben).messages == []
    assert transcript.part_of(direct, to=ben, beginning=1).messages == []
    assert transcript.part_of(direct, to=ben, before=3).messages == []
    assert transcript.first_on(direct, date(2016, 1, 1), to=ben) is None
    [late] = talk(direct, ana, 1, start=4)
    direct.refresh_from_db()
    assert transcript.part_of(direct, to=ben, beginning=1).messages == [late]
    assert transcript.first_on(direct, date(2016, 1, 1), to=ben) == late


def test_a_first_visit_begins_with_what_is_shown(ana, ben, room):
    talk(room, ben, 60)
    room.refresh_from_db()
    part = transcript.part_of(room, to=ana)
    assert (part.mark, part.first_new) == (10, None)
    assert transcript.part_of(room, to=ana, beginning=1).mark is None
