"""Ana and Ben talk in the chat of their cohort's space."""

import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from community import consumers, moderation
from community.models import Message, Room, RoomReading
from community.rooms import chat, messages


def say(room, by, body="Good morning.", number=None):
    return chat.say(room, by=by, body=body, uuid=number or uuid.uuid4())


def pushed(monkeypatch):
    frames = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: frames.append((topic, frame)))
    return frames


def test_messages_are_numbered_without_a_gap(ana, ben, room):
    said = [say(room, ana), say(room, ben), say(room, ana)]
    assert [message.number for message in said] == [1, 2, 3]
    assert [message.version for message in said] == [1, 2, 3]


def test_the_same_uuid_is_the_first_message(ana, room):
    first = say(room, ana, "One.", uuid_ := uuid.uuid4())
    again = say(room, ana, "Two.", uuid_)
    assert again == first
    assert again.body == "One."
    room.refresh_from_db()
    assert (room.last_number, room.version) == (1, 1)


def test_saying_takes_few_statements(ana, room, browse, django_assert_num_queries):
    key = browse(ana).session.session_key
    frame = {"room": room.pk, "body": "Good morning."}
    consumers.say(key, {**frame, "uuid": str(uuid.uuid4())}, expected=ana)  # builds and prepares them
    with django_assert_num_queries(
        7
    ):  # who, the room, its readers, the message, who watches; a savepoint's two
        said = consumers.say(key, {**frame, "uuid": str(uuid.uuid4())}, expected=ana)
    assert (said["number"], said["version"]) == (2, 2)
    message = Message.objects.get(number=2)
    assert (message.author, message.body_html, message.is_note) == (ana, "<p>Good morning.</p>\n", False)
    assert Room.objects.get(pk=room.pk).last_number == 2


def test_a_room_that_one_cannot_see_is_like_none(ana, cleo, space, room, browse):
    number, key = uuid.uuid4(), browse(cleo).session.session_key
    say(room, ana, number=number)
    for place in (room.pk, 999_999):
        frame = {"room": place, "body": "Me too", "uuid": str(number)}
        with pytest.raises(consumers.Refused, match="There is no room here"):
            consumers.say(key, frame, expected=cleo)
    assert Message.objects.count() == 1


def test_what_was_said_is_answered_again_after_the_room_has_closed(ana, space, room):
    number = uuid.uuid4()
    said = say(room, ana, number=number)
    space.closed_at = space.created_at
    space.save()
    assert say(room, ana, number=number) == said
    with pytest.raises(PermissionDenied, match="closed"):
        say(room, ana)


def test_another_may_use_the_same_uuid(ana, ben, room):
    number = uuid.uuid4()
    assert say(room, ana, number=number) != say(room, ben, number=number)


def test_outsider_says_nothing(cleo, room):
    with pytest.raises(PermissionDenied, match="Only members"):
        say(room, cleo)
    assert not Message.objects.exists()


def test_a_closed_space_is_quiet(ana, space, room):
    space.closed_at = space.created_at
    space.save()
    room.space.refresh_from_db()
    with pytest.raises(PermissionDenied, match="closed"):
        say(room, ana)


