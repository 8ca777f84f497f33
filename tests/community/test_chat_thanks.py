"""Thanking for what somebody said in a chat."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from community import moderation
from community.mail import letters
from community.models import Errand, ErrandKind, Notice, NoticeChoice, Participant, Room, RoomKind, Thanks
from community.models.waiting import count_unread
from community.rooms import chat, messages
from community.telling import announcements


@pytest.fixture
def message(ana, room):
    return chat.say(room, by=ana, body="Ring me on Monday.", uuid=uuid.uuid4())


def text(client, address):
    return client.get(address).content.decode()


def test_everybody_in_the_room_sees_it_live_and_its_author_is_told(ana, ben, dara, room, message, browse):
    thanks = chat.thank(message, by=ben, words="It helped.")
    [changed] = chat.changes(room, to=dara, after=1)
    assert changed.version == 2
    assert "Thanked by Ben Carrow (“It helped.”)" in messages.as_event(changed)["html"]
    assert "Thanked by Ben Carrow" in text(browse(dara), "/spaces/north/chat/")
    announcements.tell_thanked(thanks)
    shown = text(browse(ana), "/notices/")
    assert "Ben Carrow thanked you for your message in the chat of North cohort: “It helped.”" in shown


def test_twice_is_once(ben, message):
    for _ in range(2):
        chat.thank(message, by=ben)
    assert Thanks.objects.count() == Errand.objects.filter(kind=ErrandKind.TELL_THANKED).count() == 1
    message.refresh_from_db()
    assert message.version == 2


def test_taken_back_it_is_gone_with_its_notice(ana, ben, room, message, browse):
    announcements.tell_thanked(chat.thank(message, by=ben, words="CANARY"))
    assert count_unread(ana) == 1
    chat.take_thanks_back(message, by=ben)
    chat.take_thanks_back(message, by=ben)
    assert not Notice.objects.exists()
    assert "CANARY" not in text(browse(ana), "/spaces/north/chat/")
    message.refresh_from_db()
    assert message.version == 3


@pytest.mark.parametrize("gone", ["hidden", "deleted"])
def test_it_goes_with_the_message(ana, ben, dara, message, browse, gone):
    announcements.tell_thanked(chat.thank(message, by=ben, words="CANARY"))
    if gone == "hidden":
        moderation.hide(message, by=dara, reason="Out of place")
    else:
        chat.delete(message, by=ana)
    assert not Notice.objects.visible_to(ana).filter(kind="thanks").exists()
    for someone in (ana, ben, dara):
        for address in ("/spaces/north/chat/", "/spaces/north/chat/after/0/", "/notices/"):
            assert "CANARY" not in text(browse(someone), address)
    assert "CANARY" not in str(letters.LEDGER.compose([ana]))
    message.refresh_from_db()
    with pytest.raises(PermissionDenied, match="cannot see"):
        chat.thank(message, by=ben)


def test_not_for_ones_own_words_nor_the_rooms_nor_for_what_one_cannot_see(ana, ben, cleo, room, message):
    for leader, item in [(ana, message), (cleo, message), (ben, chat.note(room, "Somebody came."))]:
        with pytest.raises(PermissionDenied):
            chat.thank(item, by=leader)
    assert not Thanks.objects.exists()


def test_a_conversation_keeps_its_thanks(ana, cleo, ben, finn, browse):
    direct = Room.objects.create(kind=RoomKind.DIRECT)
    for leader in (ana, cleo):
        Participant.objects.create(room=direct, leader=leader)
    said = chat.say(direct, by=ana, body="Well.", uuid=uuid.uuid4())
    announcements.tell_thanked(chat.thank(said, by=cleo, words="CANARY"))
    assert "CANARY" in text(browse(ana), "/notices/")
    NoticeChoice.objects.create(leader=ana, kind="thanks", channel="mail")
    letter = str(letters.LEDGER.compose([ana])[ana.pk])
    assert "Somebody thanked you for your message in a chat" in letter
    assert "CANARY" not in letter
    assert "Cleo" not in letter
    for other in (ben, finn):
        assert browse(other).get(f"/messages/{said.pk}/thank/").status_code == 404
        assert "CANARY" not in text(browse(other), "/notices/")


def test_the_page(ana, ben, cleo, message, browse):
    door = f"/messages/{message.pk}/thank/"
    assert "Thank Ana Brook" in text(browse(ben), door)
    assert browse(ben).post(door, {"words": "x" * 201}).status_code == 422
    assert browse(ben).post(door, {"words": "Well put."}).url == f"/messages/{message.pk}/"
    assert "You thanked Ana Brook" in text(browse(ben), door)
    assert browse(ana).post(door).status_code == 403
    assert browse(cleo).post(door).status_code == 404
    assert browse(ben).get(f"{door}undo/").status_code == 405
    assert browse(cleo).post(f"{door}undo/").status_code == 404
    assert browse(ben).post(f"{door}undo/").status_code == 302
    assert not Thanks.objects.exists()


def test_the_database_wants_one_item(ben, message):
    with pytest.raises(IntegrityError), transaction.atomic():
        Thanks.objects.create(by=ben)
