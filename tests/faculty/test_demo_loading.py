"""Loading the demonstration: when it may, and that it makes the same world each time."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from community.models import Decision, Message, Notice, Post, Reading, Thanks
from faculty import demo
from leaders.models import Leader

MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AFTER_THE_CLOCKS_CHANGED = datetime(2026, 3, 29, 1, 1, tzinfo=UTC)


def test_nothing_has_happened_in_the_future(db):
    now = AFTER_THE_CLOCKS_CHANGED
    demo.load(now, tell=print)
    assert not Post.objects.filter(created_at__gt=now).exists()
    assert not Message.objects.filter(created_at__gt=now).exists()
    assert not Thanks.objects.filter(at__gt=now).exists()
    assert not Notice.objects.filter(at__gt=now).exists()
    assert not Decision.objects.filter(at__gt=now).exists()


def snapshot() -> list:
    with transaction.atomic():
        demo.load(MORNING, tell=print)
        rows = [
            *Leader.objects.order_by("email").values_list("email", "name", "stage", "joined_at"),
            *Post.objects.order_by("client_uuid").values_list(
                "client_uuid", "thread__title", "number", "created_at"
            ),
            *Message.objects.order_by("client_uuid").values_list(
                "client_uuid", "body", "version", "created_at"
            ),
            *Thanks.objects.order_by("post__client_uuid", "by__email").values_list(
                "by__email", "at", "words"
            ),
            *Reading.objects.order_by("thread__title", "leader__email").values_list("read_up_to", "level"),
            *Notice.objects.order_by(
                "leader__email", "at", "kind", "actor__email", "post__client_uuid"
            ).values_list("leader__email", "kind", "at", "read_at", "words"),
        ]
        transaction.set_rollback(True)
        return rows


def test_the_same_moment_makes_the_same_world(db):
    first, second = snapshot(), snapshot()
    assert first == second
    assert len(first) > 3000


def test_it_tells_what_it_does_and_refuses_a_database_that_is_not_empty(db):
    said = io.StringIO()
    call_command("demo", stdout=said)
    assert "People: " in said.getvalue()
    assert "posts: " in said.getvalue()
    posts = Post.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")
    assert Post.objects.count() == posts


def test_it_stays_out_of_production(db, settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only"):
        call_command("demo")
    assert not Leader.objects.exists()
