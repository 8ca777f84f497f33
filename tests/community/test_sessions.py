"""Dara hosts a session in the space of Ana's and Ben's cohort."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from community import errands, permissions
from community.models import (
    Level,
    Message,
    Notice,
    Room,
    Session,
    SpaceKind,
    SpaceLevel,
    SpaceMembership,
    TermsAcceptance,
)
from community.rooms import chat, hosting
from community.telling import places
from tests.making import make_session

CANARY = "Wombat budget"
A_DAY = timedelta(days=1)


def pages(leader):
    client = Client()
    client.force_login(leader)
    return client


def room_of(session):
    return Room.objects.select_related("space", "session").get(pk=session.pk)


def say(session, by, body="Hello."):
    return chat.say(room_of(session), by=by, body=body, uuid=uuid.uuid4())


def address(name, session):
    return reverse(name, args=[session.pk])


def typed(**changes):
    day = timezone.localdate() + timedelta(days=3)
    given = {"title": "Rotas in winter", "about": "Bring one.", "host": "@dara", "uuid": uuid.uuid4()}
    return {**given, "day": day.isoformat(), "starts": "18:30", "ends": "19:30", **changes}


# --- Planning


def test_only_its_moderators_plan_in_a_space(ana, cleo, dara, finn, space):
    for leader in (ana, cleo, finn):
        with pytest.raises(PermissionDenied, match="Only the moderators"):
            make_session(space, leader)
    assert not Session.objects.exists()
    assert not Room.objects.exists()
    assert make_session(space, dara)


def test_nothing_is_planned_in_a_closed_space(dara, space):
    space.closed_at = timezone.now()
    with pytest.raises(PermissionDenied, match="closed"):
        make_session(space, dara)


def test_a_host_can_read_the_space(cleo, dara, eli, space):
    for person in (cleo, eli):
        with pytest.raises(PermissionDenied, match="cannot read this space"):
            make_session(space, dara, host=person)


def test_sent_twice_it_is_one_session(dara, space):
    once = typed()
    page = pages(dara)
    first = page.post(f"/spaces/{space.slug}/sessions/plan/", once)
    assert (first.status_code, page.post(f"/spaces/{space.slug}/sessions/plan/", once).url) == (
        302,
        first.url,
    )
    assert Session.objects.count() == Room.objects.count() == 1


def test_a_day_has_an_end_to_sessions(dara, space, monkeypatch):
    monkeypatch.setattr("community.permissions.limits.SESSIONS_AT_MOST", 1)
    make_session(space, dara)
    with pytest.raises(permissions.TooOften):
        make_session(space, dara)


def test_times_are_those_of_the_host(ana, dara, space):
    ana.time_zone = "America/New_York"
    ana.save()
    with time_machine.travel(datetime(2027, 6, 1, tzinfo=UTC)):
        pages(dara).post(f"/spaces/{space.slug}/sessions/plan/", typed(host="Ana Brook", day="2027-06-20"))
    assert Session.objects.get().starts_at == datetime(2027, 6, 20, 22, 30, tzinfo=UTC)


def test_the_title_of_a_session_is_one_line(dara, space):
    form = typed(title="Rotas\r\n-- \u202ein winter")
    assert pages(dara).post(f"/spaces/{space.slug}/sessions/plan/", form).status_code == 302
    assert Session.objects.get().title == "Rotas -- in winter"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Give it a title"),
        ({"title": "x" * 200}, "longer than 120 characters"),
        ({"host": ""}, "Say who hosts it."),
        ({"host": "Cleo Dunmore"}, "Nobody, or more than one person"),
        ({"host": "@dara @ana"}, "A session has one host."),
        ({"day": "2026-13-40"}, "This is not a day."),
        ({"day": "2020-01-01"}, "This is in the past."),
        ({"day": "9999-12-31"}, "more than a year away"),
        ({"day": "0001-01-01"}, "There is no such time on that day|This is in the past."),
        ({"starts": "25:00"}, "This is not a time"),
        ({"starts": "19:30"}, "It must end after it starts"),
        ({"starts": "20:00"}, "It must end after it starts"),
        ({"starts": "08:00", "ends": "16:01"}, "eight hours at most"),
        ({"day": "2027-03-28", "starts": "01:30", "ends": "03:00"}, "the clocks go forward"),
    ],
)
def test_what_is_odd_is_said_and_stays(ana, cleo, dara, space, changes, sentence):
    answer = pages(dara).post(f"/spaces/{space.slug}/sessions/plan/", typed(**changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert any(each in text for each in sentence.split("|"))
    assert "Bring one." in text
    assert not Session.objects.exists()


def test_the_night_when_the_clocks_go_back_has_its_hours(dara, space):
    with time_machine.travel(datetime(2027, 10, 1, tzinfo=UTC)):
        night = typed(day="2027-10-31", starts="00:30", ends="08:00")
        assert pages(dara).post(f"/spaces/{space.slug}/sessions/plan/", night).status_code == 422
        night["ends"] = "07:30"
        assert pages(dara).post(f"/spaces/{space.slug}/sessions/plan/", night).status_code == 302
    session = Session.objects.get()
    assert session.ends_at - session.starts_at == timedelta(hours=8)


# --- The room


def test_the_clock_opens_and_closes_the_room(ana, dara, space):
    now = timezone.now()
    session = make_session(space, dara, begins_in=60)
    for minutes, sentence in [
        (0, "has not begun"),
        (49, "has not begun"),
        (120, "has ended"),
        (999, "ended"),
    ]:
        with time_machine.travel(now + timedelta(minutes=minutes, seconds=1)):
            page = pages(ana).get(address("session", session)).content.decode()
            assert sentence in page
            assert "data-composer-of-chat" not in page
            answer = pages(ana).post(address("session", session), {"body": "x", "uuid": uuid.uuid4()})
            assert answer.status_code == 403
    assert not Message.objects.exists()
    for minutes in (50, 60, 119):
        with time_machine.travel(now + timedelta(minutes=minutes, seconds=1)):
            assert "data-composer-of-chat" in pages(ana).get(address("session", session)).content.decode()
            assert say(session, ana)


@pytest.mark.parametrize("how", ["ended", "cancelled", "over"])
def test_nothing_is_said_to_a_session_that_ended_at_that_moment(ana, dara, space, monkeypatch, how):
    session, held = make_session(space, dara, begins_in=5 if how == "cancelled" else 0), chat._lock
    said = say(session, ana, "In time.")

    def hold(pk):
        monkeypatch.setattr(chat, "_lock", held)
        match how:
            case "ended":
                hosting.end(session, by=dara)
            case "cancelled":
                hosting.cancel(session, by=dara)
            case "over":
                Session.objects.update(starts_at=session.starts_at - A_DAY, ends_at=session.ends_at - A_DAY)
        return held(pk)

    monkeypatch.setattr(chat, "_lock", hold)
    with pytest.raises(PermissionDenied, match="was cancelled" if how == "cancelled" else "has ended"):
        say(session, ana, CANARY)
    assert not Message.objects.filter(body=CANARY).exists()
    # What was said before is answered once more, as its page may not have heard.
    assert chat.say(room_of(session), by=ana, body="In time.", uuid=said.client_uuid) == said


@pytest.mark.django_db(transaction=True)
def test_ending_a_session_waits_for_what_is_being_said(ana, dara, space):
    session, has_begun = make_session(space, dara), threading.Event()

    def end():
        has_begun.set()
        hosting.end(session, by=dara)
        connection.close()

    with transaction.atomic():
        said = say(session, ana)
        ending = threading.Thread(target=end)
        ending.start()
        has_begun.wait()
        assert not Session.objects.get(pk=session.pk).is_over
    ending.join()
    assert Session.objects.get(pk=session.pk).ends_at > said.created_at
    with pytest.raises(PermissionDenied, match="has ended"):
        say(session, ana, CANARY)


def test_what_was_said_can_be_read_afterwards(ana, ben, dara, space):
    session = make_session(space, dara)
    said = say(session, ana, CANARY)
    hosting.end(session, by=dara)
    page = pages(ben)
    assert CANARY in page.get(address("session", session)).content.decode()
    assert CANARY in page.get(f"{address('session', session)}after/0/").content.decode()
    assert page.get(reverse("message", args=[said.pk])).url.startswith(address("session", session))
    with pytest.raises(PermissionDenied, match="has ended"):
        chat.edit(said, by=ana, body="Other words")


def test_a_host_who_is_no_moderator_hosts(ana, ben, dara, space):
    session = make_session(space, dara, host=ana)
    end = session.ends_at
    assert hosting.extend(session, by=ana, minutes=15).ends_at == end + timedelta(minutes=15)
    with pytest.raises(PermissionDenied, match="Only the host"):
        hosting.extend(session, by=ben, minutes=15)
    assert "For the host" in pages(ana).get(address("session", session)).content.decode()
    assert "For the host" not in pages(ben).get(address("session", session)).content.decode()
    space.cohorts.clear()
    with pytest.raises(PermissionDenied, match="Only the host"):
        hosting.end(session, by=ana)


def test_eight_hours_are_the_most(dara, space):
    session = make_session(space, dara, lasts=7 * 60 + 30)
    hosting.extend(session, by=dara, minutes=30)
    with pytest.raises(permissions.Conflict, match="eight hours"):
        hosting.extend(session, by=dara, minutes=15)
    answer = pages(dara).post(address("extend_session", session), {"minutes": "15"}, follow=True)
    assert "eight hours at most" in answer.content.decode()


def test_one_that_has_not_begun_is_cancelled_not_ended(ana, dara, space):
    session = make_session(space, dara, begins_in=5)
    with pytest.raises(PermissionDenied, match="You can cancel it"):
        hosting.end(session, by=dara)
    hosting.cancel(session, by=dara)
    with pytest.raises(PermissionDenied, match="was cancelled"):
        say(session, ana)
    for work in (hosting.cancel, hosting.end):
        with pytest.raises(PermissionDenied, match="was cancelled"):
            work(session, by=dara)
    assert not hosting.coming(space).exists()
    assert "Cancelled" in pages(ana).get(address("session", session)).content.decode()


def test_nothing_is_changed_once_it_is_over(dara, space):
    session = make_session(space, dara)
    hosting.end(session, by=dara)
    page = pages(dara)
    for name in ("change_session", "cancel_session"):
        assert page.get(address(name, session)).status_code == 403
    for name in ("extend_session", "end_session", "cancel_session"):
        assert page.post(address(name, session), {"minutes": "15"}).status_code == 403
    assert Session.objects.get().sequence == 1


def test_an_open_page_is_told_of_every_change(dara, space, monkeypatch, django_capture_on_commit_callbacks):
    session = make_session(space, dara)
    frames = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: frames.append((topic, frame)))
    with django_capture_on_commit_callbacks(execute=True):
        hosting.extend(session, by=dara, minutes=15)
        hosting.end(session, by=dara)
    frame = json.dumps({"topic": f"room:{session.pk}", "type": "session"})
    assert frames == [(f"room:{session.pk}", frame)] * 2


def test_changing_on_the_page(ana, dara, space):
    session = make_session(space, dara, begins_in=600)
    page = pages(dara)
    form = page.get(address("change_session", session)).content.decode()
    assert "@dara" in form
    answer = page.post(address("change_session", session), typed(host="@ana", title="Rotas in spring"))
    assert answer.url == address("session", session)
    session.refresh_from_db()
    assert (session.title, session.host, session.sequence) == ("Rotas in spring", ana, 1)


def test_one_that_is_on_can_get_another_title(dara, space):
    session = make_session(space, dara)
    start = session.starts_at.replace(second=0, microsecond=0)
    with time_machine.travel(start + timedelta(minutes=10)):
        Session.objects.update(starts_at=start, ends_at=start + timedelta(minutes=30))
        session.refresh_from_db()
        zone = dara.zone
        times = {
            "day": start.astimezone(zone).date().isoformat(),
            "starts": f"{start.astimezone(zone):%H:%M}",
            "ends": f"{(start + timedelta(minutes=30)).astimezone(zone):%H:%M}",
        }
        if times["ends"] > times["starts"]:
            answer = pages(dara).post(address("change_session", session), typed(title="Other", **times))
            assert answer.status_code == 302


# --- Where it is announced


def test_it_stands_on_the_page_of_its_space_until_it_is_over(ana, dara, space):
    session = make_session(space, dara, title=CANARY)
    page = pages(ana)
    for place in (space.get_absolute_url(), f"/spaces/{space.slug}/sessions/"):
        text = page.get(place).content.decode()
        assert CANARY in text
        assert "Open now" in text
    hosting.end(session, by=dara)
    assert CANARY not in page.get(space.get_absolute_url()).content.decode()
    assert CANARY in page.get(f"/spaces/{space.slug}/sessions/").content.decode()


def follow(space, *leaders):
    for leader in leaders:
        SpaceLevel.objects.create(leader=leader, space=space, level=Level.WATCHING)


def test_those_who_watch_the_space_are_told_the_last_news_once(ana, ben, cleo, dara, eli, space):
    follow(space, ana, cleo, dara, eli)
    session = make_session(space, dara, begins_in=600)
    errands.run()
    places.tell_followers(session)
    assert [notice.leader for notice in Notice.objects.all()] == [ana]
    hosting.cancel(session, by=dara)
    errands.run()
    unread = Notice.objects.visible_to(ana).unread()
    assert [("cancelled" in notice.words) for notice in unread] == [True]
    assert "is cancelled" in pages(ana).get("/notices/").content.decode()


def test_whoever_left_the_space_sees_no_such_notice(ana, dara, space, cohort):
    follow(space, ana)
    make_session(space, dara, begins_in=600)
    errands.run()
    space.cohorts.clear()
    assert not Notice.objects.visible_to(ana).exists()


def test_the_calendar_file_counts_its_changes(ana, dara, space):
    session = make_session(space, dara, begins_in=600, title="Rotas; in, winter")
    page = pages(ana)

    def event():
        answer = page.get(address("session_calendar", session))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(answer.content)
        return calendar["METHOD"], calendar.walk("VEVENT")[0]

    method, first = event()
    assert (method, first["STATUS"], first["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert first["SUMMARY"] == "Rotas; in, winter (North cohort)"
    assert first["DTSTART"].to_ical().endswith(b"Z")
    assert abs(first.start - session.starts_at) < timedelta(seconds=1)
    hosting.cancel(session, by=dara)
    method, second = event()
    assert (method, second["STATUS"], second["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert second["UID"] == first["UID"]


def test_nothing_of_a_quiet_space_is_in_the_file_and_no_name_ever(ana, dara, space):
    session = make_session(space, dara, title=CANARY, about=CANARY)
    page = pages(ana)
    assert "Dara" not in page.get(address("session_calendar", session)).content.decode()
    space.mail_rule = "nothing"
    space.save()
    text = page.get(address("session_calendar", session)).content.decode()
    assert CANARY not in text
    assert space.name not in text


# --- Side doors


def test_outsiders_find_no_door(ana, cleo, dara, eli, finn, space, commons):
    session = make_session(space, dara, title=CANARY)
    say(session, ana, CANARY)
    names = ("session", "session_calendar", "change_session", "cancel_session")
    places = [address(name, session) for name in names]
    places += [f"{address('session', session)}after/0/", f"/spaces/{space.slug}/sessions/"]
    for outsider in (cleo, finn):
        page = pages(outsider)
        assert [page.get(place).status_code for place in places] == [404] * len(places)
        for place in ("/", "/spaces/", f"/spaces/{commons.slug}/", "/search/?q=Wombat", "/admin/"):
            assert CANARY not in page.get(place, follow=True).content.decode()
    assert [pages(eli).get(place).status_code for place in places] == [403] * len(places)


def test_a_sealed_space_asks_first(ana, dara, space):
    space.kind, space.mail_rule = SpaceKind.SEALED, "nothing"
    space.save()
    TermsAcceptance.objects.create(space=space, leader=dara)
    session = make_session(space, dara, title=CANARY)
    assert pages(ana).get(address("session", session)).status_code == 404
    TermsAcceptance.objects.create(space=space, leader=ana)
    assert pages(ana).get(address("session", session)).status_code == 200


def test_an_ended_moderator_is_a_stranger(dara, space):
    session = make_session(space, dara)
    SpaceMembership.objects.filter(leader=dara).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now()
    )
    assert pages(dara).get(address("session", session)).status_code == 404
    with pytest.raises(PermissionDenied):
        hosting.end(session, by=dara)


def test_a_hidden_message_is_gone_there_too(ana, ben, dara, space):
    session = make_session(space, dara)
    said = say(session, ana, CANARY)
    assert pages(dara).post(reverse("hide_message", args=[said.pk]), {"reason": "Unkind"}).status_code == 302
    assert CANARY not in pages(ben).get(address("session", session)).content.decode()


@pytest.mark.parametrize("name", ["extend_session", "end_session"])
def test_what_changes_something_is_only_posted(dara, space, name):
    session = make_session(space, dara)
    assert pages(dara).get(address(name, session)).status_code == 405
    assert Session.objects.get().sequence == 0
