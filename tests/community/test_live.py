"""Open pages of Ana, Ben and others, with real sockets of real server processes over the real Redis."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import ExitStack, suppress
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from community import consumers
from community.models import Message, Session
from community.rooms import chat, hosting
from community.sockets import live
from leaders.live import rights_changed
from tests.leaders.test_profile import form_of
from tests.making import make_reply, make_session, make_thread

pytestmark = pytest.mark.django_db(transaction=True)

NOT_UNDERSTOOD = [
    "",
    "not json",
    "[]",
    "7",
    "null",
    "[" * 5000,
    '{"type": 7}',
    '{"type": "fly"}',
    '{"type": "__class__"}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "topic": {"a": 1}}',
    '{"type": "subscribe", "topic": "room:99999999999999999999"}',
    '{"type": "subscribe", "topic": "\\ud800"}',
    '{"type": "say"}',
    '{"type": "say", "room": "1", "uuid": 1, "body": 1}',
    '{"type": "say", "room": 1e999, "uuid": null, "body": []}',
    '{"type": "say", "room": 99999999999999999999, "uuid": null, "body": []}',
    '{"type": "say", "room": 1, "uuid": "x", "body": "x", "reply_to": "1"}',
    '{"type": "say", "room": 1, "uuid": "x", "body": "x", "reply_to": {"pk": 1}}',
    '{"type": "typing"}',
    '{"type": "typing", "topic": "room:0"}',
    '{"type": "read", "room": true, "number": -1}',
    b"\x00\xff",
]
BAD_BODIES = [
    ("", "Write something first."),
    ("x" * 4001, "longer than 4,000"),
    ("a\0b", "Null characters"),
    (["list"], "Write something first."),
    (7, "Write something first."),
]


class Server:
    """A server process of its own, which stays up for all tests of this file."""

    def __init__(self, directory, name, **told):
        self.port, self.hears_redis = free_port(), False
        self.log = directory / name
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        arguments = ["--port", str(self.port), "--ws-max-size", "65536", "--log-level", "warning"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "collaborate.asgi:application", *arguments],
                env={**os.environ, "DATABASE_URL": urlunsplit(database), **told},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_it_answers(self):
        deadline = time.monotonic() + 30
        while not answers(self.port):
            assert time.monotonic() < deadline
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"ended with {self.process.wait(0.05)}: {self.log.read_text()}")

    def metrics(self):
        """What it says to Prometheus."""
        with urllib.request.urlopen(f"http://localhost:{self.port}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def figure(self, name):
        """One figure of these."""
        return float(re.search(rf"^{name} (\S+)$", self.metrics(), re.MULTILINE)[1])

    def wait_for_figure(self, name, is_it):
        """What is handed out is counted a moment later."""
        deadline = time.monotonic() + 10
        while not is_it(self.figure(name)):
            assert time.monotonic() < deadline, f"{name} is {self.figure(name)}"

    def wait_until_it_hears_redis(self):
        """The first page of a server lets it listen; what is said before that is not pushed."""
        if not self.hears_redis:
            self.wait_for_figure("live_redis_subscribed", lambda found: found == 1)
        self.hears_redis = True

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Page:
    """One open page of somebody."""

    def __init__(self, stack, server, leader=None, origin=None, **options):
        self.server, self.session = server, sign_in(leader) if leader else None
        cookies = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}"} if leader else {}
        address = f"127.0.0.1:{server.port}"
        opening = connect(
            f"ws://{address}/ws/",
            origin=origin or f"http://{address}",
            additional_headers=cookies,
            compression=None,
            close_timeout=1,
            **options,
        )
        self.socket = stack.enter_context(opening)
        self.heard = []

    def send(self, **frame):
        self.socket.send(json.dumps(frame))

    def hear(self, kind, seconds=10):
        """The next event of this kind; others are kept for later."""
        kept = next((event for event in self.heard if event["type"] == kind), None)
        if kept:
            self.heard.remove(kept)
            return kept
        deadline = time.monotonic() + seconds
        while True:
            event = json.loads(self.socket.recv(timeout=max(0, deadline - time.monotonic())))
            if event["type"] == kind:
                return event
            self.heard.append(event)

    def hear_until(self, kind, is_it):
        """Events of this kind, up to the one that is meant."""
        while not is_it(self.hear(kind, 15)):
            pass

    def closing_code(self, seconds=10):
        """Wait for the end."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self.socket.recv(timeout=max(0, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code

    def follow(self, topic):
        self.send(type="subscribe", topic=topic)
        subscribed = self.hear("subscribed")
        self.server.wait_until_it_hears_redis()
        return subscribed


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def sign_in(leader):
    client = Client()
    client.force_login(leader)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def servers(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        running = [Server(tmp_path_factory.mktemp("live"), name) for name in ("one", "two")]
    for server in running:
        server.wait_until_it_answers()
    yield running
    for server in running:
        server.stop()
    for server in running:
        assert "Traceback" not in server.log.read_text()


@pytest.fixture
def server(servers):
    return servers[0]


@pytest.fixture
def pages(servers):
    """Open a page: pages(ana), or pages(ben, 1) on the second server."""
    with ExitStack() as stack:
        yield lambda leader=None, server=0, **options: Page(stack, servers[server], leader, **options)


def say(room, by, body="Hello"):
    return chat.say(room, by=by, body=body, uuid=uuid.uuid4())


def test_a_reply_names_what_it_answers_and_of_nothing_it_is_refused(ana, ben, room, pages):
    say(room, ben, "Who brings the cake?")
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    page.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="I do.", reply_to=1)
    assert "Ben Carrow: Who brings the cake?</a>" in page.hear("message")["html"]
    for number in (99, -1, True, 2**40, "1", [1]):
        page.send(type="say", room=room.pk, uuid=(sent := str(uuid.uuid4())), body="No.", reply_to=number)
        assert page.hear("error")["uuid"] == sent
    assert room.messages.count() == 2


