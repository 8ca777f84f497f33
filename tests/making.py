"""What a story needs, made through the front door."""

import uuid

from community import threads
from community.models import Post, Thread


def make_thread(space, by, title="A thread", body="A beginning.", **options) -> Thread:
    """A thread with its first post."""
    return threads.start(space, by=by, title=title, body=body, uuid=uuid.uuid4(), **options)


def make_reply(thread, by, body="A reply.") -> Post:
    """A reply in a thread."""
    return threads.reply(thread, by=by, body=body, uuid=uuid.uuid4())
