"""A line from the host of a space, and the sessions that one missed."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from community import host_lines, levels
from community.mail import digest, editions
from community.models import (
    Digest,
    HostLine,
    Level,
    Room,
    RoomReading,
    Session,
    Space,
    SpaceMembership,
    TermsAcceptance,
)
from leaders import preferences
from leaders.permissions import TooOften
from tests.cast import make_leader
from tests.making import make_thread

pytestmark = pytest.mark.django_db

WORDS = "On Thursday we compare night rotas: bring yours."


def say(space, by, words=WORDS):
    return host_lines.write(space, by=by, words=words, uuid=uuid.uuid4())


def edition(leader):
    return editions.compose([leader])[leader.pk]


def lines(leader) -> list[str]:
    return [line.text for line in edition(leader).lines]


def send(leader, mailoutbox) -> str:
    """What the next digest says."""
    if not hasattr(leader, "mail_preferences"):
        preferences.choose_digest(leader, "daily", source="joining")
    Digest.objects.create(leader=leader, period=f"2026-01-{Digest.objects.count() + 1:02}")
    digest.deliver()
    return mailoutbox[-1].body if mailoutbox else ""


def test_it_stands_on_the_page_and_once_in_the_digest(ana, ben, dara, space, browse, mailoutbox):
    say(space, dara)
    page = browse(ana).get(space.get_absolute_url()).content.decode()
    assert WORDS in page
    assert "Write a line as host" not in page
    assert "Change the line from the host" in browse(dara).get(space.get_absolute_url()).content.decode()
    make_thread(space, ben)
    assert f"* Dara Elling, North cohort: “{WORDS}”" in send(ana, mailoutbox)
    make_thread(space, ben)
    assert WORDS not in send(ana, mailoutbox)


def test_alone_it_is_no_reason_to_write(ana, dara, space, mailoutbox):
    say(space, dara)
    send(ana, mailoutbox)
    assert mailoutbox == []


def test_it_lasts_a_week(ana, dara, space, time_machine):
    line = say(space, dara)
    HostLine.objects.update(at=timezone.now() - timedelta(days=7, minutes=1))
    assert lines(ana) == []
    assert host_lines.of(line.space, ana) is None


@pytest.mark.parametrize("rule", ["title", "nothing"])
def test_it_does_not_leave_where_words_may_not(ana, ben, dara, space, rule):
    say(space, dara)
    make_thread(space, ben)
    Space.objects.filter(pk=space.pk).update(mail_rule=rule)
    assert lines(ana) == []
    assert host_lines.of(space, ana).words == WORDS


def test_nobody_gets_it_who_may_not_read_there_or_muted_the_space(ana, ben, cleo, dara, eli, space):
    say(space, dara)
    make_thread(space, ben)
    levels.follow_space(space, by=ana, level=Level.MUTED)
    told = editions.compose([ana, ben, cleo, dara, eli])
    assert [pk for pk, each in told.items() if each.lines] == [ben.pk]


@pytest.mark.parametrize("change", ["role", "faculty", "suspended"])
def test_it_goes_with_the_right_of_its_host(ana, ben, dara, space, change):
    say(space, dara)
    make_thread(space, ben)
    if change == "role":
        SpaceMembership.objects.filter(leader=dara).update(ends_at=timezone.now())
    elif change == "faculty":
        type(dara).objects.filter(pk=dara.pk).update(is_faculty=False)
    else:
        type(dara).objects.filter(pk=dara.pk).update(suspended_until=timezone.now() + timedelta(days=1))
    assert lines(ana) == []
    assert host_lines.of(space, ana) is None


def test_another_moderator_takes_it_away_and_that_is_kept(ana, dara, space, browse):
    say(space, dara)
    gus = make_leader("Gus Hale", is_faculty=True)
    SpaceMembership.objects.create(space=space, leader=gus, role="moderator")
    end = reverse("end_host_line", args=[space.slug])
    assert browse(gus).get(end).status_code == 405
    assert browse(ana).post(end).status_code == 403
    assert HostLine.objects.get().ended_at is None
    browse(gus).post(end)
    assert HostLine.objects.get().ended_by == gus
    assert browse(gus).post(end).status_code == 404
    assert lines(ana) == []


def test_the_next_line_takes_its_place_and_twice_is_once(ana, dara, space, browse):
    say(space, dara)
    sent = {"words": "Now something else.", "uuid": str(uuid.uuid4())}
    door = reverse("host_line", args=[space.slug])
    for _ in range(2):
        assert browse(dara).post(door, sent).status_code == 302
    assert HostLine.objects.count() == 2
    assert host_lines.of(space, ana).words == "Now something else."


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", "Write a sentence."), ("x" * 201, "longer than 200"), ("a\u202eb", "cannot be shown")],
)
def test_bad_words_are_refused_and_kept_in_the_field(dara, space, browse, words, sentence):
    answer = browse(dara).post(
        reverse("host_line", args=[space.slug]), {"words": words, "uuid": str(uuid.uuid4())}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not HostLine.objects.exists()


def test_members_outsiders_and_hosts_of_sealed_spaces_may_not(ana, cleo, dara, space, browse):
    door = reverse("host_line", args=[space.slug])
    assert browse(ana).get(door).status_code == 403
    assert browse(ana).post(door, {"words": WORDS, "uuid": str(uuid.uuid4())}).status_code == 403
    assert browse(cleo).get(door).status_code == 404
    Space.objects.filter(pk=space.pk).update(kind="sealed", mail_rule="nothing")
    TermsAcceptance.objects.create(space=space, leader=dara)
    space.refresh_from_db()
    with pytest.raises(PermissionDenied, match="Nothing of a sealed space may leave it"):
        say(space, dara)
    assert not HostLine.objects.exists()


def test_ten_lines_a_day_are_enough(dara, space):
    for number in range(10):
        say(space, dara, f"Line {number}")
    with pytest.raises(TooOften):
        say(space, dara)


# --- Sessions -------------------------------------------------------------------------------------------


@pytest.fixture
def session(space, dara):
    now = timezone.now()
    room = Room.objects.create(kind="session", space=space)
    times = {"starts_at": now - timedelta(hours=3), "ends_at": now - timedelta(hours=2)}
    return Session.objects.create(room=room, title="How we open at eight", host=dara, **times)


def test_a_session_that_i_missed_is_told_once(ana, session, mailoutbox):
    body = send(ana, mailoutbox)
    assert mailoutbox[0].subject == "you missed 1 session".capitalize()
    assert "* How we open at eight (North cohort)" in body
    assert f"/sessions/{session.pk}/" in body or session.get_absolute_url() in body
    send(ana, mailoutbox)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("why", ["there", "cancelled", "coming", "muted", "outside", "nothing leaves"])
def test_a_session_that_i_did_not_miss_is_not_told(ana, cleo, space, session, why):
    match why:
        case "there":
            RoomReading.objects.create(leader=ana, room=session.room)
        case "cancelled":
            Session.objects.update(cancelled_at=timezone.now())
        case "coming":
            Session.objects.update(ends_at=timezone.now() + timedelta(hours=1))
        case "muted":
            levels.follow_space(space, by=ana, level=Level.MUTED)
        case "nothing leaves":
            Space.objects.update(mail_rule="nothing")
    assert edition(cleo if why == "outside" else ana).missed == []


@pytest.mark.parametrize("what", ["looked", "cancelled"])
def test_a_session_that_i_did_not_miss_after_all_does_not_leave(ana, session, what, meanwhile, mailoutbox):
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    if what == "looked":
        meanwhile(lambda: RoomReading.objects.create(leader=ana, room=session.room))
    else:
        meanwhile(lambda: Session.objects.update(cancelled_at=timezone.now()))
    digest.deliver()
    assert mailoutbox == []
    assert Digest.objects.get().note == "There was nothing new."