def test_that_somebody_writes_reaches_those_who_are_there_and_is_kept_nowhere(ana, ben, cleo, room, pages):
    one, two, outside = pages(ana), pages(ben, 1), pages(cleo)
    topic = f"room:{room.pk}"
    outside.send(type="typing", topic=topic)  # she does not follow it, and cannot
    for page in (one, two):
        page.follow(topic)
    for _ in range(5):
        one.send(type="typing", topic=topic)
    told = two.hear("typing")
    assert (told["topic"], told["who"]) == (topic, ana.pk)
    assert ana.name not in str(told)
    one.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="Done.")
    two.hear("message")
    assert [event for event in two.heard if event["type"] == "typing"] == []  # five frames were one hint


def test_whoever_shows_no_presence_is_not_told_to_write(ana, ben, room, pages):
    ana.shows_presence = False
    ana.save()
    one, two = pages(ana), pages(ben)
    topic = f"room:{room.pk}"
    for page in (one, two):
        page.follow(topic)
    one.send(type="typing", topic=topic)
    one.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="Done.")
    two.hear("message")
    assert [event for event in two.heard if event["type"] == "typing"] == []


def test_talk_reaches_both_whatever_process_they_are_on(ana, ben, room, pages):
    one, two = pages(ana), pages(ben, 1)
    assert one.follow(f"room:{room.pk}")["version"] == 0
    two.follow(f"room:{room.pk}")
    number = str(uuid.uuid4())
    one.send(type="say", room=room.pk, uuid=number, body="Is **anybody** here?")
    assert one.hear("said")["number"] == 1
    for page in (one, two):
        event = page.hear("message")
        assert (event["version"], event["number"], event["uuid"]) == (1, 1, number)
        assert "<strong>anybody</strong>" in event["html"]
    two.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="Yes!")
    assert one.hear("message")["author"] == ben.pk
    assert list(room.messages.values_list("body", flat=True)) == ["Is **anybody** here?", "Yes!"]


def test_the_end_of_a_session_is_told_by_the_clock_of_the_server(ana, ben, dara, space, pages):
    session = make_session(space, dara)
    Session.objects.update(ends_at=timezone.now() + timedelta(seconds=3))
    page, topic = pages(ana), f"room:{session.pk}"
    page.follow(topic)
    assert page.hear("session") == {"topic": topic, "type": "session", "opens_in": 0, "ends_in": 3}
    page.hear_until("session", lambda told: told["ends_in"] == 0)
    page.send(type="say", room=session.pk, uuid=str(uuid.uuid4()), body="Too late")
    assert "has ended" in page.hear("error")["reason"]
    late = pages(ben)
    late.follow(topic)
    assert late.hear("session")["ends_in"] == 0
    assert not Message.objects.exists()


def test_a_session_that_opens_is_told_and_one_that_is_cancelled_rings_no_more(ana, dara, space, pages):
    session = make_session(space, dara, begins_in=60)
    other = make_session(space, dara, begins_in=60, title="Another")
    hosting.cancel(other, by=dara)
    soon = timezone.now() + timedelta(minutes=10, seconds=3)
    Session.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    page = pages(ana)
    page.follow(f"room:{other.pk}")
    page.follow(f"room:{session.pk}")
    page.hear_until("session", lambda told: told["opens_in"] == 0)
    assert {told["topic"] for told in page.heard if told["type"] == "session"} <= {f"room:{session.pk}"}
    page.send(type="say", room=session.pk, uuid=str(uuid.uuid4()), body="First!")
    assert page.hear("said")["number"] == 1


