"""How far somebody has read, on all their devices, through whatever happens to a thread."""

from datetime import timedelta

import pytest
from django.template import engines
from django.utils import timezone

from community import moderation, reading
from community.models import Post, Reading, Thread
from tests.making import make_reply, make_thread


def fill(thread, by, up_to):
    for number in range(thread.posts.count() + 1, up_to + 1):
        make_reply(thread, by, f"Reply {number}")
    thread.refresh_from_db()


@pytest.fixture
def long_thread(space, ana):
    """Fifty posts of ana's."""
    thread = make_thread(space, ana, "Rota worries")
    fill(thread, ana, 50)
    return thread


@pytest.fixture
def pushed(monkeypatch, django_capture_on_commit_callbacks):
    """What the open pages hear."""
    heard = []
    monkeypatch.setattr("community.sockets.live.push", lambda topic, event: heard.append((topic, event)))
    return heard


def row(leader, thread):
    return reading.listed(leader).get(pk=thread.pk)


def mark(leader, thread):
    return Reading.objects.get(leader=leader, thread=thread).read_up_to


def test_with_fifty_posts_and_a_mark_at_ten_it_opens_at_eleven(browse, ben, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=10)
    opened = browse(ben).get(long_thread.get_absolute_url())
    assert opened.url.endswith("?page=1#post-11")
    page = browse(ben).get(opened.url).content.decode()
    line = page.index("New since your last visit")
    assert page.index('id="post-10"') < line < page.index('id="post-11"')


def test_seeing_eleven_to_twenty_leaves_thirty_and_tells_my_other_devices(browse, ben, long_thread, pushed):
    reading.mark_read(long_thread, by=ben, first=1, last=10)
    answer = browse(ben).post(f"/threads/{long_thread.pk}/seen/", {"first": 11, "last": 20})
    assert answer.status_code == 204
    assert row(ben, long_thread).unread == 30
    told = {"type": "read", "thread": long_thread.pk, "mark": 20, "unread": 30, "back": False}
    assert pushed[-1] == (f"leader:{ben.pk}", told)


def test_a_device_that_is_behind_is_told_how_far_i_am(ben, long_thread, pushed):
    reading.mark_read(long_thread, by=ben, first=1, last=20)
    pushed.clear()
    reading.mark_read(long_thread, by=ben, first=11, last=20)
    assert [(event["mark"], event["unread"]) for _, event in pushed] == [(20, 30)]


def test_a_link_to_post_45_does_not_clear_21_to_44(browse, ben, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=20)
    browse(ben).get(f"{long_thread.get_absolute_url()}?page=3")
    reading.mark_read(long_thread, by=ben, first=45, last=50)
    assert mark(ben, long_thread) == 20
    reading.mark_read(long_thread, by=ben, first=21, last=44)
    assert mark(ben, long_thread) == 44


def test_mark_unread_from_here_sets_it_back_and_says_so(browse, ben, long_thread, pushed):
    reading.mark_read(long_thread, by=ben, first=1, last=50)
    browse(ben).post(f"/threads/{long_thread.pk}/unread/31/")
    assert mark(ben, long_thread) == 30
    assert pushed[-1][1] == {
        "type": "read", "thread": long_thread.pk, "mark": 30, "unread": 20, "back": True
    }  # fmt: skip


def test_nothing_else_sets_it_back(ben, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=30)
    for first, last in ((1, 5), (31, 20), (1, 1)):
        reading.mark_read(long_thread, by=ben, first=first, last=last)
    reading.mark_unread(long_thread, by=ben, number=40)
    assert mark(ben, long_thread) == 30


def test_what_was_seen_before_the_mark_was_set_back_counts_no_more_when_it_is_told_late(
    browse, ben, long_thread
):
    reading.mark_read(long_thread, by=ben, first=1, last=50)
    reading.mark_unread(long_thread, by=ben, number=11)
    seen = {"first": 11, "last": 20}
    browse(ben).post(f"/threads/{long_thread.pk}/seen/", {**seen, "ago": 600})
    assert mark(ben, long_thread) == 10
    Reading.objects.update(set_back_at=timezone.now() - timedelta(hours=1))
    browse(ben).post(f"/threads/{long_thread.pk}/seen/", {**seen, "ago": 600})
    assert mark(ben, long_thread) == 20


@pytest.mark.parametrize("ago", ["-1", "soon", str(10**12)])
def test_an_odd_time_of_sight_is_refused(browse, ben, long_thread, ago):
    answer = browse(ben).post(f"/threads/{long_thread.pk}/seen/", {"first": 1, "last": 9, "ago": ago})
    assert answer.status_code == 422
    assert not Reading.objects.filter(leader=ben).exists()


