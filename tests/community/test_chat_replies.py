"""Ana and Ben answer each other in the chat of their cohort's space."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from community import moderation
from community.models import Message, Participant, Room, RoomKind
from community.rooms import chat, messages


def say(room, by, body="Good morning.", **options):
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4(), **options)


def page(client) -> str:
    return client.get("/spaces/north/chat/").content.decode()


def test_a_reply_shows_whose_words_it_answers(ana, ben, room, browse):
    say(room, ana, "Who brings the **cake**?")
    reply = say(room, ben, "I do.", reply_to=1)
    assert reply.reply_to.number == 1
    shown = page(browse(ana))
    assert "Ana Brook: Who brings the cake?</a>" in shown
    assert f'href="/messages/{reply.reply_to_id}/" data-reply-to="1"' in shown


def test_long_words_are_shortened(ana, ben, room):
    say(room, ana, "A very long sentence. " * 20)
    short = messages.in_short(Message.objects.get())
    assert short.startswith("Ana Brook: A very long sentence. A very")
    assert len(short) < 100
    assert short.endswith("…")


def test_what_is_hidden_later_has_no_words_above_its_replies(ana, ben, dara, room, browse):
    first = say(room, ana, "Mrs CANARY of Mill Lane")
    say(room, ben, "I know her.", reply_to=1)
    version = chat.room_of(room.space).version
    moderation.hide(first, by=dara, reason="Names a patient")
    for someone in (ana, ben, dara):
        shown = page(browse(someone))
        assert "CANARY" not in shown
        assert "A message that was hidden</a>" in shown
    # An open page is told by the same version, and changes every line that names the message.
    [told] = browse(ben).get(f"/spaces/north/chat/after/{version}/").json()["messages"]
    assert told["version"] == version + 1
    assert 'data-short="A message that was hidden"' in told["html"]
    moderation.restore(first, by=dara, reason="It was an actress.")
    assert "Ana Brook: Mrs CANARY of Mill Lane</a>" in page(browse(ben))


def test_an_edit_changes_the_line_above_its_replies(ana, ben, room, browse):
    first = say(room, ana, "At nien.")
    say(room, ben, "Good.", reply_to=1)
    chat.edit(first, by=ana, body="At nine.")
    shown = page(browse(ben))
    assert "Ana Brook: At nine.</a>" in shown
    assert "nien" not in shown


@pytest.mark.parametrize("number", [0, 2, 99, 2**31])
def test_nothing_answers_a_message_that_is_not_there(ana, room, number):
    say(room, ana)
    with pytest.raises(PermissionDenied, match="not there any more"):
        say(room, ana, reply_to=number)
    assert Message.objects.count() == 1
    room.refresh_from_db()
    assert (room.last_number, room.version) == (1, 1)


def test_nothing_answers_a_message_of_another_room_or_a_hidden_one(ana, dara, room, commons):
    other = chat.room_of(commons)
    for _ in range(2):
        hidden = say(other, ana)
    moderation.hide(hidden, by=dara, reason="Out of place")
    with pytest.raises(PermissionDenied, match="not there any more"):
        say(room, ana, reply_to=1)
    with pytest.raises(PermissionDenied, match="not there any more"):
        say(other, ana, reply_to=2)


def test_the_same_uuid_stays_the_first_message_whatever_it_answers(ana, ben, dara, room):
    first = say(room, ben)
    number = uuid.uuid4()
    reply = chat.say(room, by=ana, body="Yes.", uuid=number, reply_to=1)
    moderation.hide(first, by=dara, reason="Out of place")
    assert chat.say(room, by=ana, body="Yes.", uuid=number, reply_to=1) == reply


def test_without_javascript_the_door_opens_the_form(ana, ben, cleo, dara, room, browse):
    first = say(room, ana, "Who brings the cake?")
    answer = browse(ben).get(f"/messages/{first.pk}/reply/")
    assert answer.url == "/spaces/north/chat/?newest=1&reply=1#id_body"
    form = browse(ben).get(answer.url).content.decode()
    assert "Replying to <b data-answered>Ana Brook: Who brings the cake?</b>" in form
    assert 'name="reply_to" value="1"' in form
    sent = {"body": "I do.", "uuid": uuid.uuid4(), "reply_to": "1"}
    assert browse(ben).post("/spaces/north/chat/", sent).status_code == 302
    assert Message.objects.last().reply_to == first
    assert browse(cleo).get(f"/messages/{first.pk}/reply/").status_code == 404
    assert browse(ben).post(f"/messages/{first.pk}/reply/").status_code == 405
    moderation.hide(first, by=dara, reason="Out of place")
    assert browse(ben).get(f"/messages/{first.pk}/reply/").status_code == 404


@pytest.mark.parametrize(("number", "status"), [("x", 422), ("-1", 422), ("9" * 30, 422), ("7", 403)])
def test_bad_input_keeps_the_words(ana, room, browse, number, status):
    sent = {"body": "These words stay", "uuid": uuid.uuid4(), "reply_to": number}
    answer = browse(ana).post("/spaces/north/chat/", sent)
    assert answer.status_code == status
    assert "These words stay" in answer.content.decode()
    assert not Message.objects.exists()


def test_a_permalink_finds_the_place_of_a_hidden_message(ana, ben, dara, cleo, room, browse):
    message = say(room, ana)
    moderation.hide(message, by=dara, reason="Out of place")
    assert browse(ben).get(f"/messages/{message.pk}/").url.endswith("#message-1")
    assert browse(cleo).get(f"/messages/{message.pk}/").status_code == 404


def test_queries_do_not_grow_with_replies(ana, ben, room, browse, django_assert_max_num_queries):
    say(room, ana)
    for number in range(1, 40):
        say(room, ben, reply_to=number)
    browse(ana).get("/spaces/north/chat/")
    with django_assert_max_num_queries(24):
        browse(ana).get("/spaces/north/chat/")


def test_whoever_joined_a_conversation_later_reads_nothing_earlier_above_a_reply(
    ana, ben, cleo, browse, monkeypatch, django_capture_on_commit_callbacks
):
    direct = Room.objects.create(kind=RoomKind.DIRECT)
    for leader in (ana, cleo):
        Participant.objects.create(room=direct, leader=leader)
    first = say(direct, cleo, "CANARY before Ben")
    Participant.objects.create(room=direct, leader=ben, since=1)
    frames = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: frames.append(frame))
    with django_capture_on_commit_callbacks(execute=True):
        reply = say(direct, ana, "I agree.", reply_to=1)
    assert "CANARY" not in str(frames)
    for reader, is_told in [(cleo, True), (ben, False)]:
        heard = direct.heard_after(reader)
        assert ("CANARY" in messages.as_event(reply, heard_after=heard)["html"]) is is_told
    assert browse(ben).get(f"/messages/{first.pk}/").status_code == 404
    assert browse(ben).get(f"/messages/{first.pk}/reply/").status_code == 404
    with pytest.raises(PermissionDenied, match="not there any more"):
        say(direct, ben, reply_to=1)