def test_the_same_uuid_again_is_answered_with_the_first_message(ana, room, pages):
    page, number = pages(ana), str(uuid.uuid4())
    for body in ("One", "Two"):
        page.send(type="say", room=room.pk, uuid=number, body=body)
        assert page.hear("said")["number"] == 1
    assert room.messages.get().body == "One"


def test_a_reply_is_heard_on_the_page_of_its_thread(ana, ben, space, pages):
    thread = make_thread(space, ana)
    page = pages(ana)
    assert page.follow(f"thread:{thread.pk}")["version"] == 1
    make_reply(thread, ben)
    assert page.hear("post")["number"] == 2


def test_somebody_without_a_session_is_sent_away(pages):
    assert pages().closing_code() == 4401


def test_a_session_that_ended_just_now_sees_no_room(space):
    room = chat.room_of(space)
    with pytest.raises(consumers.Refused, match=consumers.NO_ROOM):
        consumers.read("a-session-that-ended", {"room": room.pk, "number": 1})


def test_the_suspended_are_sent_away(eli, pages):
    assert pages(eli).closing_code() == 4401


def test_another_site_opens_no_socket(ana, server, pages):
    for origin in ("https://evil.example", f"http://localhost:{server.port + 1}", "null"):
        with pytest.raises(InvalidStatus, match="403"):
            pages(ana, origin=origin)


def test_there_is_no_socket_elsewhere(server):
    address = f"127.0.0.1:{server.port}/ws/other/"
    with pytest.raises(InvalidStatus, match="403"), connect(f"ws://{address}", origin=f"http://{address}"):
        pass


def test_outsider_is_not_told(ana, cleo, space, room, pages):
    thread = make_thread(space, ana)
    page = pages(cleo)
    for topic in (f"room:{room.pk}", f"thread:{thread.pk}", "room:999999", f"leader:{ana.pk}", "room:0"):
        page.send(type="subscribe", topic=topic)
        refusal = page.hear("error")
        assert refusal["topic"] == topic
    page.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="Let me in")
    assert "no room here" in page.hear("error")["reason"]
    assert not room.messages.exists()


def test_what_is_not_understood_is_answered_and_the_socket_stays(ana, room, pages):
    page = pages(ana)
    for frame in NOT_UNDERSTOOD:
        page.socket.send(frame)
        assert page.hear("error")["reason"], frame
    page.follow(f"room:{room.pk}")


def test_a_bad_message_is_refused_in_a_sentence(ana, room, pages):
    page = pages(ana)
    for body, sentence in BAD_BODIES:
        number = str(uuid.uuid4())
        page.send(type="say", room=room.pk, uuid=number, body=body)
        refusal = page.hear("error")
        assert sentence in refusal["reason"]
        assert refusal["uuid"] == number
    assert not room.messages.exists()


def test_a_frame_that_is_too_large_ends_the_socket(ana, pages):
    page = pages(ana)
    page.socket.send("x" * 70_000)
    assert page.closing_code() == 1009


def test_a_flood_is_slowed_and_then_ended(ana, room, pages):
    page = pages(ana)
    for _ in range(60):
        page.send(type="unsubscribe", topic="room:1")
    assert page.hear("error")["again"] > 0
    with suppress(ConnectionClosed):
        for _ in range(300):
            page.send(type="unsubscribe", topic="room:1")
    assert page.closing_code() == 4429


def test_a_flood_of_one_page_delays_nobody_elses_talk(ana, ben, room, pages):
    flooding, page = pages(ben), pages(ana)
    page.follow(f"room:{room.pk}")
    with suppress(ConnectionClosed):
        for number in range(1_000):
            flooding.send(type="say", room=room.pk, uuid="no uuid", body="x" * 1_000)
            if number % 200 == 100:
                chat.say(room, by=ana, body=f"In spite of it, {number}.", uuid=uuid.uuid4())
    assert flooding.closing_code() == 4429
    chat.say(room, by=ana, body="And after it.", uuid=uuid.uuid4())
    heard = [page.hear("message")["number"] for _ in range(room.messages.count())]
    assert heard == list(range(1, len(heard) + 1))
    assert not room.messages.filter(author=ben).exists()


