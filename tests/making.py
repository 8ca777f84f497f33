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


def make_talk(space, first, second, count, title="Saying no kindly", words="Post {}") -> Thread:
    """A thread of so many posts: the odd ones are the first leader's, the even ones the second's."""
    thread = make_thread(space, first, title, words.format(1))
    for number in range(2, count + 1):
        make_reply(thread, (second, first)[number % 2], words.format(number))
    return Thread.objects.get(pk=thread.pk)


def make_session(space, by, title="Rotas in winter", begins_in=-5, lasts=60, **options) -> Session:
    """A session that begins in so many minutes; five minutes ago, unless told otherwise."""
    start = timezone.now() + timedelta(minutes=begins_in)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=lasts)}
    return hosting.plan(space, by=by, title=title, uuid=uuid.uuid4(), **{"host": by, **times, **options})
