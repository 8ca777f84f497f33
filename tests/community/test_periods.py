"""One digest for each local period, whatever clocks, journeys, outages and a second beat do."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from community.mail import digest
from community.models import Digest
from leaders import preferences
from leaders.models import Leader, MailPreferences, Rhythm

pytestmark = pytest.mark.django_db

ZONES = [
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
]
START = datetime(2027, 12, 20, 12, tzinfo=UTC)  # a year with a leap day and every change of clocks


def wants(leader, zone, choice="daily", hour=7, **fields) -> None:
    """A digest chosen just before the story begins."""
    Leader.objects.filter(pk=leader.pk).update(time_zone=zone, joined_at=START - timedelta(days=9))
    preferences.choose_digest(leader, choice, source="joining", digest_hour=hour, **fields)
    MailPreferences.objects.filter(leader=leader).update(chosen_at=START)


def periods(leader=None) -> list[date]:
    rows = Digest.objects.filter(leader=leader) if leader else Digest.objects.all()
    return [date.fromisoformat(day) for day in rows.order_by("pk").values_list("period", flat=True)]


def ticks(time_machine, *moments) -> None:
    """Beat runs at these moments, twice."""
    for moment in moments:
        time_machine.move_to(moment, tick=False)
        digest.open_due()
        digest.open_due()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 2, 23])
def test_a_year_has_one_period_for_each_local_day_and_outages_leave_the_latest(zone, hour):
    chance = random.Random(f"{zone}{hour}")
    rhythm, now, opened = Rhythm("daily", 0, hour, ZoneInfo(zone)), START, Counter()
    while now < START + timedelta(days=400):
        day, moment = rhythm.latest(now)
        assert moment <= now < rhythm.next(now)
        assert now - moment <= timedelta(hours=26)
        assert moment.astimezone(rhythm.zone).date() == day
        opened[day] += opened[day] == 0
        # Mostly a tick each hour, sometimes three hours without one, now and then two days.
        now += timedelta(hours=chance.choices([1, 3, 50], [90, 9, 1])[0], minutes=chance.randrange(60))
    assert set(opened.values()) == {1}
    days = sorted(opened)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    assert max(gaps) <= 3
    assert gaps.count(1) > 250


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_missed_only_when_beat_was_dead_for_all_of_it(zone):
    rhythm = Rhythm("daily", 0, 7, ZoneInfo(zone))
    hours = [START + timedelta(hours=3 * step) for step in range(366 * 8)]
    days = list(dict.fromkeys(rhythm.latest(now)[0] for now in hours))
    assert days == [days[0] + timedelta(days=step) for step in range(len(days))]
    assert date(2028, 2, 29) in days


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/St_Johns"])
def test_beat_dead_for_three_hours_opens_the_one_that_was_due(ana, zone, time_machine):
    wants(ana, zone)
    due = datetime.combine(date(2027, 12, 23), time(7), ZoneInfo(zone))
    ticks(time_machine, due - timedelta(minutes=1), due + timedelta(hours=3), due + timedelta(hours=4))
    assert periods() == [date(2027, 12, 22), date(2027, 12, 23)]


def test_after_an_outage_of_a_week_only_the_latest_is_opened(ana, time_machine):
    wants(ana, "Europe/London")
    ticks(time_machine, START + timedelta(days=2), START + timedelta(days=9))
    assert periods() == [date(2027, 12, 22), date(2027, 12, 29)]


def test_the_leap_day_is_a_day_and_a_weekday(ana, time_machine):
    wants(ana, "Europe/London", "weekly", digest_weekday=1)
    ticks(time_machine, *(datetime(2028, 2, 1, 12, tzinfo=UTC) + timedelta(days=step) for step in range(36)))
    assert periods() == [date(2028, 2, 1) + timedelta(days=7 * step) for step in range(6)]
    assert date(2028, 2, 29) in periods()


JOURNEYS = [
    ("Pacific/Auckland", "Europe/London"),
    ("Europe/London", "Pacific/Auckland"),
    ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
    ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
    ("America/St_Johns", "Asia/Kathmandu"),
]


@pytest.mark.parametrize(("home", "abroad"), JOURNEYS)
@pytest.mark.parametrize("choice", ["daily", "weekly"])
def test_who_moves_gets_one_for_each_local_day_wherever_they_are(ana, home, abroad, choice, time_machine):
    wants(ana, home, choice, digest_weekday=3)
    moves = {START + timedelta(days=7, hours=hours) for hours in (3, 40, 61, 90)}
    zone, other = home, abroad
    for step in range(14 * 6):
        now = START + timedelta(hours=4 * step)
        if any(now - timedelta(hours=4) < move <= now for move in moves):
            zone, other = other, zone
            Leader.objects.filter(pk=ana.pk).update(time_zone=zone)
        ticks(time_machine, now)
    told = periods(ana)
    assert len(told) == len(set(told))
    if choice == "weekly":
        assert told == [date(2027, 12, 23), date(2027, 12, 30)]
    else:
        assert told == sorted(told)
        assert {later - earlier for earlier, later in pairwise(told)} <= {
            timedelta(days=1),
            timedelta(days=2),
        }


def test_a_zone_that_vanished_stops_nobody(ana, ben, time_machine):
    wants(ana, "Asia/Nowhere")
    wants(ben, "Europe/London")
    ticks(time_machine, *(START + timedelta(days=step) for step in range(1, 5)))
    assert len(periods(ana)) == len(periods(ben)) == 4
    assert preferences.of(ana).next_digest == datetime(2027, 12, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize("gone", ["", "Europe", "../../etc/passwd", "éé", "x" * 64, "UTC\n"])
def test_whatever_stands_where_a_zone_should_is_utc(ana, gone):
    ana.time_zone = gone
    assert ana.zone.key == "UTC"
    assert not ana.has_known_zone
    assert timezone.now().astimezone(ana.zone).utcoffset() == timedelta(0)
