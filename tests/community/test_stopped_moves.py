"""A move of many posts that does not go on: seen at the desk, tried again, or stopped where it is."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from community import answers, errands, integrity, moderation, relocations, threads
from community.models import Decision, Notice, Reading, Relocation, SpaceMembership, Thread, Transfer
from community.permissions import Conflict
from tests.making import make_reply, make_talk, make_thread

pytestmark = pytest.mark.usefixtures("few_are_many", "woken")

WHY = "It is another subject."
ENOUGH = "The rest belongs here."


@pytest.fixture
def talk(space, ana, ben):
    return make_talk(space, ana, ben, 8)


@pytest.fixture
def other(space, ben):
    return make_thread(space, ben, "Saying no again", "Other 1")


@pytest.fixture
def split(talk, dara):
    """Five posts on their way to a new thread, two of them there."""
    return moderation.split(talk, by=dara, reason=WHY, title="Rotas in summer", start=4)


@pytest.fixture
def merge(talk, other, dara):
    """Eight posts on their way to another thread, two of them there."""
    return moderation.merge(talk, into=other, by=dara, reason=WHY)


@pytest.fixture
def broken(monkeypatch):
    """Nothing can be carried."""

    def fail(*_, **__):
        raise OperationalError

    monkeypatch.setattr(relocations.transfers, "carry", fail)


def bodies(thread):
    return list(thread.posts.order_by("number").values_list("body", flat=True))


def address(way, verb):
    return f"/threads/{way.thread_id}/relocation/{verb}/"


def test_a_stopped_split_leaves_two_whole_threads(talk, split, dara, ben):
    decision = moderation.stop_move(split, by=dara, reason=ENOUGH)
    assert (bodies(talk), bodies(split.to)) == (
        ["Post 1", "Post 2", "Post 3", "Post 6", "Post 7", "Post 8"],
        ["Post 4", "Post 5"],
    )
    assert (decision.verb, decision.by, decision.reason) == ("stop_move", dara, ENOUGH)
    assert decision.detail["runs"] == [[4, 5, 1]]
    assert decision.detail["began"] == [dara.pk, WHY]
    assert list(integrity.findings()) == []
    assert relocations.go_on() == 0
    for thread in (talk, split.to):
        thread.refresh_from_db()
        assert thread.shown_count == thread.posts.count()
        make_reply(thread, ben)
    assert list(integrity.findings()) == []


def test_links_lead_to_each_post_of_a_stopped_merge(browse, talk, other, merge, ana, dara):
    first, last = talk.posts.first(), other.posts.get(number=2)
    moderation.stop_move(merge, by=dara, reason=ENOUGH)
    talk.refresh_from_db()
    assert talk.merged_into is None
    for post in (first, last):
        found = browse(ana).get(f"/posts/{post.pk}/", follow=True)
        assert (found.status_code, post.body in found.content.decode()) == (200, True)
    assert "Post 3" in browse(ana).get(talk.get_absolute_url(), follow=True).content.decode()
    assert browse(ana).get(f"/threads/{talk.pk}/{talk.slug}/?page=1").status_code == 200
    assert list(integrity.findings()) == []


def test_nobody_loses_their_place(talk, split, ana, dara):
    Reading.objects.filter(leader=ana, thread=talk).update(read_up_to=4)
    moderation.stop_move(split, by=dara, reason=ENOUGH)
    assert Reading.objects.get(leader=ana, thread=talk).read_up_to == 4


def test_the_rest_of_a_stopped_merge_can_follow_later(talk, other, merge, ben, dara):
    moderation.stop_move(merge, by=dara, reason=ENOUGH)
    make_reply(Thread.objects.get(pk=talk.pk), ben, "Post 9")
    moderation.merge(Thread.objects.get(pk=talk.pk), into=other, by=dara, reason=WHY)
    while relocations.go_on():
        pass
    talk.refresh_from_db()
    assert talk.merged_into == other
    assert bodies(other) == ["Other 1", *(f"Post {number}" for number in range(1, 10))]
    assert list(integrity.findings()) == []


def test_an_answer_that_has_gone_is_none_any_more(talk, merge, other, ana, dara):
    gone = other.posts.get(body="Post 2")
    Thread.objects.filter(pk=talk.pk).update(kind="question", answer=gone)
    moderation.stop_move(merge, by=dara, reason=ENOUGH)
    talk.refresh_from_db()
    assert talk.answer is None
    assert Decision.objects.get().detail["answer"] == gone.pk
    stays = answers.mark_answer(talk.posts.get(body="Post 4"), by=ana)
    assert stays.answer


def test_authors_hear_why_it_was_begun(split, ana, ben, dara):
    moderation.stop_move(split, by=dara, reason=ENOUGH)
    errands.run()
    told = Notice.objects.filter(kind="moderation").order_by("leader")
    assert {notice.leader for notice in told} == {ana, ben}
    assert all(WHY in notice.words and ENOUGH not in notice.words for notice in told)
    assert all("another thread" in notice.words for notice in told)


def test_it_can_be_stopped_though_nothing_can_be_carried(talk, split, broken, browse, dara):
    assert relocations.go_on() == 1
    assert browse(dara).get(address(split, "stop")).status_code == 200
    answer = browse(dara).post(address(split, "stop"), {"reason": ENOUGH})
    assert answer.url == f"/threads/{talk.pk}/relocation/"
    html = browse(dara).get(answer.url).content.decode()
    assert "Dara Elling stopped this move. 2 posts are in" in html
    assert "every 2s" not in html
    assert list(integrity.findings()) == []


def test_what_does_not_go_on_stands_at_the_desk_and_is_tried_again(talk, split, broken, browse, dara, woken):
    relocations.go_on()
    html = browse(dara).get("/desk/").content.decode()
    for words in (
        "Posts on their way",
        talk.title,
        "Rotas in summer",
        "2 of 5 posts",
        "did not answer in time",
    ):
        assert words in html
    page = browse(dara).get(f"/threads/{talk.pk}/relocation/").content.decode()
    assert "Try again now" in page
    assert "RuntimeError" not in page
    split.refresh_from_db()
    assert split.due_at > timezone.now()
    assert browse(dara).post(address(split, "again")).url == f"/threads/{talk.pk}/relocation/"
    split.refresh_from_db()
    assert split.due_at <= timezone.now()


def test_what_nobody_expected_is_named(split, monkeypatch):
    monkeypatch.setattr(threads, "recount", lambda thread, **_: 1 / 0)
    relocations.go_on()
    split.refresh_from_db()
    assert "nobody expected (ZeroDivisionError)" in split.trouble


def test_only_moderators_of_both_spaces_end_it(browse, split, commons, ana, cleo, dara):
    for leader, status in ((ana, 403), (cleo, 404)):
        for verb in ("again", "stop"):
            assert browse(leader).post(address(split, verb), {"reason": ENOUGH}).status_code == status
    Thread.objects.filter(pk=split.to_id).update(space=commons)
    SpaceMembership.objects.filter(space=commons, leader=dara).update(role="member")
    assert "Posts on their way" not in browse(dara).get("/desk/").content.decode()
    assert browse(dara).post(address(split, "stop"), {"reason": ENOUGH}).status_code == 302
    assert browse(dara).post("/threads/999/relocation/stop/", {"reason": ENOUGH}).status_code == 404
    assert browse(dara).get(address(split, "again")).status_code == 405
    assert Relocation.objects.get().ended_at is None
    assert not Decision.objects.exists()


def test_a_reason_is_asked_for(browse, split, dara):
    answer = browse(dara).post(address(split, "stop"), {"reason": " "})
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode()
    assert Relocation.objects.get().ended_at is None


def test_what_has_ended_cannot_be_stopped(browse, split, dara):
    while relocations.go_on():
        pass
    with pytest.raises(Conflict, match="no longer on their way"):
        moderation.stop_move(split, by=dara, reason=ENOUGH)
    assert browse(dara).post(address(split, "stop"), {"reason": ENOUGH}).status_code == 302
    assert browse(dara).post(address(split, "again")).status_code == 302
    assert [decision.verb for decision in Decision.objects.all()] == ["split"]


def test_two_who_stop_it_at_once_are_one_decision(split, dara):
    late = Relocation.objects.get()
    moderation.stop_move(split, by=dara, reason=ENOUGH)
    with pytest.raises(Conflict, match="no longer on their way"):
        moderation.stop_move(late, by=dara, reason=ENOUGH)
    assert Decision.objects.count() == 1


def test_the_log_gives_both_reasons(browse, split, dara):
    moderation.stop_move(split, by=dara, reason=ENOUGH)
    for page in ("/desk/log/", "/desk/log.csv"):
        text = browse(dara).get(page).content.decode()
        assert (ENOUGH in text, WHY in text) == (True, True)


def test_an_operator_is_told_of_what_has_stood_still_for_an_hour(split):
    assert list(integrity.findings()) == []
    Relocation.objects.update(moved_at=timezone.now() - timedelta(minutes=61))
    [said] = integrity.findings()
    assert said.startswith(f"Relocation {split.pk}: none of its posts has gone for an hour.")
    relocations.go_on()
    assert list(integrity.findings()) == []


def test_an_operator_is_told_of_a_thread_that_is_closed_by_a_move_that_is_none(talk):
    Thread.objects.filter(pk=talk.pk).update(is_moving=True)
    [said] = integrity.findings()
    assert said.startswith(f"Thread {talk.pk}: nobody can write in it")


def test_a_merge_on_its_way_holds_together(merge):
    assert list(integrity.findings()) == []
    assert Transfer.objects.get().first == 1


# --- A thread goes to another space -----------------------------------------------------------------------


@pytest.fixture
def moved(commons, space, ana, ben, dara):
    """A thread of eight posts that goes from the commons to the private space, the two newest with it."""
    thread = make_thread(commons, ana, "Saying no kindly", "Post 1")
    for number in range(2, 9):
        make_reply(thread, (ben, ana)[number % 2], f"Post {number}")
    thread = Thread.objects.get(pk=thread.pk)
    moderation.move(thread, to=space, by=dara, reason=WHY)
    return Relocation.objects.get()


def spaces(way):
    return list(way.thread.posts.order_by("number").values_list("space__slug", flat=True))


def test_a_thread_is_in_its_new_space_at_once_and_its_posts_follow(browse, moved, space, commons, ana, cleo):
    moved.thread.refresh_from_db()
    assert moved.thread.space == space
    assert spaces(moved) == [commons.slug] * 6 + [space.slug] * 2
    address = moved.thread.get_absolute_url()
    assert browse(cleo).get(address).status_code == 404
    html = browse(ana).get(f"{address}?page=1").content.decode()
    assert ("Post 1" in html, "Post 8" in html, "Many posts are being moved" in html) == (True, True, True)
    assert list(integrity.findings()) == []
    assert relocations.go_on() == 3
    assert set(spaces(moved)) == {space.slug}
    moved.refresh_from_db()
    assert (moved.carried, moved.total, moved.thread.is_moving) == (8, 8, False)
    assert moved.ended_at
    assert [decision.verb for decision in Decision.objects.all()] == ["move"]
    assert list(integrity.findings()) == []


def test_its_moderator_is_told_that_posts_follow(browse, commons, space, ana, dara):
    thread = make_thread(commons, ana)
    for _ in range(4):
        make_reply(thread, ana)
    told = {"reason": WHY, "to": space.pk}
    html = browse(dara).post(f"/threads/{thread.pk}/move/", told, follow=True).content.decode()
    assert "Its older posts follow within minutes" in html
    page = browse(dara).get(f"/threads/{thread.pk}/relocation/").content.decode()
    assert "2 of 5 posts have followed it" in page
    assert "Take it back" in page


def test_a_move_is_taken_back_whole(browse, moved, commons, space, dara):
    assert browse(dara).get(address(moved, "stop")).status_code == 200
    assert browse(dara).post(address(moved, "stop"), {"reason": ENOUGH}).status_code == 302
    assert set(spaces(moved)) == {commons.slug}
    moved.thread.refresh_from_db()
    assert (moved.thread.space, moved.thread.is_moving) == (commons, False)
    assert (
        "took this move back" in browse(dara).get(f"/threads/{moved.thread_id}/relocation/").content.decode()
    )
    details = [decision.detail for decision in Decision.objects.order_by("pk")]
    assert [detail["target"] for detail in details] == [space.pk, commons.pk]
    assert relocations.go_on() == 0
    assert list(integrity.findings()) == []


def test_many_go_back_in_batches_too(moved, commons, dara):
    relocations.go_on()
    Relocation.objects.update(ended_at=None, start=3)
    Thread.objects.update(is_moving=True)
    moderation.stop_move(Relocation.objects.get(), by=dara, reason=ENOUGH)
    back = Relocation.objects.get(ended_at=None)
    assert (back.carried, back.total, back.by) == (2, 8, dara)
    while relocations.go_on():
        pass
    assert set(spaces(moved)) == {commons.slug}
    assert not Thread.objects.filter(is_moving=True).exists()


def test_only_who_moderates_the_old_space_too_takes_it_back(browse, moved, commons, dara):
    SpaceMembership.objects.filter(space=commons, leader=dara).update(role="member")
    page = browse(dara).get(f"/threads/{moved.thread_id}/relocation/").content.decode()
    assert "Take it back" not in page
    assert browse(dara).post(address(moved, "stop"), {"reason": ENOUGH}).status_code == 403
    assert browse(dara).post(address(moved, "again")).status_code == 302
    assert Relocation.objects.get().ended_at is None


def test_what_was_reported_on_the_way_is_for_the_new_moderators(moved, space, ben, dara):
    case = moderation.report(moved.thread.posts.get(number=1), by=ben, category="spam").case
    while relocations.go_on():
        pass
    case.refresh_from_db()
    assert case.space == space
