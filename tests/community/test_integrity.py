"""What an operator is told about rows that do not hold together."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community.models import Message, Post, Reading, Room, Thread
from community.rooms import chat
from tests.making import make_reply


def verify():
    """What the command says, whatever it ends with."""
    said = StringIO()
    try:
        call_command("verify_integrity", stdout=said)
    except CommandError as error:
        said.write(str(error))
    return said.getvalue()


@pytest.fixture
def room(space, ana):
    room = chat.room_of(space)
    for words in ("Good morning", "Anybody here?"):
        chat.say(room, by=ana, body=words, uuid=uuid.uuid4())
    return room


def test_a_lively_place_holds_together(thread, room, ana, ben):
    make_reply(thread, ben)
    chat.edit(room.messages.first(), by=ana, body="Good evening")
    assert verify() == "Everything holds together.\n"


def test_an_empty_place_holds_together(db):
    assert verify() == "Everything holds together.\n"


def test_a_hole_is_found(thread, ben):
    make_reply(thread, ben)
    last = make_reply(thread, ben)
    Thread.objects.update(last_post=last)
    Post.objects.filter(number=2).delete()
    assert f"Thread {thread.pk}: its posts are not numbered from 1 to the last without a hole." in verify()


def test_a_wrong_figure_is_found(thread, ben):
    make_reply(thread, ben)
    Thread.objects.update(shown_count=7, last_post=thread.posts.get(number=1))
    said = verify()
    assert f"Thread {thread.pk}: the number of posts" in said
    assert f"Thread {thread.pk}: what it says is its last post" in said
    assert "2 found." in said


def test_a_post_in_another_space_is_found(thread, commons):
    Post.objects.update(space=commons)
    assert "it is in another space than its thread" in verify()


def test_a_message_from_the_future_is_found(room):
    Message.objects.filter(number=2).update(version=9)
    assert f"Room {room.pk}: a message has a version" in verify()


def test_a_lost_message_is_found(room):
    Message.objects.filter(number=1).delete()
    assert f"Room {room.pk}: its messages are not numbered" in verify()


def test_a_mark_beyond_the_end_is_found(thread, ben):
    Reading.objects.create(leader=ben, thread=thread, read_up_to=50)
    assert "a mark is beyond the last post" in verify()


def test_nothing_is_changed(thread, commons):
    Post.objects.update(space=commons)
    verify()
    assert Post.objects.get().space == commons


def test_rooms_that_belong_to_nobody_are_found(space):
    lost = [Room.objects.create(kind="session", space=space), Room.objects.create(kind="direct")]
    assert all(f"Room {room.pk}: " in verify() for room in lost)


def test_a_reply_to_what_is_not_there_is_found(room, commons, ana):
    elsewhere = chat.say(chat.room_of(commons), by=ana, body="Hello", uuid=uuid.uuid4())
    first, second = room.messages.order_by("number")
    Message.objects.filter(pk=second.pk).update(reply_to=first)
    assert verify() == "Everything holds together.\n"
    Message.objects.filter(pk=second.pk).update(reply_to=elsewhere)
    assert f"Message {second.pk}: it answers a message of another room" in verify()
    Message.objects.filter(pk=second.pk).update(reply_to=None)
    Message.objects.filter(pk=first.pk).update(reply_to=second)
    assert f"Message {first.pk}: it answers a message" in verify()
