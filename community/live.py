"""Hints to open pages: after commit, one publication per change; losing one loses nothing."""

import json
import logging
from functools import lru_cache

import redis
from django.conf import settings

log = logging.getLogger(__name__)

PREFIX = "live:"


def thread_topic(thread_id: int) -> str:
    """The topic of a thread: something was written or changed in it."""
    return f"thread:{thread_id}"


def room_topic(room_id: int) -> str:
    """The topic of a chat room: its next version."""
    return f"room:{room_id}"


def leader_topic(leader_id: int) -> str:
    """The topic of one leader: a notice came, or a right was lost."""
    return f"leader:{leader_id}"


def push(topic: str, event: dict) -> None:
    """Publish an event now; call it on commit. An unreachable Redis is noted, never raised."""
    try:
        _client().publish(PREFIX + topic, json.dumps(event))
    except redis.RedisError as error:
        log.warning("push to %s failed: %s", topic.split(":")[0], type(error).__name__)


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