def test_a_subscription_is_not_replayed_after_a_removal(ana, ben, room, pages):
    page, topic = pages(ana), f"room:{room.pk}"
    page.follow(topic)
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    rights_changed(ana.pk)
    assert page.hear("gone")["topic"] == topic
    for _ in range(3):
        page.send(type="subscribe", topic=topic)
        assert page.hear("error")["topic"] == topic
    page.send(type="read", room=room.pk, number=1)
    assert "no room here" in page.hear("error")["reason"]
    chat.say(room, by=ben, body="Not for Ana any more.", uuid=uuid.uuid4())
    page.send(type="heartbeat")
    page.hear_until("heartbeat", lambda beat: topic not in beat["versions"])
    assert not [event for event in page.heard if event["type"] == "message"]


def test_signing_out_ends_the_socket(ana, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    SessionStore(page.session).delete()
    rights_changed(ana.pk)
    assert page.closing_code(2) == 4401


def test_a_suspension_ends_the_socket(ana, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    ana.suspended_until = timezone.now() + timedelta(days=1)
    ana.save()
    rights_changed(ana.pk)
    assert page.closing_code(2) == 4401


def test_leaving_the_cohort_ends_the_topic(ana, ben, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    rights_changed(ana.pk)
    assert page.hear("gone", 2)["topic"] == f"room:{room.pk}"
    say(room, ben, "Not for Ana")
    page.send(type="subscribe", topic=f"room:{room.pk}")
    assert page.hear("error")["topic"] == f"room:{room.pk}"


def test_a_lost_right_is_noticed_without_a_push(ana, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert page.hear("gone", 15)["topic"] == f"room:{room.pk}"


def test_after_an_outage_of_redis_pages_are_told_to_catch_up(ana, ben, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    page.send(type="heartbeat")
    page.hear_until("heartbeat", lambda beat: beat["versions"])
    page.heard.clear()  # perhaps it was told to catch up when its server began to listen
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.client_kill_filter(_type="pubsub")
    page.hear("catch-up", 10)
    say(room, ben)
    assert page.hear("message")["number"] == 1


def test_a_heartbeat_says_how_far_a_room_is(ana, ben, room, pages, monkeypatch):
    page = pages(ana)
    assert page.hear("heartbeat")["versions"] == {}
    page.follow(f"room:{room.pk}")
    monkeypatch.setattr("leaders.live._publish", lambda topic, frame: None)
    say(room, ben)
    page.send(type="heartbeat")
    assert page.hear("heartbeat")["versions"] == {f"room:{room.pk}": 1}


def test_who_is_here_is_told_across_processes_and_only_of_those_who_show_it(ana, ben, dara, room, pages):
    dara.shows_presence = False
    dara.save()
    one, two, quiet = pages(ana), pages(ben, 1), pages(dara)
    for page in (one, two, quiet):
        page.follow(f"room:{room.pk}")
    both = ["Ana Brook", "Ben Carrow"]
    for page in (one, two, quiet):
        page.hear_until("presence", lambda event: (event["names"], event["count"]) == (both, 2))
    two.socket.close()
    one.hear_until("presence", lambda event: event["names"] == ["Ana Brook"])


def test_whoever_shows_it_no_longer_is_gone_from_the_room_at_once(ana, ben, room, pages, browse):
    one, other = pages(ana), pages(ben)
    for page in (one, other):
        page.follow(f"room:{room.pk}")
    both = ["Ana Brook", "Ben Carrow"]
    for page in (one, other):
        page.hear_until("presence", lambda event: sorted(event["names"]) == both)
    before = time.monotonic()
    told = {name: value for name, value in form_of(ben).items() if name != "shows_presence"}
    assert browse(ben).post(reverse("settings_profile"), told).status_code == 302
    one.hear_until("presence", lambda event: event["names"] == ["Ana Brook"])
    assert time.monotonic() - before < 4  # the round would look after five


def test_outsider_does_not_learn_who_is_here(ana, cleo, room, pages):
    pages(ana).follow(f"room:{room.pk}")
    page = pages(cleo)
    page.send(type="presence", topic=f"room:{room.pk}")
    page.send(type="heartbeat")
    page.hear("heartbeat")
    assert page.hear("heartbeat")["versions"] == {}
    assert [event["type"] for event in page.heard if event["type"] != "catch-up"] == []


def test_a_page_that_does_not_read_harms_only_itself(ana, ben, room, pages, server):
    drops, deepest = server.figure("live_queue_drops_total"), 0
    asleep, awake = pages(ana, max_queue=1), pages(ben)
    for page in (asleep, awake):
        page.follow(f"room:{room.pk}")
    filling = {"type": "message", "html": "x" * 60_000}
    for number in range(600):
        live.push(live.room_topic(room.pk), filling)
        awake.hear("message")
        if number % 20 == 0:
            deepest = max(deepest, server.figure("live_queue_depth_max"))
    assert asleep.closing_code(30) in (4408, 1006)
    assert deepest > 10
    server.wait_for_figure("live_queue_drops_total", lambda found: found == drops + 1)


def test_a_deploy_asks_pages_to_come_back(ana, room, pages, servers, tmp_path):
    leaving = Server(tmp_path, "leaving")
    leaving.wait_until_it_answers()
    servers.append(leaving)
    try:
        page = pages(ana, -1)
        page.follow(f"room:{room.pk}")
        leaving.process.terminate()
        assert page.closing_code() == 1012
        leaving.process.wait(10)
    finally:
        servers.remove(leaving)
        leaving.stop()


def test_a_push_into_the_void_is_no_error_and_takes_no_time(ana, room, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    begun = time.monotonic()
    assert say(room, ana).number == 1
    assert time.monotonic() - begun < 2


def test_each_process_tells_how_it_is_doing(ana, ben, room, pages, servers):
    before = [(s.figure("live_deliveries_total"), s.figure("live_lag_seconds_count")) for s in servers]
    for page in (pages(ana), pages(ben, 1)):
        page.follow(f"room:{room.pk}")
    say(room, ben)
    for server, (deliveries, lags) in zip(servers, before, strict=True):
        server.wait_for_figure("live_sockets", lambda found: found == 1)
        server.wait_for_figure("live_deliveries_total", lambda found, least=deliveries: found > least)
        server.wait_for_figure("live_lag_seconds_count", lambda found, least=lags: found > least)
        assert server.figure("live_redis_subscribed") == 1
        assert server.figure("live_queue_depth_sum") >= server.figure("live_queue_depth_max") >= 0


def test_nobody_and_no_words_stand_in_logs_or_figures(ana, room, pages, servers, tmp_path):
    talkative = Server(tmp_path, "talkative", LOG_LEVEL="DEBUG")
    talkative.wait_until_it_answers()
    servers.append(talkative)
    try:
        page = pages(ana, -1)
        page.follow(f"room:{room.pk}")
        page.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="The canary sings.")
        page.hear("message")
        for frame in ("canary", '{"type": "canary"}', '{"type": "say", "room": "canary", "body": "canary"}'):
            page.socket.send(frame)
            page.hear("error")
        figures = talkative.metrics()
        page.socket.close()
        talkative.wait_for_figure("live_sockets", lambda found: found == 0)
    finally:
        servers.remove(talkative)
        talkative.stop()
    for told in (talkative.log.read_text(), figures):
        for secret in ("canary", page.session, ana.email, ana.name, ana.handle, str(room)):
            assert secret not in told


def test_a_page_is_not_that_of_whoever_signed_in_later(ana, ben, room, pages):
    page = pages(ben)
    page.send(type="page", leader=ana.pk)
    page.send(type="say", room=room.pk, uuid=str(uuid.uuid4()), body="Written by Ana.")
    assert page.closing_code() == 4401
    assert not room.messages.exists()


def test_ones_own_page_goes_on(ana, room, pages):
    page = pages(ana)
    page.send(type="page", leader=ana.pk)
    page.send(type="subscribe", topic=f"room:{room.pk}")
    assert page.hear("subscribed")["version"] == 0


def test_what_is_sent_too_fast_is_named_in_the_refusal(ana, room, pages):
    page, number = pages(ana), str(uuid.uuid4())
    for _ in range(60):
        page.send(type="unsubscribe", topic="room:1")
    page.send(type="say", room=room.pk, uuid=number, body="Too fast.")
    page.hear_until("error", lambda refusal: refusal.get("uuid") == number and refusal["again"] == 2)


def test_what_looks_like_a_patients_is_asked_about_and_sent_by_whoever_is_sure(ana, room, pages):
    page = pages(ana)
    page.follow(f"room:{room.pk}")
    frame = {"type": "say", "room": room.pk, "uuid": str(uuid.uuid4()), "body": "It is 943 476 5919."}
    page.send(**frame)
    question = page.hear("error")
    assert (question["uuid"], question["asks"]) == (frame["uuid"], True)
    assert "943" not in question["reason"]
    assert not room.messages.exists()
    for odd in ("yes", 1, None, []):
        page.send(**frame, sure=odd)
        assert page.hear("error")["asks"]
    page.send(**frame, sure=True)
    assert page.hear("said")["number"] == 1
