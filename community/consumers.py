"""The door for sockets: one a page, for topics, chat and who is here. It holds no rule of its own."""

import asyncio
import json
import logging
import random

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host

from community.forms import MessageForm
from community.models import Room, asking
from community.rooms import chat
from community.rooms.bell import bell
from community.sockets import live
from community.sockets.checks import checks, who
from community.sockets.frames import PATIENCE, Pace, Refused, number_in, parse, topic_in
from community.sockets.hub import Mailbox, hub
from community.sockets.presence import presence
from leaders import sessions
from leaders.models import Leader

log = logging.getLogger(__name__)

# Why a socket is closed. Pages come back by themselves, but for the first.
SIGNED_OUT = 4401
BROKEN = 1011
TOO_SLOW = 4408
TOO_MANY = 4429

TOPICS_AT_MOST = 50
TYPING_EVERY = 3  # seconds between two hints that somebody is writing
CHECKED_EVERY = 11  # seconds; a lost right is noticed at once by a push, and this late without Redis
NO_ROOM = "There is no room here in which you can speak."


class LiveConsumer(AsyncWebsocketConsumer):
    """One open page."""

    async def __call__(self, scope, receive, send):
        self.leader: Leader | None = None
        self.ended = False
        self.mailbox = Mailbox(self._deliver, self._give_up)
        self.pace = Pace()
        self.typing_again = 0.0
        self.tasks: set[asyncio.Task] = set()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()

    async def connect(self):
        if not came_from_here(self.scope):
            await self.close()
            return
        await self.accept()
        self.session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        hub().join(self.mailbox)
        try:
            await self._check()
        except DatabaseError as error:
            log.warning("live: no socket can be opened: %s", type(error).__name__)
            await self._end(BROKEN)
        if not self.ended:
            hub().subscribe(self.mailbox, live.leader_topic(self.leader.pk))
            self._start(self._watch())

    async def receive(self, text_data=None, bytes_data=None):
        frame = {}
        try:
            try:
                frame = parse(text_data)
            finally:
                self.pace.take()
            answer = None if self.ended else await self._follow(frame)
        except (Refused, PermissionDenied) as refusal:
            answer = {"type": "error", "reason": str(refusal), **getattr(refusal, "advice", {})}
        except DatabaseError as error:
            log.warning("live: a frame came to nothing: %s", type(error).__name__)
            answer = {"type": "error", "reason": "That did not work on our side. Try again.", "again": 3}
        if answer:
            known = {key: frame[key] for key in ("topic", "uuid") if isinstance(frame.get(key), str)}
            await self._tell({**known, **answer})
        if self.pace.refusals > PATIENCE:
            await self._end(TOO_MANY)

    async def _follow(self, frame: dict) -> dict | None:
        match frame["type"]:
            case "subscribe":
                return await self._subscribe(topic_in(frame))
            case "unsubscribe":
                hub().unsubscribe(self.mailbox, topic_in(frame))
                return {"type": "unsubscribed"}
            case "presence":
                return self._tell_presence(topic_in(frame))
            case "typing":
                return await self._tell_typing(topic_in(frame))
            case "say":
                return await in_thread(say, self.session_key, frame, expected=self.leader)
            case "read":
                return await in_thread(read, self.session_key, frame)
            case "page":
                return await self._be_that_of(number_in(frame, "leader"))
            case "heartbeat":
                return await self._check()
        raise Refused("This kind of message is not known here.")

    async def _be_that_of(self, leader: int) -> None:
        """What was written on one leader's page is not sent as somebody else, who has signed in meanwhile."""
        if self.leader and self.leader.pk != leader:
            await self._end(SIGNED_OUT)

    async def _subscribe(self, topic: str) -> dict:
        if len(self.mailbox.topics) > TOPICS_AT_MOST:
            raise Refused("One page cannot follow that many topics.")
        # First listen, then look: what happens in between is heard, and nothing is missed.
        self.mailbox.held.setdefault(topic, [])
        hub().subscribe(self.mailbox, topic)
        try:
            _, versions = await checks().ask(self.session_key, {topic})
        except DatabaseError:
            hub().unsubscribe(self.mailbox, topic)
            raise
        if topic not in versions:
            hub().unsubscribe(self.mailbox, topic)
            raise Refused("There is nothing here that you can follow.")
        self.mailbox.release(topic)
        self._tell_presence(topic)
        return {"type": "subscribed", "version": versions[topic]}

    def _tell_presence(self, topic: str) -> None:
        """Who is in a room and when it closes, as far as is known; a newcomer is told to the others soon."""
        if topic.startswith("room:") and topic in self.mailbox.topics:
            presence().stir()
            bell().stir(topic)
            for frame in filter(None, (presence().last_told(topic), bell().last_told(topic))):
                self.mailbox.put(topic, frame)

    async def _tell_typing(self, topic: str) -> None:
        """That somebody is writing in a room that they follow, unless they do not show their presence."""
        now = asyncio.get_running_loop().time()
        is_shown = topic.startswith("room:") and topic in self.mailbox.topics and self.mailbox.shown
        if is_shown and now >= self.typing_again:
            self.typing_again = now + TYPING_EVERY
            await in_thread(live.hint, topic, {"type": "typing", "who": self.mailbox.shown})

    async def _check(self, *, hurry: bool = True) -> None:
        """Look anew who this is and what may be heard, and say how far each topic is."""
        followed = {topic for topic in self.mailbox.topics if live.is_topic(topic)}
        self.leader, versions = await checks().ask(self.session_key, followed, hurry=hurry)
        if self.leader is None:
            await self._end(SIGNED_OUT)
            return
        was_shown, self.mailbox.shown = (
            self.mailbox.shown,
            self.leader.pk if self.leader.shows_presence else None,
        )
        if self.mailbox.shown != was_shown:
            presence().stir()
        for topic in followed - versions.keys():
            hub().unsubscribe(self.mailbox, topic)
            await self._tell({"type": "gone", "topic": topic})
        await self._tell({"type": "heartbeat", "versions": versions})

    async def _deliver(self, topic: str, frame: str) -> None:
        """Send what the hub hands out, as long as it may still be heard."""
        if topic.startswith("leader:") and json.loads(frame)["type"] == "rights":
            await self._attend(self._check())
        elif not topic or topic in self.mailbox.topics:
            # As `send` does, which takes two more calls: this runs for every frame of every socket.
            await self._attend(self.base_send({"type": "websocket.send", "text": frame}))

    async def _watch(self) -> None:
        """Check from time to time: without Redis too, a lost right is noticed."""
        while True:
            await asyncio.sleep(CHECKED_EVERY * random.uniform(0.8, 1))  # noqa: S311
            await self._check(hurry=False)

    async def _tell(self, event: dict) -> None:
        if not self.ended:
            await self.send(json.dumps(event))

    def _start(self, work) -> None:
        self.tasks.add(asyncio.create_task(self._attend(work)))

    async def _attend(self, work) -> None:
        try:
            await work
        except OSError:
            self._leave()  # the page went away
        except DatabaseError as error:
            log.warning("live: a socket is closed: %s", type(error).__name__)
            await self._end(BROKEN)

    def _give_up(self) -> None:
        self._leave()
        self._start(self.close(TOO_SLOW))

    async def _end(self, code: int) -> None:
        if not self.ended:
            self._leave()
            await self.close(code)

    def _leave(self) -> None:
        self.ended = True
        hub().leave(self.mailbox)
        for task in self.tasks - {asyncio.current_task()}:
            task.cancel()