def test_a_message_is_announced_once_it_is_stored(ana, room, monkeypatch, django_capture_on_commit_callbacks):
    frames = pushed(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        say(room, ana, "Hello **you**")
        assert frames == []
    [(topic, frame)] = frames
    assert topic == f"room:{room.pk}"
    assert "<strong>you</strong>" in frame


def test_an_edit_keeps_the_former_text_and_takes_the_next_version(ana, ben, room):
    first = say(room, ana, "Nien o'clock")
    say(room, ben)
    edited = chat.edit(first, by=ana, body="Nine o'clock")
    assert (edited.number, edited.version) == (1, 3)
    assert [text.body for text in chat.texts(edited)] == ["Nine o'clock", "Nien o'clock"]
    assert [message.number for message in chat.changes(room, to=ana, after=1)] == [2, 1]


def test_an_edit_without_a_change_is_none(ana, room):
    message = say(room, ana)
    assert chat.edit(message, by=ana, body=message.body).version == 1
    assert not message.revisions.exists()


def test_nobody_edits_for_another(ana, ben, room):
    with pytest.raises(PermissionDenied, match="Only its author"):
        chat.edit(say(room, ana), by=ben, body="I agree with Ben.")


def test_hiding_takes_the_next_version_and_leaves_a_placeholder(ana, dara, room):
    message = say(room, ana, "Mrs Patient of Mill Lane")
    moderation.hide(message, by=dara, reason="Names a patient")
    [changed] = chat.changes(room, to=ana, after=1)
    assert changed.version == 2
    event = messages.as_event(changed)
    assert "Mill Lane" not in str(event)
    assert "hidden by a moderator" in event["html"]


def test_the_mark_of_reading_never_moves_back(ana, room):
    for _ in range(3):
        say(room, ana)
    room.refresh_from_db()
    for number in (2, 3, 1, 99):
        chat.read(room, by=ana, number=number)
    assert RoomReading.objects.get(leader=ana).read_up_to == 3


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap(ana, ben, room):
    def talk(leader):
        try:
            for _ in range(10):
                say(room, leader)
        finally:
            connection.close()

    talkers = [threading.Thread(target=talk, args=[leader]) for leader in (ana, ben, ana, ben)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    assert list(room.messages.values_list("number", flat=True)) == list(range(1, 41))
    assert sorted(room.messages.values_list("version", flat=True)) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_the_same_uuid_at_the_same_moment_is_one_message(ana, room):
    number, said = uuid.uuid4(), []

    def talk():
        try:
            said.append(say(room, ana, number=number).pk)
        finally:
            connection.close()

    talkers = [threading.Thread(target=talk) for _ in range(6)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    assert len(said) == 6
    assert len(set(said)) == 1
    room.refresh_from_db()
    assert (room.last_number, room.version) == (1, 1)


# --- The pages ------------------------------------------------------------------------------------------


def test_the_page_shows_what_was_said(ana, ben, room, browse):
    say(room, ben, "Is anybody here?")
    page = browse(ana).get(reverse("chat", args=["north"]))
    assert page.status_code == 200
    assert "Is anybody here?" in page.content.decode()
    assert not RoomReading.objects.exists()


def test_the_first_visit_opens_the_room(ana, space, browse):
    assert browse(ana).get("/spaces/north/chat/").status_code == 200
    assert Room.objects.filter(space=space).count() == 1


@pytest.mark.parametrize(
    "address", ["/spaces/north/chat/", "/spaces/north/chat/after/0/", "/spaces/nowhere/chat/"]
)
def test_outsider_finds_nothing(cleo, room, browse, address):
    assert browse(cleo).get(address).status_code == 404


def test_outsider_finds_no_message(ana, cleo, room, browse):
    message = say(room, ana)
    for page in ("message", "edit_message", "message_history"):
        assert browse(cleo).get(reverse(page, args=[message.pk])).status_code == 404


def test_saying_without_javascript(ana, room, browse):
    answer = browse(ana).post("/spaces/north/chat/", {"body": "Hello", "uuid": uuid.uuid4()})
    assert answer.status_code == 302
    assert answer.url == "/spaces/north/chat/?from=1#message-1"
    assert Message.objects.get().author == ana


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"body": "x" * 4001}, "longer than 4,000 characters"),
        ({"body": "  "}, "Write something first."),
        ({"body": "nul \0 inside"}, "Null characters are not allowed."),
        ({"body": "typed", "uuid": "not one"}, "Please send again."),
    ],
)
def test_bad_input_keeps_the_words(ana, room, browse, form, sentence):
    answer = browse(ana).post("/spaces/north/chat/", {"uuid": uuid.uuid4(), **form})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert form["body"].strip().replace("\0", "") in page.replace("\0", "")
    assert not Message.objects.exists()


