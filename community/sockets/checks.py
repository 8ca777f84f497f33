"""Who is behind a socket and what may be heard there, looked up for all that ask at about the same time."""

import asyncio
from collections.abc import Set
from contextlib import suppress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db.models import Subquery
from django.utils import timezone

from community.models import asking
from community.sockets import live
from leaders import sessions
from leaders.models import Leader

AT_ONCE = 200
PATIENCE = 1  # seconds for which whoever does not hurry waits for others


class Answer(NamedTuple):
    """The leader, if any, and how far each topic is that this leader may hear."""

    leader: Leader | None
    versions: dict[str, int]


class Checks:
    """The questions of one process: those that come while one look is taken are answered by the next."""

    def __init__(self):
        self._asked: list[tuple[str, Set[str], asyncio.Future]] = []
        self._hurry = asyncio.Event()
        self._answering: asyncio.Task | None = None

    async def ask(self, session_key: str, topics: Set[str], *, hurry: bool = True) -> Answer:
        """What the database says from now on; a DatabaseError if it says nothing."""
        answer = asyncio.get_running_loop().create_future()
        self._asked.append((session_key, frozenset(topics), answer))
        if hurry:
            self._hurry.set()
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
        return await answer

    async def _answer_all(self) -> None:
        while self._asked:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), PATIENCE)
            asked, self._asked = self._asked[:AT_ONCE], self._asked[AT_ONCE:]
            if not self._asked:
                self._hurry.clear()
            await self._answer(asked)

    async def _answer(self, asked: list[tuple[str, Set[str], asyncio.Future]]) -> None:
        questions = [(session_key, topics) for session_key, topics, _ in asked]
        try:
            # Sensitive to no thread: otherwise all sockets would wait for one another.
            answers = await database_sync_to_async(look, thread_sensitive=False)(questions)
        except Exception as error:  # each that asked is told
            answers = [error] * len(asked)
        for (_, _, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue  # the page went away
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def who(session_key: str, expected: Leader | None) -> Leader | None:
    """Who speaks by a session now: with one statement, if it is the one who is expected."""
    if expected is None or "\x00" in session_key:
        return sessions.leader_of(session_key)
    for leader in _WHO.objects(leader=expected.pk, key=session_key, now=timezone.now()):
        if leader.held:
            return sessions.confirmed(leader, session_key, leader.held)
    return sessions.leader_of(session_key)


def _held(_):
    held = Session.objects.filter(session_key=asking.KEY, expire_date__gt=asking.NOW).values("session_data")
    return Leader.objects.filter(pk=asking.LEADER).annotate(held=Subquery(held))


_WHO = asking.Question(_held)


def look(questions: list[tuple[str, Set[str]]]) -> list[Answer]:
    """The answers, in the order of the questions."""
    leaders = sessions.leaders_of({session_key for session_key, _ in questions})
    asked = [(leaders.get(session_key), topics) for session_key, topics in questions]
    heard = live.versions_for_all([(leader, topics) for leader, topics in asked if leader])
    return [Answer(leader, heard.pop(0) if leader else {}) for leader, _ in asked]


_checks: WeakKeyDictionary[asyncio.AbstractEventLoop, Checks] = WeakKeyDictionary()


def checks() -> Checks:
    """The checks of the running event loop: one a process."""
    return _checks.setdefault(asyncio.get_running_loop(), Checks())
