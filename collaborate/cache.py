"""Copies may vanish: a cache that cannot be reached answers like an empty one."""

import os

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TooSlow
from redis.retry import Retry


def _forgiving(name: str, answer):
    def method(self, *args, **kwargs):
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (Unreachable, TooSlow):
            return answer(*args, **kwargs) if callable(answer) else answer

    method.__name__ = name
    return method


class KeptClient(RedisCacheClient):
    """One client for each server: making one takes longer than what it is asked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._kept = {}

    def get_client(self, key=None, *, write=False):
        kept = self._get_connection_pool(write), os.getpid()
        if kept not in self._kept:
            # Each thread has its cache: a connection that it keeps need not be borrowed for each question.
            self._kept[kept] = self._client(connection_pool=kept[0], single_connection_client=True)
        return self._kept[kept]


class ForgivingRedisCache(RedisCache):
    """Redis as a cache, without which every page still works."""

    def __init__(self, server, params):
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_connect_timeout", 1)
        options.setdefault("socket_timeout", 1)
        # At once, for a kept connection that has died.
        options.setdefault("retry", Retry(NoBackoff(), 1))
        super().__init__(server, params)
        self._class = KeptClient

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda *args, **kwargs: {})
    set = _forgiving("set", None)
    set_many = _forgiving("set_many", lambda *args, **kwargs: [])
    add = _forgiving("add", True)
    touch = _forgiving("touch", False)
    incr = _forgiving("incr", 1)
    delete = _forgiving("delete", False)
    delete_many = _forgiving("delete_many", None)
    has_key = _forgiving("has_key", False)
