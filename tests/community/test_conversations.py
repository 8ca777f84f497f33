"""Ana, Ben and Cleo talk among themselves; nobody else reads it, and nobody has to."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community import errands, members, moderation, permissions
from community.models import (
    Case,
    Decision,
    KeptOut,
    Message,
    NobodyNew,
    Notice,
    Participant,
    Room,
    SpaceMembership,
    Unheard,
)
from community.models.waiting import count_conversations
from community.rooms import chat, conversations, transcript
from tests.cast import make_leader

CANARY = "Quokka at midnight"


def begin(by, *people, body="Good morning.", number=None):
    return conversations.begin(list(people), by=by, body=body, uuid=number or uuid.uuid4())


def say(room, by, body="Good morning."):
    room.refresh_from_db()
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4())


def pages(leader):
    client = Client()
    client.force_login(leader)
    return client


def address(name, room):
    return reverse(name, args=[room.pk])


# --- Beginning


def test_a_conversation_begins_with_a_line_that_says_who_reads_it(ana, cleo):
    room = begin(ana, cleo).room
    first, second = transcript.part_of(room, to=cleo).messages
    assert first.is_note
    assert "faculty moderators" in first.body
    assert second.body == "Good morning."


def test_the_same_people_again_are_the_same_conversation(ana, ben, cleo):
    first = begin(ana, cleo)
    assert begin(cleo, ana).room == first.room
    assert begin(ana, cleo, ben).room != first.room
    assert begin(ana, ben).room != first.room


def test_sent_twice_it_is_once(ana, cleo):
    number = uuid.uuid4()
    assert begin(ana, cleo, number=number) == begin(ana, cleo, number=number, body="Again")
    assert Room.objects.count() == 1
    assert Message.objects.filter(is_note=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_write_to_each_other_at_once_begin_one_conversation(ana, cleo):
    def talk(by, to):
        try:
            begin(by, to)
        finally:
            connection.close()

    talkers = [threading.Thread(target=talk, args=pair) for pair in [(ana, cleo), (cleo, ana)] * 3]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    assert Room.objects.count() == 1


def test_a_suspended_leader_begins_nothing(ana, eli):
    with pytest.raises(PermissionDenied):
        begin(eli, ana)
    assert not Room.objects.exists()


def test_one_sentence_for_everybody_who_cannot_be_written_to(ana, ben, cleo, eli):
    left = make_leader("Gus Hale", is_active=False)
    new = make_leader("Hana Iver", joined_at=None)
    KeptOut.objects.create(leader=ben, other=ana)
    NobodyNew.objects.create(leader=cleo)
    unheard = make_leader("Ida Jones")
    Unheard.objects.create(leader=unheard, giver=ana)
    said = set()
    for person in (ben, cleo, eli, left, new, unheard):
        with pytest.raises(PermissionDenied) as refusal:
            begin(ana, person)
        said.add(str(refusal.value).replace(str(person), "…"))
    assert said == {"… takes part in no new conversation at present."}
    assert not Room.objects.exists()


def test_whoever_wants_nobody_new_can_begin_and_goes_on(ana, cleo):
    room = begin(ana, cleo).room
    conversations.welcome_nobody_new(cleo, nobody=True)
    assert say(room, ana)
    assert begin(ana, cleo).room == room
    assert begin(cleo, ana).room == room


def test_eight_are_the_most(ana, cleo):
    people = [make_leader(f"{letter}ro Few") for letter in "BCDFGHJ"]
    room = begin(ana, *people).room
    assert len(conversations.people_in(room)) == 8
    with pytest.raises(PermissionDenied, match="at most 8"):
        conversations.add(room, cleo, by=ana)
    with pytest.raises(PermissionDenied, match="at most 8"):
        begin(ana, cleo, *people)


def test_nobody_talks_with_oneself(ana):
    for people in ([], [ana]):
        with pytest.raises(PermissionDenied, match="Choose somebody"):
            begin(ana, *people)


def test_a_day_has_an_end_to_new_people(ana, ben, cleo, monkeypatch):
    monkeypatch.setattr("community.permissions.limits.PEOPLE_BROUGHT_AT_MOST", 1)
    room = begin(ana, cleo).room
    for work in (lambda: begin(ana, ben), lambda: conversations.add(room, ben, by=ana)):
        with pytest.raises(permissions.TooOften, match="tomorrow"):
            work()
    assert say(room, ana)


# --- Coming and going


def test_whoever_is_added_sees_nothing_earlier(ana, ben, cleo):
    room = begin(ana, cleo, body=CANARY).room
    conversations.add(room, ben, by=cleo)
    say(room, ana, "Welcome.")
    assert [m.body for m in transcript.part_of(room, to=ben).messages] == [
        "Cleo Dunmore added Ben Carrow, who sees what is said from now on.",
        "Welcome.",
    ]
    page = pages(ben)
    for place in (address("conversation", room), f"{address('conversation', room)}?before=9"):
        assert CANARY not in page.get(place).content.decode()
    answer = page.get(f"{address('conversation', room)}after/0/")
    assert CANARY not in answer.content.decode()
    room.refresh_from_db()
    assert answer.json()["version"] == room.version


def test_names_in_a_line_of_the_room_are_plain_text(ana, cleo):
    odd = make_leader("Gus", handle="gus")
    odd.name = "<b>*Gus*</b>"
    odd.save()
    room = begin(ana, cleo).room
    conversations.add(room, odd, by=ana)
    assert "&lt;b&gt;*Gus*&lt;/b&gt;" in transcript.part_of(room, to=ana).messages[-1].body_html


def test_an_outsider_adds_nobody(ana, ben, cleo, dara):
    room = begin(ana, cleo).room
    with pytest.raises(PermissionDenied, match="Only those who are in"):
        conversations.add(room, ben, by=dara)
    with pytest.raises(PermissionDenied, match="already"):
        conversations.add(room, cleo, by=ana)
    assert room.participants.count() == 2


def test_whoever_leaves_is_out_at_once(ana, cleo, django_capture_on_commit_callbacks, monkeypatch):
    frames = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: frames.append((topic, frame)))
    room = begin(ana, cleo).room
    with django_capture_on_commit_callbacks(execute=True):
        conversations.leave(room, by=cleo)
    assert (f"leader:{cleo.pk}", "rights") in [(topic, json.loads(frame)["type"]) for topic, frame in frames]
    page = pages(cleo)
    for name in ("conversation", "add_to_conversation", "leave_conversation"):
        assert page.get(address(name, room)).status_code == 404
    assert page.post(address("conversation", room), {"body": "x", "uuid": uuid.uuid4()}).status_code == 404
    assert "Cleo Dunmore has left." in pages(ana).get(address("conversation", room)).content.decode()


@pytest.mark.parametrize("leaver", [0, 1])
def test_nothing_is_said_to_a_conversation_that_ended_at_that_moment(ana, cleo, monkeypatch, leaver):
    room, held = begin(ana, cleo).room, chat._lock

    def hold(pk):
        monkeypatch.setattr(chat, "_lock", held)
        conversations.leave(room, by=(ana, cleo)[leaver])
        return held(pk)

    monkeypatch.setattr(chat, "_lock", hold)
    with pytest.raises(PermissionDenied):
        say(room, ana, CANARY)
    assert not Message.objects.filter(body=CANARY).exists()


def test_whoever_was_left_alone_reads_on(ana, cleo):
    room = begin(ana, cleo, body=CANARY).room
    conversations.leave(room, by=cleo)
    page = pages(ana).get(address("conversation", room)).content.decode()
    assert CANARY in page
    assert "Nobody else is in this conversation any more." in page
    assert "data-composer-of-chat" not in page


def test_leaving_for_good_keeps_all_of_them_out_of_new_ones(ana, ben, cleo):
    room = begin(ana, ben, cleo).room
    conversations.leave(room, by=cleo, keep_out=True)
    for by in (ana, ben):
        with pytest.raises(PermissionDenied, match="takes part in no new"):
            begin(by, cleo)
        with pytest.raises(PermissionDenied, match="takes part in no new"):
            conversations.add(room, cleo, by=by)
    with pytest.raises(PermissionDenied, match="You keep Ana Brook out"):
        begin(cleo, ana)
    conversations.let_in(ana, by=cleo)
    assert begin(ana, cleo)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("how", ["kept out", "unheard"])
def test_nobody_brings_together_those_who_keep_apart(ana, ben, cleo, turned, how):
    keeper, other = (cleo, ben) if turned else (ben, cleo)
    if how == "kept out":
        KeptOut.objects.create(leader=keeper, other=other)
    else:
        Unheard.objects.create(leader=keeper, giver=other)
    for people in ([ben, cleo], [cleo, ben]):
        with pytest.raises(PermissionDenied) as refusal:
            begin(ana, *people)
        assert str(refusal.value) == f"{people[-1]} takes part in no new conversation at present."
    room = begin(ana, ben).room
    with pytest.raises(PermissionDenied, match="Cleo Dunmore takes part in no new"):
        conversations.add(room, cleo, by=ana)
    assert cleo not in conversations.people_in(room)
    begin(ana, cleo)  # each alone is nobody else's business


def test_a_conversation_that_both_were_in_before_goes_on(ana, ben, cleo):
    room = begin(ana, ben, cleo).room
    KeptOut.objects.create(leader=ben, other=cleo)
    assert begin(ana, ben, cleo).room == room
    assert say(room, cleo)


def test_one_leaves_once(ana, cleo):
    room = begin(ana, cleo).room
    conversations.leave(room, by=cleo)
    with pytest.raises(PermissionDenied, match="not in this conversation"):
        conversations.leave(room, by=cleo)
    assert room.messages.filter(body__contains="has left").count() == 1


def test_whoever_comes_back_does_not_see_the_first_time(ana, ben, cleo):
    room = begin(ana, ben, cleo, body=CANARY).room
    conversations.leave(room, by=cleo)
    say(room, ana, f"{CANARY} again")
    conversations.add(room, cleo, by=ana)
    assert CANARY not in str([m.body for m in transcript.part_of(room, to=cleo).messages])
    assert Participant.objects.filter(leader=cleo).count() == 2


# --- The list and the badge


def test_the_badge_is_what_the_list_marks(ana, ben, cleo):
    room = begin(ana, cleo).room
    begin(ben, cleo)
    assert [count_conversations(leader) for leader in (ana, ben, cleo)] == [0, 0, 2]
    page = pages(cleo)
    assert page.get("/conversations/").content.decode().count("row--new") == 2
    page.get(address("conversation", room))
    assert count_conversations(cleo) == 2
    room.refresh_from_db()
    assert page.post(f"/rooms/{room.pk}/read/", {"number": room.last_number}).status_code == 302
    assert count_conversations(cleo) == 1
    assert page.get("/conversations/").content.decode().count("row--new") == 1
    assert ">1<" in page.get("/conversations/badge/").content.decode()


def test_what_came_before_one_and_lines_of_the_room_are_not_new(ana, ben, cleo):
    room = begin(ana, cleo).room
    conversations.add(room, ben, by=ana)
    assert count_conversations(ben) == 0
    say(room, ana)
    assert count_conversations(ben) == 1


def test_nothing_is_new_to_whoever_left_or_is_suspended(ana, ben, cleo):
    room = begin(ana, ben, cleo).room
    conversations.leave(room, by=ben)
    cleo.suspended_until = timezone.now() + timedelta(days=1)
    cleo.save()
    say(room, ana)
    assert [count_conversations(leader) for leader in (ben, cleo)] == [0, 0]
    assert not conversations.listed(cleo).exists()


def test_the_newest_stands_first(ana, ben, cleo):
    first = begin(ana, ben).room
    second = begin(ana, cleo).room
    assert list(conversations.listed(ana)) == [second, first]
    say(first, ben)
    assert list(conversations.listed(ana)) == [first, second]


def test_the_list_asks_no_more_for_more_rows(ana, ben, cleo, dara, django_assert_max_num_queries):
    begin(ana, ben)
    page = pages(ana)
    page.get("/conversations/")
    with django_assert_max_num_queries(30) as one:
        page.get("/conversations/")
    begin(ana, cleo)
    begin(dara, ana, ben)
    with django_assert_max_num_queries(len(one)):
        page.get("/conversations/")


def test_an_empty_list_says_how_to_begin(ana):
    assert "No conversations yet" in pages(ana).get("/conversations/").content.decode()


# --- Through the front door


def test_ana_begins_one_on_a_page(ana, ben, cleo):
    typed = {"to": "@cleo, Ben Carrow", "body": "Hello both", "uuid": uuid.uuid4()}
    answer = pages(ana).post("/conversations/start/", typed)
    room = Room.objects.get()
    assert answer.url.startswith(address("conversation", room))
    assert set(conversations.people_in(room)) == {ana, ben, cleo}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"to": ""}, "Choose somebody to talk with."),
        ({"to": "Nobody At All"}, "“Nobody At All”"),
        ({"to": "@cleo", "body": ""}, "Write something first."),
        ({"to": "x" * 700}, "These are too many names."),
    ],
)
def test_what_is_missing_is_said_and_the_words_stay(ana, cleo, typed, sentence):
    typed = {"body": "Kept words", "uuid": uuid.uuid4(), **typed}
    answer = pages(ana).post("/conversations/start/", typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert typed["body"] in answer.content.decode()
    assert not Room.objects.exists()


def test_a_refusal_keeps_the_words(ana, cleo):
    conversations.welcome_nobody_new(cleo, nobody=True)
    typed = {"to": "@cleo", "body": "Kept words", "uuid": uuid.uuid4()}
    answer = pages(ana).post("/conversations/start/", typed)
    assert answer.status_code == 403
    assert "Cleo Dunmore takes part in no new conversation" in answer.content.decode()
    assert "Kept words" in answer.content.decode()


def test_from_the_page_of_a_person_one_comes_to_the_same_conversation(ana, cleo):
    page = pages(ana)
    assert "/conversations/start/?to=cleo" in page.get("/leaders/cleo/").content.decode()
    assert "@cleo" in page.get("/conversations/start/?to=cleo").content.decode()
    room = begin(ana, cleo).room
    assert page.get("/conversations/start/?to=cleo").url == address("conversation", room)


def test_names_are_offered_but_not_of_those_who_cannot_be_reached(ana, ben, cleo, eli):
    page = pages(ana)

    def offered(words):
        return page.get("/conversations/people/", {"q": words}).content.decode()

    assert "Cleo Dunmore" in offered("cle")
    assert offered("ana").strip() == ""
    assert offered("eli").strip() == ""
    conversations.welcome_nobody_new(cleo, nobody=True)
    assert offered("cle").strip() == ""


def test_adding_on_the_page(ana, ben, cleo):
    room = begin(ana, cleo).room
    page = pages(ana)
    place = address("add_to_conversation", room)
    assert "nothing that was said before" in page.get(place).content.decode()
    assert page.post(place, {"to": "@ben @dara"}).status_code == 422
    assert page.post(place, {"to": "@cleo"}).status_code == 403
    assert page.post(place, {"to": "@ben"}).status_code == 302
    assert room.participants.now().count() == 3


def test_leaving_on_the_page_and_letting_in_again(ana, cleo):
    room = begin(ana, cleo).room
    page = pages(ana)
    place = address("leave_conversation", room)
    assert "Ana" not in page.get(place).content.decode().split("<form", 2)[-1].split("</form>")[0]
    assert room.participants.now().count() == 2
    assert page.post(place, {}).status_code == 422
    assert page.post(place, {"how": "keep_out"}).url == "/conversations/"
    assert "Cleo Dunmore" in page.get("/settings/conversations/").content.decode()
    assert page.get("/conversations/with/cleo/let-in/").status_code == 405
    assert page.post("/conversations/with/cleo/let-in/").status_code == 302
    assert page.post("/conversations/with/cleo/let-in/").status_code == 404
    assert not KeptOut.objects.exists()


def test_choosing_nobody_new_on_the_page(ana):
    page = pages(ana)
    assert page.post("/settings/conversations/", {"who": "x"}).status_code == 422
    assert page.post("/settings/conversations/", {"who": "nobody"}).status_code == 302
    assert NobodyNew.objects.filter(leader=ana).exists()
    assert page.post("/settings/conversations/", {"who": "everybody"}).status_code == 302
    assert not NobodyNew.objects.exists()


def test_a_message_is_linked_edited_and_looked_up_only_by_those_who_hear_it(ana, ben, cleo, dara, finn):
    said = begin(ana, cleo, body=CANARY)
    chat.edit(said, by=ana, body=f"{CANARY}, edited")
    conversations.add(said.room, ben, by=ana)
    for name in (
        "message",
        "message_history",
        "edit_message",
        "delete_message",
        "report_message",
        "hide_message",
    ):
        place = reverse(name, args=[said.pk])
        for outsider in (ben, dara, finn):
            assert pages(outsider).get(place).status_code == 404, (name, outsider)
    assert pages(cleo).get(reverse("message_history", args=[said.pk])).status_code == 200
    assert pages(ana).get(reverse("edit_message", args=[said.pk])).status_code == 200
    assert pages(cleo).get(reverse("hide_message", args=[said.pk])).status_code == 403


# --- Reported


@pytest.fixture
def reported(ana, cleo, dara):
    """Ana wrote fourteen messages to Cleo, who reports the seventh; then Ana writes on."""
    room = begin(ana, cleo, body="Line 1").room
    said = [say(room, ana, f"Line {n:02}") for n in range(2, 15)]
    case = moderation.report(said[5], by=cleo, category="harassment").case
    say(room, ana, CANARY)
    return case


def test_nobody_reads_a_conversation_that_was_not_reported(ana, cleo, dara, finn):
    said = begin(ana, cleo, body=CANARY)
    for outsider in (dara, finn):
        page = pages(outsider)
        for place in (
            address("conversation", said.room),
            f"{address('conversation', said.room)}after/0/",
            reverse("message", args=[said.pk]),
            reverse("report_message", args=[said.pk]),
        ):
            assert page.get(place).status_code == 404
        with pytest.raises(PermissionDenied):
            moderation.hide(said, by=outsider, reason="Because")
        with pytest.raises(PermissionDenied):
            moderation.report(said, by=outsider, category="other")
    assert not Decision.objects.exists()


def test_a_report_opens_a_few_messages_and_nothing_that_came_later(reported, dara, ana):
    page = pages(dara).get(reverse("desk_case", args=[reported.pk])).content.decode()
    assert [n for n in range(1, 15) if f"Line {n:02}" in page] == [4, 5, 6, 7, 8, 9, 10]
    assert CANARY not in page
    assert reverse("message", args=[reported.message_id]) not in page
    room = reported.message.room
    assert pages(dara).get(address("conversation", room)).status_code == 404


def test_an_edit_does_not_take_away_what_was_reported(reported, ana, dara):
    chat.edit(reported.message, by=ana, body="Only kind words")
    page = pages(dara).get(reverse("desk_case", args=[reported.pk])).content.decode()
    assert "Line 07" in page


def test_what_is_written_into_messages_beside_it_later_is_not_opened(reported, ana, dara):
    beside = reported.message.room.messages.get(body="Line 08")
    chat.edit(beside, by=ana, body="Before")
    Case.objects.update(opened_at=timezone.now())
    chat.edit(beside, by=ana, body=CANARY)
    page = pages(dara).get(reverse("desk_case", args=[reported.pk])).content.decode()
    assert "Before" in page
    assert CANARY not in page


def test_what_is_hidden_beside_it_is_not_opened_again(reported, ana, cleo, dara):
    moderation.hide(reported.message, by=dara, reason="Unkind")
    other = reported.message.room.messages.get(body="Line 09")
    case = moderation.report(other, by=cleo, category="other").case
    page = pages(dara).get(reverse("desk_case", args=[case.pk])).content.decode()
    assert "Line 08" in page
    assert "Line 07" not in page
    assert "Line 07" in pages(dara).get(reverse("desk_case", args=[reported.pk])).content.decode()


def test_faculty_who_were_in_it_read_of_no_decision_about_it(reported, ana, dara, commons):
    gus = make_leader("Gus Hale", is_faculty=True)
    SpaceMembership.objects.create(space=commons, leader=gus, role="moderator")
    Participant.objects.create(room=reported.message.room, leader=gus)
    until = timezone.now() + timedelta(days=1)
    members.suspend(ana, by=dara, space=None, until=until, reason="Unkind", case=reported)
    members.lift(ana, by=dara, space=None, reason="Enough")
    assert Decision.objects.visible_to(dara).count() == 2
    assert "Suspension lifted:" in (log := pages(dara).get(reverse("desk_log")).content.decode())
    assert log.count(", Ana Brook") == 2
    assert not Decision.objects.visible_to(gus).exists()
    assert "Ana Brook" not in pages(gus).get(reverse("desk_log")).content.decode()


def test_a_reporter_is_told_when_there_is_nobody_to_read_it(ana, cleo, settings):
    settings.CONTACT_EMAIL = "team@example.org"
    said = begin(ana, cleo)
    place = reverse("report_message", args=[said.pk])
    page = pages(cleo).post(place, {"category": "harassment"}, follow=True).content.decode()
    assert "no faculty moderator who may read it" in page
    assert "team@example.org" in page
    assert "will read it and tell you" not in page


def test_an_admin_is_told_that_nobody_may_read_a_report(ana, cleo, dara, finn, commons):
    said = begin(ana, cleo, dara)
    moderation.report(said, by=cleo, category="harassment")
    page = pages(finn).get("/admin/community/space/").content.decode()
    assert "A report of no space waits" in page
    assert "Cleo" not in page
    assert "Ana" not in page
    gus = make_leader("Gus Hill", is_faculty=True)
    SpaceMembership.objects.create(space=commons, leader=gus, role="moderator")
    assert "A report of no space" not in pages(finn).get("/admin/community/space/").content.decode()


def test_a_late_comer_opens_nothing_earlier(ana, ben, cleo, dara):
    room = begin(ana, cleo, body=CANARY).room
    conversations.add(room, ben, by=ana)
    said = say(room, ana, "Odd words")
    case = moderation.report(said, by=ben, category="other").case
    page = pages(dara).get(reverse("desk_case", args=[case.pk])).content.decode()
    assert "Odd words" in page
    assert CANARY not in page


def test_only_faculty_of_open_spaces_who_never_were_in_it_see_the_case(reported, ana, ben, finn, space, dara):
    def sees(leader):
        return Case.objects.visible_to(leader).filter(pk=reported.pk).exists()

    def told():
        return list(reported.deciders())

    assert (sees(dara), told()) == (True, [dara])
    assert [sees(leader) for leader in (ana, ben, finn)] == [False, False, False]
    Participant.objects.create(room=reported.message.room, leader=dara, left_at=timezone.now())
    assert (sees(dara), told()) == (False, [])
    Participant.objects.filter(leader=dara).delete()
    SpaceMembership.objects.filter(leader=dara, space__kind="open").delete()
    assert (sees(dara), told()) == (False, [])


def test_a_moderator_never_decides_about_their_own_words(cleo, dara):
    said = begin(dara, cleo)
    case = moderation.report(said, by=cleo, category="other").case
    assert not Case.objects.visible_to(dara).exists()
    with pytest.raises(PermissionDenied):
        moderation.dismiss(case, by=dara, reason="Mine")


def test_a_moderator_hides_what_was_reported_and_nothing_else(reported, ana, cleo, dara):
    other = reported.message.room.messages.get(body="Line 08")
    with pytest.raises(PermissionDenied):
        moderation.hide(other, by=dara, reason="Because")
    moderation.hide(reported.message, by=dara, reason="Unkind")
    page = pages(ana).get(address("conversation", reported.message.room)).content.decode()
    assert "Line 07" not in page
    assert "hidden by a moderator" in page
    moderation.restore(reported.message, by=dara, reason="On second thoughts")
    assert [d.space for d in Decision.objects.visible_to(dara)] == [None, None]


def test_a_moderator_suspends_whom_the_report_is_about_and_lifts_it(reported, ana, cleo, dara, finn):
    until = timezone.now() + timedelta(days=1)
    for leader, by in ((cleo, dara), (ana, finn), (ana, cleo)):
        with pytest.raises(PermissionDenied):
            members.suspend(leader, by=by, space=None, until=until, reason="Unkind", case=reported)
    members.suspend(ana, by=dara, space=None, until=until, reason="Unkind", case=reported)
    assert not Room.objects.visible_to(ana).exists()
    assert "Ana Brook" in pages(dara).get("/desk/").content.decode()
    with pytest.raises(PermissionDenied):
        members.lift(ana, by=finn, space=None, reason="Enough")
    members.lift(ana, by=dara, space=None, reason="Enough")
    assert Room.objects.visible_to(ana).exists()


def test_the_pages_of_the_desk_name_no_space_and_nobody_who_only_talked(reported, ana, cleo, dara):
    page = pages(dara)
    posted = page.post(reverse("decide_case", args=[reported.pk]), {"verb": "hide", "reason": "Unkind"})
    assert posted.status_code == 302
    for name in ("desk", "desk_log", "desk_register"):
        text = page.get(reverse(name)).getvalue().decode() if name == "desk_register" else ""
        text = text or page.get(reverse(name)).content.decode()
        assert "Line" not in text
        assert "Cleo" not in text
    assert "A conversation" in page.get(reverse("desk_log")).content.decode()


def test_the_case_is_told_without_a_name_or_a_word(reported, ana, cleo, dara):
    errands.run()
    assert Notice.objects.visible_to(dara).count() == 1
    page = pages(dara).get("/notices/").content.decode()
    assert "A report waits at the desk" in page
    for word in ("Ana Brook", "Cleo", "Line"):
        assert word not in page
    moderation.dismiss(reported, by=dara, reason="Let it stand")
    errands.run()
    assert "A moderator read it" in pages(cleo).get("/notices/").content.decode()
    assert not Notice.objects.filter(leader=ana).exists()


def test_reporting_on_the_page(ana, cleo, dara):
    said = begin(ana, cleo)
    page = pages(cleo)
    place = reverse("report_message", args=[said.pk])
    assert "up to three messages before" in page.get(place).content.decode()
    assert page.post(place, {"category": "other"}).status_code == 302
    note = said.room.messages.get(is_note=True)
    assert page.get(reverse("report_message", args=[note.pk])).status_code == 403


# --- Side doors


def test_no_side_door_gives_a_word_or_a_name_away(ana, ben, cleo, dara, eli, finn, reported):
    room = begin(ana, ben, body=CANARY).room
    chat.read(room, by=ben, number=2)
    for outsider in (cleo, dara, finn):
        page = pages(outsider)
        for place in (
            "/",
            "/conversations/",
            "/catch-up/",
            "/notices/",
            "/search/?q=Quokka",
            "/leaders/ana/",
            "/settings/conversations/",
            "/admin/",
            "/admin/community/space/",
        ):
            assert "midnight" not in page.get(place, follow=True).content.decode(), (outsider, place)
    assert pages(eli).get("/conversations/").status_code == 403
    names = {model._meta.model_name for model in admin.site._registry}
    assert names.isdisjoint({"room", "participant", "keptout", "nobodynew", "session"})