async def nowhere(scope, receive, send) -> None:
    """There is no socket at any other address."""
    await send({"type": "websocket.close"})


def came_from_here(scope) -> bool:
    """Whether a page of this very site opened the socket: another site, or another port, may not."""
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    at_home = origin == f"{scheme}://{host}" and validate_host(
        split_domain_port(host)[0], settings.ALLOWED_HOSTS
    )
    return at_home or origin in settings.CSRF_TRUSTED_ORIGINS


# --- In a thread, with the database ---------------------------------------------------------------------


# Sensitive to no thread: otherwise all sockets would wait for one another.
async def in_thread(work, *args, **options):
    return await database_sync_to_async(work, thread_sensitive=False)(*args, **options)


def say(session_key: str, frame: dict, expected: Leader | None = None) -> dict:
    """Say something in a room; the verb asks whether one may, with the room held."""
    leader, number = who(session_key, expected), number_in(frame, "room")
    if leader is None:
        raise Refused(NO_ROOM)
    fields = {key: frame[key] for key in ("body", "uuid") if isinstance(frame.get(key), str)}
    if frame.get("reply_to") is not None:
        fields["reply_to"] = number_in(frame, "reply_to")
    form = MessageForm(fields)
    if not form.is_valid():
        raise Refused(" ".join(error for errors in form.errors.values() for error in errors))
    try:
        message = chat.say(Room(pk=number), by=leader, sure=frame.get("sure") is True, **form.cleaned_data)
    except (PermissionDenied, Room.DoesNotExist):
        _in_room(session_key, frame)  # to whoever cannot see a room, nothing is said of it
        raise
    return {"type": "said", "room": message.room_id, "number": message.number, "version": message.version}


def read(session_key: str, frame: dict) -> None:
    """Note how far a room was read."""
    leader, room = _in_room(session_key, frame)
    chat.read(room, by=leader, number=number_in(frame, "number"))


def _in_room(session_key: str, frame: dict) -> tuple[Leader, Room]:
    leader = sessions.leader_of(session_key)
    number = number_in(frame, "room")
    if leader is None:
        raise Refused(NO_ROOM)
    with asking.remembering():
        rooms = Room.objects.visible_to(leader).select_related("space", "session")
        room = rooms.filter(pk=number).first()
    if room is None:
        raise Refused(NO_ROOM)
    return leader, room
