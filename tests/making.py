"""What a story needs, made through the front door."""

import uuid
from datetime import timedelta

from django.utils import timezone

from community import threads
from community.models import Post, Session, Thread
from community.rooms import hosting


def make_thread(space, by, title="A thread", body="A beginning.", **options) -> Thread:
    """A thread with its first post."""
    return threads.start(space, by=by, title=title, body=body, uuid=uuid.uuid4(), **options)


def make_reply(thread, by, body="A reply.") -> Post:
    """A reply in a thread."""
    return threads.reply(thread, by=by, body=body, uuid=uuid.uuid4())


def make_session(space, by, title="Rotas in winter", begins_in=-5, lasts=60, **options) -> Session:
    """A session that begins in so many minutes; five minutes ago, unless told otherwise."""
    start = timezone.now() + timedelta(minutes=begins_in)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=lasts)}
    return hosting.plan(space, by=by, title=title, uuid=uuid.uuid4(), **{"host": by, **times, **options})
