"""Promises are kept once, in spite of failures, and never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from community import errands, tasks
from community.models import Errand, ErrandKind, Notice, Post, Thanks
from tests.making import make_reply, make_thread


def due_again():
    Errand.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def thread(space, ana):
    """Ana's thread, of which everybody has heard."""
    thread = make_thread(space, ana)
    Errand.objects.all().delete()
    return thread


@pytest.mark.django_db
def test_a_promise_is_kept_and_forgotten(ana, ben, thread):
    make_reply(thread, ben)
    assert errands.run() == 1
    assert Notice.objects.filter(leader=ana).count() == 1
    assert not Errand.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ErrandKind.values)
def test_every_kind_is_kept_even_when_its_row_has_gone(kind):
    Errand.objects.create(kind=kind, target=10**12)
    assert errands.run() == 1
    assert not Errand.objects.exists()


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_stops_no_other(ana, ben, thread, monkeypatch):
    def fails(post):
        Notice.objects.create(leader=ana, kind="reply")
        raise RuntimeError

    broken = Errand.objects.create(kind=ErrandKind.ANNOUNCE_POST, target=thread.posts.get().pk)
    thanks = Thanks.objects.create(post=thread.posts.get(), by=ben)
    Errand.objects.create(kind=ErrandKind.TELL_THANKED, target=thanks.pk)
    keeping = {**errands.KEEPING, ErrandKind.ANNOUNCE_POST: (Post, fails)}
    with monkeypatch.context() as patch:
        patch.setattr(errands, "KEEPING", keeping)
        assert errands.run() == 1
    broken.refresh_from_db()
    assert (broken.attempts, broken.error, broken.lease_until) == (1, "RuntimeError", None)
    assert broken.due_at > timezone.now()
    assert [notice.kind for notice in Notice.objects.all()] == ["thanks"]
    due_again()
    assert errands.run() == 1


@pytest.mark.django_db
def test_an_errand_held_by_somebody_is_left_alone_until_the_lease_ends(ana, ben, thread):
    make_reply(thread, ben)
    dead = errands.claim()
    assert errands.run() == 0
    Errand.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert errands.run() == 1
    assert not errands.attempt(dead)
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_who_lost_the_lease_leaves_nothing_behind(ana, ben, thread):
    make_reply(thread, ben)
    slow = errands.claim()
    Errand.objects.update(lease_until=timezone.now() + timedelta(minutes=9))
    assert not errands.attempt(slow)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_tell_of_every_reply_once(ana, ben, thread):
    for _ in range(20):
        make_reply(thread, ben)
    assert Errand.objects.count() == 20

    def work(_):
        try:
            return errands.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    assert Notice.objects.with_replies(ana).get(leader=ana).replies == 20


@pytest.mark.django_db(transaction=True)
def test_a_promise_of_a_transaction_that_failed_was_never_made(thread):
    @transaction.atomic
    def breaks():
        tasks.enqueue(ErrandKind.ANNOUNCE_POST, thread.posts.get().pk)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert not Errand.objects.exists()