def test_hidden_posts_block_nobody(ben, dara, long_thread, browse):
    reading.mark_read(long_thread, by=ben, first=1, last=10)
    for post in long_thread.posts.filter(number__range=(11, 15)):
        moderation.hide(post, by=dara, reason="Names a patient.")
    assert row(ben, long_thread).unread == 35
    assert browse(ben).get(long_thread.get_absolute_url()).url.endswith("#post-16")
    reading.mark_read(long_thread, by=ben, first=16, last=20)
    assert mark(ben, long_thread) == 20
    assert row(ben, long_thread).unread == 30


def test_gaps_in_the_numbers_block_nobody_and_count_as_nothing(ben, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=10)
    Post.objects.filter(thread=long_thread, number__range=(11, 30)).delete()
    assert row(ben, long_thread).unread == 20
    reading.mark_read(long_thread, by=ben, first=31, last=40)
    assert mark(ben, long_thread) == 40


def test_when_only_hidden_posts_follow_nothing_is_new(ben, dara, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=49)
    moderation.hide(long_thread.posts.get(number=50), by=dara, reason="Names a patient.")
    assert not row(ben, long_thread).is_new
    assert row(ben, long_thread).unread == 0


def test_a_move_to_another_space_keeps_the_mark(ben, dara, long_thread, space, commons):
    reading.mark_read(long_thread, by=ben, first=1, last=20)
    Thread.objects.filter(pk=long_thread.pk).update(space=commons)
    Post.objects.filter(thread=long_thread).update(space=commons)
    assert row(ben, long_thread).unread == 30


def test_my_own_posts_are_never_new_to_me(ben, long_thread):
    reading.mark_read(long_thread, by=ben, first=1, last=10)
    make_reply(long_thread, ben, "Without having read on")
    assert (mark(ben, long_thread), row(ben, long_thread).unread) == (10, 40)
    reading.mark_read(long_thread, by=ben, first=11, last=50)
    assert row(ben, long_thread).unread == 0


def test_my_reply_after_reading_all_is_read_on_my_other_devices_too(ben, long_thread, pushed):
    reading.mark_read(long_thread, by=ben, first=1, last=50)
    make_reply(long_thread, ben)
    told = [event for topic, event in pushed if topic == f"leader:{ben.pk}"]
    assert (told[-1]["mark"], told[-1]["unread"]) == (51, 0)


def test_of_an_old_thread_only_what_came_since_i_joined_is_new(ana, ben, space):
    thread = make_thread(space, ana)
    fill(thread, ana, 10)
    Post.objects.filter(thread=thread).update(created_at=timezone.now() - timedelta(days=90))
    Thread.objects.update(created_at=timezone.now() - timedelta(days=91))
    make_reply(thread, ana)
    thread.refresh_from_db()
    assert row(ben, thread).unread == 1
    reading.mark_read(thread, by=ben, first=11, last=11)
    assert row(ben, thread).unread == 0


def test_a_newcomer_opens_an_old_thread_at_its_beginning(browse, ana, ben, space):
    thread = make_thread(space, ana)
    Post.objects.update(created_at=timezone.now() - timedelta(days=90))
    Thread.objects.update(created_at=timezone.now() - timedelta(days=91))
    make_reply(thread, ana)
    page = browse(ben).get(thread.get_absolute_url())
    assert page.status_code == 200
    assert "New since your last visit" not in page.content.decode()


def test_an_outsider_marks_nothing(browse, cleo, long_thread):
    for verb in ("seen", "unread/2", "follow"):
        answer = browse(cleo).post(f"/threads/{long_thread.pk}/{verb}/", {"first": 1, "last": 9, "level": ""})
        assert answer.status_code == 404
    assert not Reading.objects.filter(leader=cleo).exists()


def test_looking_marks_nothing(browse, ben, long_thread):
    for address in (long_thread.get_absolute_url(), "/", "/spaces/north/"):
        browse(ben).get(address, follow=True)
    assert not Reading.objects.filter(leader=ben).exists()


def test_a_page_says_as_many_as_are_counted_or_more():
    counter = engines["jinja2"].env.get_template("components.html").module.unread_counter
    assert f">{reading.COUNTED_AT_MOST}+ new<" in counter(1, reading.COUNTED_AT_MOST)
    assert f">{reading.COUNTED_AT_MOST - 1} new<" in counter(1, reading.COUNTED_AT_MOST - 1)
