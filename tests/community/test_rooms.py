"""Three kinds of rooms: the chat of a space, a conversation of a few people, a hosted session."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from community.models import Message, Participant, Room, RoomKind, Session, SpaceMembership
from community.rooms import chat, transcript
from community.sockets import live


def say(room, by, body="Good morning."):
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4())


@pytest.fixture
def session(space, ana):
    room = Room.objects.create(kind=RoomKind.SESSION, space=space)
    now = timezone.now()
    times = {"starts_at": now - timedelta(minutes=5), "ends_at": now + timedelta(minutes=55)}
    return Session.objects.create(room=room, title="Rotas in winter", host=ana, **times)


def test_a_space_has_one_chat(space):
    room = chat.room_of(space)
    assert chat.room_of(space) == room
    with pytest.raises(IntegrityError):
        Room.objects.create(space=space)


def test_a_session_is_beside_the_chat_of_its_space(space, session):
    assert chat.room_of(space) != session.room


def test_only_its_participants_see_a_conversation(ana, ben, cleo, dara, finn, direct):
    said = say(direct, ana, "Between us.")
    for leader, sees in [(ana, True), (cleo, True), (ben, False), (dara, False), (finn, False)]:
        assert Room.objects.visible_to(leader).filter(pk=direct.pk).exists() is sees
        assert Message.objects.visible_to(leader).filter(pk=said.pk).exists() is sees
        assert bool(live.versions([f"room:{direct.pk}"], to=leader)) is sees


def test_whoever_left_sees_nothing_and_says_nothing(ana, cleo, direct):
    say(direct, ana)
    direct.participants.filter(leader=cleo).update(left_at=timezone.now())
    assert not Room.objects.visible_to(cleo).filter(pk=direct.pk).exists()
    assert not Message.objects.visible_to(cleo).exists()
    with pytest.raises(PermissionDenied, match="Only those who are in"):
        say(direct, cleo)
    with pytest.raises(PermissionDenied, match="Nobody else"):
        say(direct, ana)


def test_whoever_is_suspended_is_in_no_conversation(ana, cleo, direct):
    say(direct, ana)
    cleo.suspended_until = timezone.now() + timedelta(days=1)
    cleo.save()
    assert not Room.objects.visible_to(cleo).exists()
    assert not Message.objects.visible_to(cleo).exists()


def test_whoever_comes_later_sees_nothing_earlier(ana, ben, cleo, direct):
    early = say(direct, ana, "Before Ben.")
    direct.refresh_from_db()
    Participant.objects.create(room=direct, leader=ben, since=direct.last_number)
    late = say(direct, ana, "After Ben.")
    assert list(Message.objects.visible_to(ben)) == [late]
    assert transcript.part_of(direct, to=ben).messages == [late]
    assert chat.changes(direct, to=ben, after=0) == [late]
    assert transcript.part_of(direct, to=cleo).messages == [early, late]


def test_an_edit_of_what_was_said_earlier_is_not_pushed_to_whoever_came_later(
    ana, ben, direct, monkeypatch, django_capture_on_commit_callbacks
):
    early = say(direct, ana, "Canary one.")
    direct.refresh_from_db()
    Participant.objects.create(room=direct, leader=ben, since=direct.last_number)
    frames = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: frames.append(frame))
    with django_capture_on_commit_callbacks(execute=True):
        chat.edit(early, by=ana, body="Canary two.")
    assert frames
    assert "Canary" not in str(frames)


def test_a_session_is_read_like_its_space_and_open_by_the_clock(ana, ben, cleo, space, session):
    said = say(session.room, ben)
    assert said in Message.objects.visible_to(ana)
    assert said not in Message.objects.visible_to(cleo)
    session.ends_at = timezone.now() - timedelta(seconds=1)
    session.save()
    with pytest.raises(PermissionDenied, match="has ended"):
        say(Room.objects.get(pk=session.pk), ben)
    assert said in Message.objects.visible_to(ana)


def test_a_session_opens_ten_minutes_before_its_start(ben, session):
    session.starts_at = timezone.now() + timedelta(minutes=11)
    session.save()
    with pytest.raises(PermissionDenied, match="not begun"):
        say(Room.objects.get(pk=session.pk), ben)
    session.starts_at = timezone.now() + timedelta(minutes=9)
    session.save()
    assert say(Room.objects.get(pk=session.pk), ben)


def test_a_space_without_chat_still_has_its_sessions(ana, ben, space, session):
    say(chat.room_of(space), ana)
    space.has_chat = False
    space.save()
    assert list(Room.objects.visible_to(ben)) == [session.room]


def test_an_ended_membership_ends_sessions(dara, space, session):
    assert Room.objects.visible_to(dara).filter(pk=session.pk).exists()
    SpaceMembership.objects.filter(leader=dara).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now()
    )
    assert not Room.objects.visible_to(dara).filter(pk=session.pk).exists()
