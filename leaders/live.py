"""Hints to open pages: after commit, one publication per change; losing one loses nothing."""

import json
import logging
import os
import threading
import time

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

PREFIX = "live:"

_kept = threading.local()


def leader_topic(leader_id: int) -> str:
    """The topic of one leader: a notice came, or a right may have been lost."""
    return f"leader:{leader_id}"


def push(topic: str, event: dict) -> None:
    """Publish an event once the transaction has committed; an unreachable Redis is noted, never raised."""
    frame = json.dumps({"topic": topic, **event})
    transaction.on_commit(lambda: _publish(topic, frame))


def hint(topic: str, event: dict) -> None:
    """Publish at once what is not kept anywhere, such as that somebody is writing."""
    _publish(topic, json.dumps({"topic": topic, **event}))


def rights_changed(leader_id: int) -> None:
    """Have every open page of a leader check again what it may still receive."""
    push(leader_topic(leader_id), {"type": "rights"})


def _publish(topic: str, frame: str) -> None:
    # When it left is for the figures of the processes that hand it out; pages need not know it.
    stamped = f'{{"sent_at": {time.time():.6f}, {frame.removeprefix("{")}'
    try:
        _client().publish(PREFIX + topic, stamped)
    except redis.RedisError as error:
        log.warning("push to a %s failed: %s", topic.split(":")[0], type(error).__name__)


def _client() -> redis.Redis:
    """One for each thread, with a connection of its own: to borrow one takes as long as to publish."""
    if getattr(_kept, "key", None) != (key := (settings.REDIS_URL, os.getpid())):
        # One new attempt, for a kept connection that has died; more would make whoever writes wait.
        options = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
        _kept.client = redis.Redis.from_url(settings.REDIS_URL, single_connection_client=True, **options)
        _kept.key = key
    return _kept.client
