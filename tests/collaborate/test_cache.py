"""Connections to Valkey are kept; one that has died is replaced, and nobody notices."""

import os
import threading

import pytest
import redis
from django.conf import settings
from django.core.cache import cache

import leaders.live


def cut_off(client):
    """The connection that a client keeps ends, as when the server starts again."""
    with redis.Redis.from_url(settings.REDIS_URL) as other:
        assert other.client_kill_filter(_id=client.client_id()) == 1


def test_a_copy_is_found_over_a_new_connection_when_the_kept_one_has_died():
    cache.set("words", "kept")
    cut_off(cache._cache.get_client())
    assert cache.get("words") == "kept"


def test_a_hint_leaves_over_a_new_connection_when_the_kept_one_has_died(caplog):
    leaders.live.hint("thread:1", {"type": "post"})
    with redis.Redis.from_url(settings.REDIS_URL) as listener:
        cut_off(leaders.live._client())
        heard = listener.pubsub(ignore_subscribe_messages=True)
        heard.subscribe(f"{leaders.live.PREFIX}thread:1")
        heard.get_message(timeout=5)
        leaders.live.hint("thread:1", {"type": "post"})
        assert b'"topic": "thread:1"' in heard.get_message(timeout=5)["data"]
        heard.close()
    assert not caplog.records


@pytest.mark.parametrize("client", [leaders.live._client, lambda: cache._cache.get_client()])
def test_each_thread_and_each_process_has_a_connection_of_its_own(client, monkeypatch):
    mine, others = client(), []
    elsewhere = threading.Thread(target=lambda: others.append(client()))
    elsewhere.start()
    elsewhere.join()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    others.append(client())
    assert len({id(found.connection) for found in (mine, *others)}) == 3
