"""What was said in the chat of the cohort goes on as a thread, and keeps none of its words there."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import composing, moderation, posts, threads
from community.finding import search
from community.mail import editions, letters
from community.models import (
    Message,
    MessageQuote,
    Notice,
    Participant,
    Post,
    Room,
    RoomKind,
    SpaceKind,
    Thread,
)
from community.rooms import chat, continuations, messages
from community.telling import calls
from leaders.models import Leader


def say(room, by, body):
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4())


def carry(room, chosen, by, **options):
    options = {"title": "How we hand over", "uuid": uuid.uuid4(), **options}
    return continuations.begin(room, chosen, by=by, **options)


def html(thread, viewer):
    return posts.page(thread, 1, viewer=viewer)[0].html


@pytest.fixture
def said(ana, ben, room):
    return [say(room, ana, "CANARY one"), say(room, ben, "CANARY **two**"), say(room, ana, "CANARY three")]


def test_a_moderator_carries_messages_into_a_thread(ana, ben, dara, room, said):
    thread = carry(room, [said[1], said[0]], dara, words="Worth keeping.")
    post = thread.posts.get()
    assert (post.author, thread.space) == (dara, room.space)
    shown = html(thread, ben)
    assert (
        shown.index("Worth keeping.") < shown.index("Ana Brook said in the chat") < shown.index("CANARY one")
    )
    assert shown.index("CANARY one") < shown.index("Ben Carrow said in the chat") < shown.index("<strong>two")
    assert f'href="/messages/{said[0].pk}/"' in shown
    assert "CANARY three" not in shown


def test_its_words_are_stored_in_the_chat_alone(ana, dara, room, said, space):
    thread = carry(room, said, dara)
    post = thread.posts.get()
    assert "CANARY" not in post.body + post.body_html
    assert search.find("CANARY", by=ana).posts.count == 0
    assert "CANARY" not in str(editions.compose([ana]))


def test_each_message_leads_to_the_thread(ana, dara, room, said, browse):
    version = Room.objects.get(pk=room.pk).version
    post = carry(room, said[:2], dara).posts.get()
    page = browse(ana).get("/spaces/north/chat/").content.decode()
    assert page.count(f'<a href="/posts/{post.pk}/">→ Continued in a thread</a>') == 2
    assert Room.objects.get(pk=room.pk).version == version + 2
    Thread.objects.filter(pk=post.thread_id).update(hidden_at=timezone.now())
    assert "Continued in a thread" not in browse(ana).get("/spaces/north/chat/").content.decode()


def links(room, reader):
    """The links to threads that an open page is told of, by the number of the message."""
    told = {}
    for message in chat.changes(Room.objects.get(pk=room.pk), to=reader, after=0):
        told[message.number] = "Continued in a thread" in messages.as_event(message)["html"]
    return told


def all_moved_on(room, said, version):
    """Open pages hear of each of these messages anew."""
    return {message.number for message in chat.changes(room, to=said[0].author, after=version)} == {
        message.number for message in said
    }


def test_open_pages_see_the_link_come_and_go(ana, dara, space, commons, room, said):
    own = [said[0], said[2]]
    thread = carry(room, own, ana)
    post = thread.posts.get()
    assert links(room, ana) == {1: True, 2: False, 3: True}
    changes = [
        (lambda: moderation.hide(thread, by=dara, reason="Wait"), False),
        (lambda: moderation.restore(thread, by=dara, reason="Go on"), True),
        (lambda: moderation.hide(post, by=dara, reason="Wait"), False),
        (lambda: moderation.restore(post, by=dara, reason="Go on"), True),
        (lambda: moderation.move(thread, to=commons, by=dara, reason="There"), False),
        (lambda: moderation.move(thread, to=space, by=dara, reason="And back"), True),
    ]
    for change, is_there in changes:
        version = Room.objects.get(pk=room.pk).version
        for row in (thread, post):
            row.refresh_from_db()
        change()
        assert all_moved_on(room, own, version)
        assert links(room, ana) == {1: is_there, 2: False, 3: is_there}


def test_an_edit_takes_away_the_link_of_what_it_leaves_out(ana, dara, room, said):
    post = carry(room, said[:2], dara).posts.get()
    body = continuations.as_body([said[0]], "Only this")
    threads.edit(post, by=dara, body=body, version=post.version)
    assert links(room, ana) == {1: True, 2: False, 3: False}
    version = Room.objects.get(pk=room.pk).version
    threads.edit(post, by=dara, body=body + "\nMore words.", version=post.version + 1)
    assert Room.objects.get(pk=room.pk).version == version  # nothing changed for the room


def test_a_thread_that_is_taken_back_leaves_no_link(ana, dara, room, said, settings):
    settings.UNDO_SEND_SECONDS = 60
    post = carry(room, said[:2], dara).posts.get()
    threads.withdraw(post, by=dara)
    assert links(room, ana) == {1: False, 2: False, 3: False}


def test_a_merged_thread_leaves_no_link(ana, dara, space, room, said):
    thread = carry(room, said[:2], dara)
    other = threads.start(space, by=dara, title="Before it", body="Here.", uuid=uuid.uuid4())
    version = Room.objects.get(pk=room.pk).version
    moderation.merge(thread, into=other, by=dara, reason="One talk")
    assert all_moved_on(room, said[:2], version)
    assert links(room, ana) == {1: False, 2: False, 3: False}


@pytest.mark.parametrize("gone", ["hidden", "deleted"])
def test_what_is_gone_from_the_chat_is_gone_from_the_thread(
    ana, ben, dara, room, said, browse, gone, monkeypatch, django_capture_on_commit_callbacks
):
    thread = carry(room, said, dara)
    topics = []
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: topics.append(topic))
    with django_capture_on_commit_callbacks(execute=True):
        if gone == "hidden":
            moderation.hide(said[0], by=dara, reason="Names a patient")
        else:
            chat.delete(said[0], by=ana)
    assert f"thread:{thread.pk}" in topics  # open pages of the thread fetch it anew
    for someone in (ana, ben, dara):
        client = browse(someone)
        for address in (thread.get_absolute_url(), f"/posts/{thread.posts.get().pk}/history/"):
            page = client.get(address).content.decode()
            assert "CANARY one" not in page
        assert "A chat message that is not there any more" in html(thread, someone)
    assert "CANARY <strong>two</strong>" in html(thread, ben)


def test_an_edit_in_the_chat_is_an_edit_in_the_thread(ana, ben, dara, room, said):
    thread = carry(room, said, dara)
    chat.edit(said[0], by=ana, body="Said better")
    assert "Said better" in html(thread, ben)
    assert "CANARY one" not in html(thread, ben)


def test_whoever_cannot_read_the_chat_reads_nothing_of_it_in_a_thread(ana, cleo, dara, commons, room, said):
    thread = carry(room, said, dara)
    Thread.objects.filter(pk=thread.pk).update(space=commons)
    Post.objects.filter(thread=thread).update(space=commons)
    thread.refresh_from_db()
    assert "CANARY" not in html(thread, cleo)
    assert "CANARY" in html(thread, ana)


def test_members_take_their_own_alone(ana, ben, cleo, room, said):
    assert carry(room, [said[0], said[2]], ana).author == ana
    with pytest.raises(PermissionDenied, match="Only the moderators"):
        carry(room, said, ana)
    with pytest.raises(PermissionDenied, match="Only members"):
        carry(room, [said[0]], cleo)
    assert Thread.objects.count() == 1


def test_nobody_gets_around_the_rule_by_writing_the_address(ana, ben, dara, commons, space, room, said):
    for body in (f"> /messages/{said[1].pk}/", f"Look:\n\n> /messages/{said[1].pk}/\n\nWell."):
        with pytest.raises(composing.UntakenMessage):
            threads.start(space, by=ana, title="Not mine", body=body, uuid=uuid.uuid4())
    with pytest.raises(composing.UntakenMessage):
        threads.start(
            commons, by=dara, title="Elsewhere", body=f"> /messages/{said[1].pk}/", uuid=uuid.uuid4()
        )
    assert not Thread.objects.exists()
    # With other words it is an ordinary quote, and nobody's name stands above it.
    thread = threads.start(
        space, by=ana, title="Forged?", body=f"> /messages/{said[1].pk}/\n> I am a fool", uuid=uuid.uuid4()
    )
    assert "said in the chat" not in html(thread, ben)
    assert not MessageQuote.objects.exists()


def test_an_edit_of_the_thread_keeps_what_it_held(ana, dara, room, said):
    post = carry(room, said, dara).posts.get()
    moderation.hide(said[1], by=dara, reason="Out of place")
    edited = threads.edit(post, by=dara, body=f"New words\n\n{post.body}", version=1)
    assert edited.message_quotes.count() == 3
    threads.edit(edited, by=dara, body="Only words", version=2)
    assert not MessageQuote.objects.exists()


def test_gone_notes_and_other_rooms_are_refused(ana, dara, commons, room, said):
    note = chat.note(room, "Somebody came.")
    other = say(chat.room_of(commons), ana, "Elsewhere")
    moderation.hide(said[0], by=dara, reason="Out of place")
    chat.delete(said[2], by=ana)
    for wrong in (note, other, said[0], said[2]):
        with pytest.raises(PermissionDenied, match="not there any more"):
            carry(room, [said[1], wrong], dara)
    assert not Thread.objects.exists()


def test_a_conversation_stays_where_it_is(ana, cleo, browse):
    direct = Room.objects.create(kind=RoomKind.DIRECT)
    for leader in (ana, cleo):
        Participant.objects.create(room=direct, leader=leader)
    message = say(direct, ana, "CANARY")
    with pytest.raises(PermissionDenied, match="stays there"):
        carry(direct, [message], ana)
    assert browse(ana).get(f"/rooms/{direct.pk}/thread/").status_code == 404
    assert "Turn into a thread" not in browse(ana).get(f"/conversations/{direct.pk}/").content.decode()


def test_sent_twice_it_is_one_thread(dara, room, said):
    number = uuid.uuid4()
    assert carry(room, said, dara, uuid=number) == carry(room, said, dara, uuid=number)
    assert Thread.objects.count() == 1
    assert Room.objects.get(pk=room.pk).version == 6


def test_their_authors_are_told(ana, ben, dara, room, said, browse):
    post = carry(room, said, dara).posts.get()
    calls.tell_carried_on(post)
    assert set(Notice.objects.values_list("leader", "kind")) == {(ana.pk, "carried"), (ben.pk, "carried")}
    page = browse(ben).get("/notices/").content.decode()
    assert "Dara Elling carried on what you said in the chat in “How we hand over”" in page
    ben.cohort_memberships.all().delete()
    assert not Notice.objects.visible_to(Leader.objects.get(pk=ben.pk)).exists()
    Thread.objects.filter(pk=post.thread_id).update(hidden_at=timezone.now())
    assert not Notice.objects.visible_to(ana).filter(kind="carried").exists()


def test_of_a_sealed_space_no_letter_tells(ana, dara, space, room, said):
    post = carry(room, said, dara).posts.get()
    calls.tell_carried_on(post)
    space.kind, space.mail_rule = SpaceKind.SEALED, "nothing"
    space.save()
    assert "hand over" not in str(letters.LEDGER.compose([ana]))


# --- The page -------------------------------------------------------------------------------------------


def form(*numbers, **fields):
    return {
        "title": "How we hand over",
        "kind": "discussion",
        "numbers": numbers,
        "uuid": uuid.uuid4(),
        **fields,
    }


def test_choosing_on_the_page(ana, dara, room, said, browse):
    address = f"/rooms/{room.pk}/thread/"
    page = browse(dara).get(f"{address}?from=2").content.decode()
    assert "Ben Carrow: CANARY two" in page
    assert page.count("checked") - page.count('value="discussion" checked') >= 1
    mine = browse(ana).get(address).content.decode()
    assert "CANARY one" in mine
    assert "CANARY two" not in mine
    preview = browse(dara).post(address, form(1, 2, preview="1")).content.decode()
    assert "Ana Brook said in the chat" in preview
    assert not Thread.objects.exists()
    answer = browse(dara).post(address, form(1, 2))
    assert answer.url == Thread.objects.get().get_absolute_url()
    assert "Ana Brook said in the chat" in browse(ana).get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"numbers": []}, "Choose at least one message."),
        ({"numbers": [99]}, "not there any more"),
        ({"numbers": ["x"]}, "not there any more"),
        ({"numbers": list(range(1, 61)), "size": "100"}, "Choose at most 50 messages."),
        ({"title": ""}, "Give it a title"),
        ({"body": "x" * 2001}, "longer than 2,000"),
    ],
)
def test_bad_input_keeps_what_was_typed(dara, room, said, browse, fields, sentence):
    for number in range(60):
        say(room, dara, f"Line {number}")
    answer = browse(dara).post(f"/rooms/{room.pk}/thread/", {**form(1), "body": "Kept words", **fields})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (fields.get("body") or "Kept words") in answer.content.decode()
    assert not Thread.objects.exists()


def test_earlier_messages_keep_what_was_chosen(dara, room, said, browse):
    for number in range(80):
        say(room, dara, f"Line {number}")
    sent = form(70, title="Half typed", earlier="1", size="50")
    page = browse(dara).post(f"/rooms/{room.pk}/thread/", sent).content.decode()
    assert "Ana Brook: CANARY one" in page
    assert "Half typed" in page
    assert Message.objects.count() == 83


def test_others_do_not_come_in(cleo, eli, room, said, browse):
    for someone in (cleo, eli):
        for method in ("get", "post"):
            answer = getattr(browse(someone), method)(f"/rooms/{room.pk}/thread/", form(1))
            assert answer.status_code in (302, 403, 404)
    assert not Thread.objects.exists()
