"""Many posts go to another thread: in batches, by a worker, and nobody loses anything on the way."""

import random
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from community import answers, errands, integrity, levels, moderation, reading, relocations, threads
from community.models import Decision, Notice, Post, Reading, Relocation, SpaceMembership, Thread, Transfer
from community.permissions import Conflict
from tests.cast import make_leader
from tests.making import make_reply, make_talk, make_thread

pytestmark = pytest.mark.usefixtures("few_are_many", "woken")

WHY = "It is another subject."
MOVING = "Many posts are being moved here"


@pytest.fixture
def talk(space, ana, ben):
    return make_talk(space, ana, ben, 12)


@pytest.fixture
def other(space, ana, ben):
    thread = make_thread(space, ben, "Saying no again", "Other 1")
    make_reply(thread, ana, "Other 2")
    return Thread.objects.get(pk=thread.pk)


def split(talk, dara, start=5):
    return moderation.split(talk, by=dara, reason=WHY, title="Rotas in summer", start=start)


def bodies(thread):
    return list(thread.posts.order_by("number").values_list("body", flat=True))


def go_on():
    while relocations.go_on():
        assert list(integrity.findings()) == []


def test_a_worker_carries_what_a_request_begins(talk, dara, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        way = split(talk, dara)
    assert len(woken) == 1
    assert (way.carried, way.total, way.ended_at) == (2, 8, None)
    assert bodies(way.to) == ["Post 5", "Post 6"]
    assert not Decision.objects.exists()
    assert list(integrity.findings()) == []
    assert relocations.go_on() == 3
    way.refresh_from_db()
    assert (way.carried, way.total) == (8, 8)
    assert way.ended_at
    talk.refresh_from_db()
    assert (bodies(talk), talk.shown_count) == ([f"Post {n}" for n in range(1, 5)], 4)
    assert bodies(way.to) == [f"Post {n}" for n in range(5, 13)]
    assert not Thread.objects.filter(is_moving=True).exists()
    assert list(integrity.findings()) == []
    assert relocations.go_on() == 0


def test_one_run_and_one_decision_tell_of_all_batches(talk, dara):
    way = split(talk, dara)
    go_on()
    run = Transfer.objects.get()
    assert (run.first, run.last, run.to_first) == (5, 12, 1)
    decision = Decision.objects.get()
    assert (decision.verb, decision.by, decision.reason, decision.thread) == ("split", dara, WHY, talk)
    detail = {"to": way.to_id, "first": 1, "last": 8, "runs": [[5, 12, 1]], "title": "Rotas in summer"}
    assert decision.detail == detail


def test_numbers_that_left_before_stay_apart(talk, dara):
    moderation.split(talk, by=dara, reason=WHY, title="Two of them", numbers=[7, 8])
    way = split(talk, dara)
    go_on()
    runs = Transfer.objects.filter(to=way.to).values_list("first", "last", "to_first")
    assert list(runs) == [(5, 6, 1), (9, 12, 3)]


def test_nobody_writes_or_decides_there_meanwhile(browse, talk, other, ana, ben, dara):
    way = moderation.merge(talk, into=other, by=dara, reason=WHY)
    for thread in (talk, other):
        answer = browse(ben).post(
            f"/threads/{thread.pk}/reply/", {"body": "Mine as well", "uuid": str(uuid.uuid4())}
        )
        assert answer.status_code == 409
        html = answer.content.decode()
        assert MOVING in html
        assert "Mine as well" in html
        with pytest.raises(Conflict, match=MOVING):
            make_reply(thread, dara)
        with pytest.raises(Conflict, match=MOVING):
            moderation.close(thread, by=dara, reason="Enough")
    for address in (f"/threads/{talk.pk}/split/", f"/threads/{talk.pk}/merge/"):
        told = {"reason": "Me too", "extent": "onward", "start": 9, "title": "Another", "kind": "discussion"}
        again = browse(dara).post(address, {**told, "into": other.pk})
        assert again.status_code == 409
        assert MOVING in again.content.decode()
    assert Relocation.objects.get() == way
    go_on()
    assert make_reply(other, ben).number == 15


def test_what_was_typed_is_kept_as_a_draft(browse, talk, ben, dara):
    split(talk, dara)
    html = browse(ben).get(talk.get_absolute_url(), follow=True).content.decode()
    assert MOVING in html
    assert 'name="body"' not in html


def test_a_merge_ends_in_an_address(browse, talk, other, ana, dara):
    Thread.objects.filter(pk=talk.pk).update(kind="question")
    answer = answers.mark_answer(talk.posts.get(number=8), by=ana).answer
    way = moderation.merge(talk, into=other, by=dara, reason=WHY)
    assert bodies(other) == ["Other 1", "Other 2", "Post 1", "Post 2"]
    assert browse(ana).get(f"/threads/{talk.pk}/", follow=True).status_code == 200
    go_on()
    talk.refresh_from_db()
    other.refresh_from_db()
    assert (talk.merged_into, other.answer, other.last_number) == (other, answer, 14)
    assert Decision.objects.get().detail["runs"] == [[1, 12, 3]]
    assert not Reading.objects.filter(thread=talk).exists()
    assert browse(dara).get(f"/threads/{talk.pk}/relocation/").status_code == 200
    assert way.pk


def test_an_answer_that_leaves_is_none_any_more(talk, ana, dara):
    Thread.objects.filter(pk=talk.pk).update(kind="question")
    answer = answers.mark_answer(talk.posts.get(number=12), by=ana).answer
    split(Thread.objects.get(pk=talk.pk), dara)
    go_on()
    talk.refresh_from_db()
    assert talk.answer is None
    assert Decision.objects.get().detail["answer"] == answer.pk


def test_a_batch_that_fails_leaves_nothing_half_done_and_is_tried_again(talk, dara, monkeypatch, caplog):
    way, counted = split(talk, dara), threads.recount

    def fail(thread, **_):
        raise RuntimeError

    monkeypatch.setattr(threads, "recount", fail)
    assert relocations.go_on() == 1
    way.refresh_from_db()
    assert (way.carried, way.attempts, way.error) == (2, 1, "RuntimeError")
    assert bodies(way.to) == ["Post 5", "Post 6"]
    assert list(integrity.findings()) == []
    assert relocations.go_on() == 0  # it waits a little
    monkeypatch.setattr(threads, "recount", counted)
    Relocation.objects.update(due_at=timezone.now())
    go_on()
    way.refresh_from_db()
    assert (way.carried, way.attempts, way.error) == (8, 0, "")
    assert way.ended_at


def test_other_work_comes_in_between(talk, dara, woken, monkeypatch):
    monkeypatch.setattr(relocations, "PATIENCE", -1)
    split(talk, dara)
    assert [relocations.go_on() for _ in range(4)] == [1, 1, 1, 0]
    assert len(woken) == 3


def test_a_page_says_how_far_it_is(browse, talk, ana, cleo, dara):
    address = f"/threads/{talk.pk}/relocation/"
    assert "No posts are on their way" in browse(dara).get(address).content.decode()
    told = {"reason": WHY, "extent": "onward", "start": 5, "title": "Rotas in summer", "kind": "discussion"}
    assert browse(dara).post(f"/threads/{talk.pk}/split/", told).url == address
    html = browse(dara).get(address).content.decode()
    assert "2 of 8 posts have gone" in html
    assert "Look again" in html
    assert 'http-equiv="refresh"' not in html
    part = browse(dara).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<h1" not in part
    assert "every 2s" in part
    assert address in browse(dara).get(talk.get_absolute_url(), follow=True).content.decode()
    for leader, status in ((ana, 403), (cleo, 404)):
        assert browse(leader).get(address).status_code == status
    assert browse(dara).post(address).status_code == 405
    go_on()
    html = browse(dara).get(address).content.decode()
    assert "All 8 posts are in" in html
    assert "every 2s" not in html


def test_it_is_undone_by_merging_back(talk, dara):
    way = split(talk, dara)
    go_on()
    way.to.refresh_from_db()
    talk.refresh_from_db()
    moderation.merge(way.to, into=talk, by=dara, reason="It went wrong.")
    go_on()
    assert bodies(talk) == [f"Post {n}" for n in range(1, 13)]
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("seed", range(6))
def test_in_batches_it_is_as_at_once(talk, other, ana, ben, dara, cohort_of_readers, seed, monkeypatch):
    """Marks, levels, notices and what is unread are the same, whoever has read how far."""
    chance = random.Random(seed)
    for leader in cohort_of_readers:
        for thread in (talk, other):
            levels.follow(thread, by=leader, level=chance.choice(["watching", "normal", None, "muted"]))
            if chance.random() < 0.8:
                last = chance.randint(1, thread.last_number)
                reading.mark_read(thread, by=leader, first=1, last=last)
    for post in talk.posts.filter(number__in=chance.sample(range(2, 13), 3)):
        moderation.hide(post, by=dara, reason="It names a patient.")
    start = chance.choice([1, 3, 5])
    errands.run()
    found = []
    for at_once in (100, 3):
        monkeypatch.setattr(relocations, "AT_ONCE", at_once)
        with transaction.atomic():
            source, into = Thread.objects.get(pk=talk.pk), Thread.objects.get(pk=other.pk)
            if start == 1:
                moderation.merge(source, into=into, by=dara, reason=WHY)
            else:
                split(source, dara, start)
            go_on()
            found.append(as_it_is())
            transaction.set_rollback(True)
    assert found[0] == found[1]


@pytest.fixture
def cohort_of_readers(space, ana, ben):
    readers = [make_leader(f"R{number} Harte") for number in range(8)]
    for leader in readers:
        SpaceMembership.objects.create(space=space, leader=leader)
    return [*readers, ana, ben]


def as_it_is():
    """What everybody has before them, in words that do not depend on keys."""
    marks = Reading.objects.order_by("leader", "thread__title")
    told = Notice.objects.filter(kind="reply", read_at=None)
    return (
        list(Post.objects.order_by("pk").values_list("thread__title", "number", "body")),
        list(marks.values_list("leader", "thread__title", "read_up_to", "mailed_up_to", "level")),
        [(notice.leader, notice.thread.title, new_of(notice)) for notice in told.order_by("leader", "post")],
        list(Transfer.objects.order_by("first").values_list("first", "last", "to_first")),
    )


def new_of(notice):
    """The unread posts that a notice of replies tells of."""
    mark = Reading.objects.get(leader=notice.leader, thread=notice.thread).read_up_to
    new = notice.thread.posts.filter(pk__gte=notice.post_id, number__gt=mark, hidden_at=None)
    return list(new.exclude(author=notice.leader).order_by("number").values_list("body", flat=True))
