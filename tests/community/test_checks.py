"""Who may hear what, asked for many sockets at once, and the way of a frame to one socket."""

import asyncio

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from community.models import Space, SpaceMembership, Thread
from community.rooms import chat
from community.sockets import checks, live
from community.sockets.hub import Hub, Mailbox
from leaders import sessions
from tests.making import make_thread

pytestmark = pytest.mark.django_db


def sign_in(leader) -> str:
    client = Client()
    client.force_login(leader)
    return client.cookies["sessionid"].value


@pytest.fixture
def topics(ana, cleo, space):
    """A topic of each kind, and some that name nothing."""
    other = Space.objects.create(name="Elsewhere", slug="elsewhere", kind="private", description="Not hers.")
    sealed = Space.objects.create(
        name="Sealed", slug="sealed", kind="sealed", mail_rule="nothing", description="Waits for a yes."
    )
    silent = Space.objects.create(
        name="Silent", slug="silent", kind="open", has_chat=False, description="No chat."
    )
    for place in (other, sealed):
        SpaceMembership.objects.create(space=place, leader=cleo)
    threads = [make_thread(space, ana) for _ in range(3)]
    Thread.objects.filter(pk=threads[1].pk).update(hidden_at=timezone.now())
    Thread.objects.filter(pk=threads[2].pk).update(merged_into=threads[0])
    rooms = [chat.room_of(place) for place in (space, other, sealed, silent)]
    named = {live.room_topic(room.pk) for room in rooms} | {
        live.thread_topic(thread.pk) for thread in threads
    }
    return named | {"room:999999", "thread:999999"}


def test_asked_for_many_the_answers_are_those_for_each(ana, ben, cleo, dara, eli, finn, topics):
    cast = [ana, ben, cleo, dara, eli, finn]
    each = [live.versions(topics, to=leader) for leader in cast]
    assert live.versions_for_all([(leader, topics) for leader in cast]) == each
    assert each[0]
    assert each[0] != each[2]


def test_who_speaks_is_asked_with_one_statement(ana, ben, eli, django_assert_num_queries):
    mine = sign_in(ana)
    checks.who(mine, ana)  # builds and prepares it
    with django_assert_num_queries(1):
        assert checks.who(mine, ana) == ana
    assert checks.who(mine, ben) == ana  # it is the session that tells
    assert checks.who(sign_in(eli), eli) is None  # suspended
    assert [checks.who(key, ana) for key in ("", "x" * 40, "a\0b")] == [None] * 3
    Session.objects.update(expire_date=timezone.now())
    assert checks.who(mine, ana) is None


def test_a_new_password_ends_who_speaks(ana):
    mine = sign_in(ana)
    ana.set_password("Another long sentence")
    ana.save()
    assert checks.who(mine, ana) is None


def test_nobody_is_given_the_topic_of_another(ana, cleo, topics):
    mine, hers = (set(live.versions(topics, to=leader)) for leader in (ana, cleo))
    assert live.versions_for_all([(ana, hers - mine), (cleo, mine - hers)]) == [{}, {}]


def test_sessions_asked_for_together_are_those_asked_for_alone(ana, ben, eli, finn, settings):
    keys = {leader: sign_in(leader) for leader in (ana, ben, eli, finn)}
    settings.DEMAND_SECOND_FACTOR = True
    Session.objects.filter(session_key=keys[ben]).update(expire_date=timezone.now())
    asked = [*keys.values(), "", "unknown", "nul\x00l"]
    alone = {key: leader for key in asked if (leader := sessions.leader_of(key))}
    assert sessions.leaders_of(asked) == alone == {keys[ana]: ana}


def test_a_new_password_ends_the_other_sessions(ana, ben):
    keys = [sign_in(ana), sign_in(ben)]
    ana.set_password("something else entirely")
    ana.save()
    assert sessions.leaders_of(keys) == {keys[1]: ben}


def test_questions_are_answered_in_their_order(ana, cleo, topics):
    questions = [(sign_in(ana), topics), ("unknown", topics), (sign_in(cleo), topics)]
    answers = checks.look(questions)
    assert [answer.leader for answer in answers] == [ana, None, cleo]
    assert [answer.versions for answer in answers] == [
        live.versions(topics, to=ana),
        {},
        live.versions(topics, to=cleo),
    ]


def test_what_comes_before_the_right_is_known_is_held():
    async def story():
        sent, hub = [], Hub()

        async def send(topic, frame):
            sent.append(frame)

        mailbox = Mailbox(send, too_slow=None)
        mailbox.held["room:1"] = []
        hub.subscribe(mailbox, "room:1")
        mailbox.shown = 7
        hub.hand_out("room:1", "early")
        assert sent == []
        assert hub.rooms() == {"room:1": set()}
        mailbox.release("room:1")
        hub.hand_out("room:1", "late")
        assert sent == ["early", "late"]
        assert hub.rooms() == {"room:1": {7}}
        mailbox.held["room:2"] = []
        hub.subscribe(mailbox, "room:2")
        hub.hand_out("room:2", "never")
        hub.unsubscribe(mailbox, "room:2")
        mailbox.release("room:2")
        assert sent == ["early", "late"]

    asyncio.run(story())


def test_frames_wait_in_order_behind_one_that_is_being_sent():
    async def story():
        sent, free = asyncio.Queue(), asyncio.Event()

        async def send(topic, frame):
            await free.wait()
            sent.put_nowait(frame)

        mailbox = Mailbox(send, too_slow=None, size=2)
        taken = [mailbox.put("room:1", frame) for frame in ("one", "two", "three", "four")]
        assert taken == [True, True, True, False]
        assert len(mailbox.waiting) == 2
        free.set()
        assert [await sent.get() for _ in range(3)] == ["one", "two", "three"]
        assert mailbox.put("room:1", "five")
        assert await sent.get() == "five"

    asyncio.run(story())


def test_a_closed_mailbox_sends_nothing_more():
    async def story():
        sent, free = [], asyncio.Event()

        async def send(topic, frame):
            await free.wait()
            sent.append(frame)

        mailbox = Mailbox(send, too_slow=None)
        for frame in ("one", "two"):
            mailbox.put("room:1", frame)
        mailbox.close()
        free.set()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        assert sent == []

    asyncio.run(story())