def test_a_refusal_keeps_the_words(ana, space, room, browse):
    space.closed_at = space.created_at
    space.save()
    answer = browse(ana).post("/spaces/north/chat/", {"body": "Too late", "uuid": uuid.uuid4()})
    assert answer.status_code == 403
    assert "This space is closed." in answer.content.decode()
    assert "Too late" in answer.content.decode()


def test_an_old_page_catches_up(ana, ben, dara, room, browse):
    first, second = say(room, ana, "First"), say(room, ben, "Second")
    third = say(room, ben, "Third")
    chat.edit(first, by=ana, body="First, edited")
    moderation.hide(second, by=dara, reason="Names a patient")
    answer = browse(ana).get("/spaces/north/chat/after/2/").json()
    assert answer["version"] == 5
    assert answer["more"] is False
    assert [event["number"] for event in answer["messages"]] == [third.number, first.number, second.number]


def test_catching_up_goes_in_steps(ana, room, browse, monkeypatch):
    monkeypatch.setattr(chat, "CHANGES_AT_ONCE", 2)
    for _ in range(3):
        say(room, ana)
    answer = browse(ana).get("/spaces/north/chat/after/0/").json()
    assert (answer["version"], answer["more"], len(answer["messages"])) == (2, True, 2)
    answer = browse(ana).get("/spaces/north/chat/after/2/").json()
    assert (answer["version"], answer["more"], len(answer["messages"])) == (3, False, 1)


def test_earlier_messages_by_number(ana, room, browse):
    for number in range(1, 61):
        say(room, ana, f"Message number {number}.")
    page = browse(ana).get("/spaces/north/chat/").content.decode()
    assert "Message number 11." in page
    assert "Message number 10." not in page
    assert "?before=11" in page
    page = browse(ana).get("/spaces/north/chat/?before=11").content.decode()
    assert "Message number 1." in page
    assert "Message number 11." not in page


@pytest.mark.parametrize("before", ["", "0", "-1", "x", "9" * 40, "²"])
def test_any_number_of_before_is_a_page(ana, room, browse, before):
    say(room, ana)
    assert browse(ana).get("/spaces/north/chat/", {"before": before}).status_code == 200


def test_a_permalink_opens_the_page_of_its_message(ana, room, browse):
    said = [say(room, ana) for _ in range(80)]
    answer = browse(ana).get(reverse("message", args=[said[4].pk]))
    assert answer.url == "/spaces/north/chat/?from=1#message-5"
    answer = browse(ana).get(reverse("message", args=[said[-1].pk]))
    assert answer.url == "/spaces/north/chat/?from=31#message-80"


def test_editing_on_a_page(ana, ben, room, browse):
    message = say(room, ana, "Nien")
    address = reverse("edit_message", args=[message.pk])
    assert "Nien" in browse(ana).get(address).content.decode()
    assert browse(ana).post(address, {"body": ""}).status_code == 422
    assert browse(ana).post(address, {"body": "Nine"}).status_code == 302
    message.refresh_from_db()
    assert message.body == "Nine"
    history = browse(ben).get(reverse("message_history", args=[message.pk])).content.decode()
    assert "Nien" in history
    answer = browse(ben).post(address, {"body": "Ten"})
    assert answer.status_code == 403
    assert "Only its author can edit a message." in answer.content.decode()


def test_a_script_is_only_text(ana, room, browse):
    say(room, ana, "<script>alert(1)</script> [x](javascript:alert(1))")
    page = browse(ana).get("/spaces/north/chat/").content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_queries_do_not_grow_with_messages(ana, ben, room, browse, django_assert_max_num_queries):
    for _ in range(40):
        say(room, ana)
        say(room, ben)
    browse(ana).get("/spaces/north/chat/")
    with django_assert_max_num_queries(24):
        browse(ana).get("/spaces/north/chat/")
