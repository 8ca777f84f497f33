"""A chat is open at lunch, by the clock of its space, also when that clock is changed."""

import uuid
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from community.consumers import say
from community.models import Message, Space
from community.models.hours import Hours
from community.rooms import chat
from community.rooms.bell import times_of
from leaders.models import CohortMembership, Leader

LONDON = ZoneInfo("Europe/London")
WEEK = (1, 2, 3, 4, 5)


def lunch(days=WEEK, opens="12:30", closes="14:00", zone=LONDON):
    return Hours(days, time.fromisoformat(opens), time.fromisoformat(closes), zone)


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (WEEK, "Open Monday to Friday, 12:30 to 14:00"),
        ((1,), "Open Monday, 12:30 to 14:00"),
        ((6, 7), "Open Saturday and Sunday, 12:30 to 14:00"),
        ((5, 3, 1), "Open Monday, Wednesday and Friday, 12:30 to 14:00"),
        ((1, 2, 3, 4, 5, 6, 7), "Open every day, 12:30 to 14:00"),
    ],
)
def test_hours_in_words(days, words):
    assert str(lunch(days)) == words


def test_hours_begin_on_the_minute_and_end_before_theirs():
    wednesday = [(12, 29, 59), (12, 30, 0), (13, 59, 59), (14, 0, 0)]
    assert [lunch().are_on(at(2026, 11, 25, *clock)) for clock in wednesday] == [False, True, True, False]
    assert not lunch().are_on(at(2026, 11, 28, 13))


def test_the_next_opening_is_after_the_weekend():
    assert lunch().next_opening(at(2026, 11, 27, 14)) == at(2026, 11, 30, 12, 30)
    assert lunch().next_opening(at(2026, 11, 30, 9)) == at(2026, 11, 30, 12, 30)
    assert lunch((1,)).next_opening(at(2026, 11, 30, 12, 30)) == at(2026, 12, 7, 12, 30)


def test_lunch_stays_at_lunch_when_the_clocks_change():
    # Forward on 28 March 2027, back on 31 October.
    every = lunch((1, 2, 3, 4, 5, 6, 7))
    assert every.next_opening(at(2027, 3, 27, 15)) == at(2027, 3, 28, 11, 30)
    assert every.next_opening(at(2027, 10, 30, 15)) == at(2027, 10, 31, 12, 30)
    assert every.are_on(at(2027, 3, 28, 11, 30))
    assert not every.are_on(at(2027, 3, 28, 13, 30))


def test_hours_that_the_clocks_jump_over():
    sunday = lunch((7,), "01:30", "03:00")
    assert sunday.next_opening(at(2027, 3, 27)) == at(2027, 3, 28, 1)
    assert sunday.are_on(at(2027, 3, 28, 1))
    gone = lunch((7,), "01:15", "01:45")
    assert gone.next_opening(at(2027, 3, 27)) == at(2027, 4, 4, 0, 15)


def test_hours_that_the_clocks_show_twice():
    sunday = lunch((7,), "01:30", "03:00")
    assert sunday.next_opening(at(2027, 10, 30)) == at(2027, 10, 31, 0, 30)
    assert sunday.are_on(at(2027, 10, 31, 0, 30))
    assert sunday.are_on(at(2027, 10, 31, 1, 30))


def test_the_clock_is_that_of_the_space():
    there = lunch(zone=ZoneInfo("Pacific/Auckland"))
    assert there.are_on(at(2026, 11, 24, 23, 45))
    assert not there.are_on(at(2026, 11, 25, 12, 45))


@pytest.fixture
def lunching(space, ana, ben):
    """Open from 12:30 to 14:00 on weekdays; everybody has been there for long."""
    space.chat_days, space.chat_from, space.chat_to = list(WEEK), time(12, 30), time(14)
    space.save()
    CohortMembership.objects.update(starts_on="2026-01-01")
    Leader.objects.update(joined_at=at(2026, 1, 1))
    return space


def page_of(leader, space):
    client = Client()
    client.force_login(leader)
    return client, reverse("chat", args=[space.slug])


def test_outside_its_hours_a_chat_is_read_and_says_when_it_opens(ana, ben, lunching):
    room = chat.room_of(lunching)
    with time_machine.travel(at(2026, 11, 27, 13)):
        chat.say(room, by=ben, body="Enjoy your meal", uuid=uuid.uuid4())
    ana.time_zone = "Europe/Paris"
    ana.save()
    with time_machine.travel(at(2026, 11, 27, 14, 1)):
        client, address = page_of(ana, lunching)
        text = client.get(address).content.decode()
        assert "Enjoy your meal" in text
        assert "Open Monday to Friday, 12:30 to 14:00 (London time)." in text
        assert "It opens again on Monday 30 November, 13:30." in text
        assert "data-composer-of-chat" not in text
        assert client.post(address, {"body": "Late", "uuid": uuid.uuid4()}).status_code == 403
        frame = {"room": room.pk, "body": "Late", "uuid": str(uuid.uuid4())}
        with pytest.raises(PermissionDenied, match="This chat is closed now"):
            say(client.session.session_key, frame)
        with pytest.raises(PermissionDenied, match="closed now"):
            chat.edit(Message.objects.get(), by=ben, body="Later words")
    assert Message.objects.count() == 1


def test_within_them_it_is_open(ana, lunching):
    with time_machine.travel(at(2026, 11, 27, 12, 30)):
        client, address = page_of(ana, lunching)
        text = client.get(address).content.decode()
        assert "data-composer-of-chat" in text
        assert 'data-opens-in="0" data-ends-in="5400"' in text or 'data-ends-in="5401"' in text
        assert client.post(address, {"body": "Hungry", "uuid": uuid.uuid4()}).status_code == 302


def test_open_pages_are_told_when_it_closes_and_opens(lunching, commons):
    room, always = chat.room_of(lunching), chat.room_of(commons)
    for (day, hour, minute), opens_in, ends_in in [
        ((27, 13, 30), 0, 30 * 60),
        ((27, 12, 29), 60, 91 * 60),
        ((27, 14, 0), 70.5 * 3600, 72 * 3600),
    ]:
        with time_machine.travel(at(2026, 11, day, hour, minute), tick=False):
            assert times_of([room.pk, always.pk]) == {room.pk: (opens_in, ends_in)}


def test_a_chat_without_hours_shows_none(ana, space):
    client, address = page_of(ana, space)
    assert "data-opening" not in client.get(address).content.decode()


@pytest.mark.parametrize(
    "half",
    [
        {"chat_days": [1]},
        {"chat_from": time(9), "chat_to": time(10)},
        {"chat_days": [1], "chat_from": time(10), "chat_to": time(10)},
        {"chat_days": [1], "chat_from": time(10)},
    ],
)
def test_the_database_refuses_half_of_the_hours(space, half):
    with pytest.raises(IntegrityError):
        Space.objects.filter(pk=space.pk).update(**half)
