"""Who is told of what was said in a chat: those named, those in a conversation, those who ask for more."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import moderation
from community.mail import letters
from community.models import (
    Errand,
    ErrandKind,
    Letter,
    Message,
    Notice,
    Participant,
    RoomReading,
    SpaceLevel,
    SpaceMembership,
)
from community.models.waiting import count_unread
from community.rooms import chat
from community.telling import calls


def say(room, by, body="Good morning.", **options):
    message = chat.say(room, by=by, body=body, uuid=uuid.uuid4(), **options)
    room.refresh_from_db()
    return message


def told(message):
    """Say it, and tell those whom it concerns."""
    calls.announce_message(message)
    return message


def lines(leader):
    return [notice.kind for notice in Notice.objects.visible_to(leader).unread()]


def page(client, address="/notices/"):
    return client.get(address).content.decode()


def test_whoever_is_named_is_told_and_named_by_a_link(ana, ben, cleo, dara, room, browse):
    told(say(room, ana, "Could @ben and @cleo look at this?"))
    assert (lines(ben), lines(cleo), lines(ana), lines(dara)) == (["chat_mention"], [], [], [])
    shown = page(browse(ben), "/spaces/north/chat/")
    assert f'<a href="/leaders/ben/" data-leader="{ben.pk}"' in shown
    assert "@cleo look" in shown  # she cannot read it: a name, and nothing else
    assert "chat__item--named" in shown
    assert "chat__item--named" not in page(browse(ana), "/spaces/north/chat/")


def test_whoever_reads_the_room_is_told_nothing(ana, ben, room):
    message = say(room, ana, "Hello @ben")
    chat.read(room, by=ben, number=1)
    told(message)
    assert not Notice.objects.exists()


def test_reading_the_room_reads_the_notice(ana, ben, room, browse):
    told(say(room, ana, "Hello @ben"))
    assert count_unread(ben) == 1
    assert "Ana Brook mentioned you in the chat of North cohort" in page(browse(ben))
    chat.read(room, by=ben, number=1)
    assert (count_unread(ben), lines(ben)) == (0, [])


def test_the_promise_is_kept_a_moment_later_and_only_where_somebody_is_meant(ana, room):
    say(room, ana, "Nobody in particular")
    assert not Errand.objects.exists()
    say(room, ana, "Hello @ben, who has not joined")
    assert not Errand.objects.exists()
    say(room, ana, "Note to myself: @ana")
    errand = Errand.objects.get()
    assert errand.kind == ErrandKind.ANNOUNCE_MESSAGE
    assert errand.due_at > timezone.now() + timedelta(seconds=5)


def test_a_mention_added_by_an_edit_is_told_once(ana, ben, room):
    message = told(say(room, ana, "Hello"))
    assert lines(ben) == []
    for words in ("Hello @ben", "Hello again @ben"):
        told(chat.edit(message, by=ana, body=words))
    assert lines(ben) == ["chat_mention"]


@pytest.mark.parametrize("gone", ["hidden", "deleted", "left", "no chat", "suspended"])
def test_what_one_can_no_longer_see_one_is_no_longer_told(ana, ben, dara, space, room, browse, gone):
    message = told(say(room, ana, "CANARY for @ben"))
    assert count_unread(ben) == 1
    match gone:
        case "hidden":
            moderation.hide(message, by=dara, reason="Out of place")
        case "deleted":
            chat.delete(message, by=ana)
        case "left":
            ben.cohort_memberships.all().delete()
        case "no chat":
            space.has_chat = False
            space.save()
        case "suspended":
            ben.suspended_until = timezone.now() + timedelta(days=1)
            ben.save()
    ben.refresh_from_db()
    assert (count_unread(ben), lines(ben)) == (0, [])
    assert "CANARY" not in page(browse(ben))
    assert letters.LEDGER.compose([ben]).get(ben.pk, letters.Bundle()).count == 0


@pytest.mark.parametrize("gone", ["hidden", "deleted"])
def test_what_is_gone_before_its_time_is_told_to_nobody(ana, ben, dara, room, gone):
    message = say(room, ana, "For @ben")
    if gone == "hidden":
        moderation.hide(message, by=dara, reason="Out of place")
    else:
        chat.delete(message, by=ana)
    calls.announce_message(Message.objects.get())
    assert not Notice.objects.filter(kind="chat_mention").exists()


def test_whoever_left_before_its_time_is_told_nothing(ana, ben, room):
    message = say(room, ana, "For @ben")
    ben.cohort_memberships.all().delete()
    told(message)
    assert not Notice.objects.exists()


def test_who_watches_a_chat_has_one_line_for_all_that_is_new(ana, ben, room, browse):
    calls.follow(room, by=ben, level="watching")
    for number in range(3):
        told(say(room, ana, f"Line {number}"))
    say(room, ben, "And mine")
    [notice] = Notice.objects.visible_to(ben).with_replies(ben)
    assert (notice.kind, notice.said) == ("chat", 3)
    assert "3 new messages in the chat of North cohort" in page(browse(ben))
    chat.read(room, by=ben, number=2)
    assert Notice.objects.with_replies(ben).get().said == 1
    chat.read(room, by=ben, number=4)
    assert count_unread(ben) == 0
    told(say(room, ana, "Something else"))
    assert [notice.said for notice in Notice.objects.visible_to(ben).unread().with_replies(ben)] == [1]


def test_nobody_else_is_told_of_every_message(ana, ben, room):
    told(say(room, ana))
    assert not Notice.objects.exists()


def test_who_is_named_has_no_second_line_for_watching(ana, ben, room):
    calls.follow(room, by=ben, level="watching")
    told(say(room, ana, "Hello @ben"))
    assert lines(ben) == ["chat_mention"]


def test_who_wants_nothing_is_told_nothing(ana, ben, space, room):
    told(say(room, ana, "Hello @ben"))
    calls.follow(room, by=ben, level="muted")
    assert count_unread(ben) == 0
    told(say(room, ana, "Again, @ben"))
    assert count_unread(ben) == 0
    calls.follow(room, by=ben, level="normal")
    SpaceLevel.objects.create(leader=ben, space=space, level="muted")
    told(say(room, ana, "And again, @ben"))
    assert count_unread(ben) == 1  # what one chose for the chat goes before the space


def test_a_muted_space_mutes_its_chat(ana, ben, space, room):
    SpaceLevel.objects.create(leader=ben, space=space, level="muted")
    told(say(room, ana, "Hello @ben"))
    assert not Notice.objects.exists()


def test_a_conversation_tells_those_who_are_in_it(ana, ben, cleo, dara, finn, direct, browse):
    told(say(direct, ana, "CANARY between us"))
    told(say(direct, ana, "And more"))
    [notice] = Notice.objects.visible_to(cleo).with_replies(cleo)
    assert (notice.kind, notice.said) == ("direct", 2)
    shown = page(browse(cleo))
    assert "2 new messages in a conversation with Ana Brook" in shown
    assert "CANARY" not in shown
    for other in (ana, ben, dara, finn):
        assert lines(other) == []
    direct.participants.filter(leader=cleo).update(left_at=timezone.now())
    assert count_unread(cleo) == 0


def test_whoever_joins_later_is_not_told_of_what_was_said_before(ana, ben, cleo, direct):
    message = say(direct, ana, "Before @ben")
    Participant.objects.create(room=direct, leader=ben, since=direct.last_number)
    told(message)
    assert (lines(ben), lines(cleo)) == ([], ["direct"])


def test_a_letter_says_no_more_than_it_may(ana, ben, cleo, space, room, direct):
    told(say(room, ana, "CANARY for @ben"))
    told(say(direct, ana, "CANARY for Cleo"))
    assert set(Letter.objects.values_list("leader", flat=True)) == {ben.pk, cleo.pk}
    bundles = letters.LEDGER.compose([ben, cleo])
    assert bundles[ben.pk].subject == "Ana Brook mentioned you in the chat of North cohort"
    assert bundles[cleo.pk].subject == "Somebody wrote to you"
    assert "CANARY" not in str(bundles)
    space.mail_rule = "nothing"
    space.save()
    assert letters.LEDGER.compose([ben])[ben.pk].subject == "Something new for you in North cohort"
    chat.read(room, by=ben, number=1)
    assert letters.LEDGER.compose([ben])[ben.pk].count == 0


def test_after_reading_a_new_message_may_be_mailed_again(ana, cleo, direct):
    told(say(direct, ana))
    Notice.objects.update(mailed_at=timezone.now())
    told(say(direct, ana))
    assert not Notice.objects.filter(mailed_at=None).exists()  # one line, mailed once
    chat.read(direct, by=cleo, number=2)
    told(say(direct, ana))
    assert Notice.objects.filter(mailed_at=None, read_at=None).count() == 1


def test_names_are_offered_to_those_in_the_room_alone(ana, ben, cleo, room, direct, browse):
    address = f"/rooms/{room.pk}/people/?q="
    assert 'data-handle="ben"' in page(browse(ana), f"{address}ben")
    assert "cleo" not in page(browse(ana), f"{address}cleo")
    assert browse(cleo).get(f"{address}ben").status_code == 404
    assert browse(ana).post(address).status_code == 405
    address = f"/rooms/{direct.pk}/people/?q="
    assert 'data-handle="cleo"' in page(browse(ana), f"{address}cleo")
    assert "ben" not in page(browse(ana), f"{address}ben")
    assert browse(ben).get(f"{address}cleo").status_code == 404


def test_choosing_on_the_page(ana, cleo, room, browse):
    address = f"/rooms/{room.pk}/follow/"
    assert "Notices: mentions" in page(browse(ana), "/spaces/north/chat/")
    assert browse(ana).post(address, {"level": "watching"}).url == "/spaces/north/chat/"
    assert RoomReading.objects.get(leader=ana).level == "watching"
    assert "Notices: all" in page(browse(ana), "/spaces/north/chat/")
    assert browse(ana).post(address, {"level": "x"}).status_code == 422
    assert browse(ana).get(address).status_code == 405
    assert browse(cleo).post(address, {"level": "watching"}).status_code == 404
    assert RoomReading.objects.count() == 1


def test_a_notice_leads_to_its_message(ana, ben, cleo, room, direct, browse):
    message = told(say(room, ana, "Hello @ben"))
    notice = Notice.objects.get(leader=ben)
    assert browse(ben).get(f"/notices/{notice.pk}/").url == f"/messages/{message.pk}/"
    assert count_unread(ben) == 0
    told(say(direct, ana))
    notice = Notice.objects.get(leader=cleo)
    assert browse(cleo).get(f"/notices/{notice.pk}/").url == f"/conversations/{direct.pk}/"


def test_two_hundred_names_are_twenty_mentions(ana, ben, room):
    words = " ".join(f"@nobody{number}" for number in range(200)) + " @ben"
    message = say(room, ana, words)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        chat.edit(message, by=ana, body=f"{words}!")
    assert len(asked) < 20
    told(message)
    assert Notice.objects.count() <= 1


def test_a_moderator_who_left_is_not_told(ana, dara, space, room):
    message = say(room, ana, "Hello @dara")
    SpaceMembership.objects.filter(leader=dara, space=space).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now()
    )
    told(message)
    assert lines(dara) == []
