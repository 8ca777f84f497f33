"""Starting, replying, editing, thanking, following and reading: the rules."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from community import levels, lists, posts, reading, revisions, threads
from community.models import Errand, Level, Mention, Post, Quote, Reading, Thanks, Thread
from tests.making import make_reply, make_thread


def test_a_new_thread_has_its_first_post(ana, space):
    thread = make_thread(space, ana, title="First time in the chair", body="**Help**")
    post = thread.posts.get()
    assert (post.number, post.space, post.author) == (1, space, ana)
    assert post.body_html == "<p><strong>Help</strong></p>\n"
    assert (thread.last_number, thread.shown_count, thread.last_post) == (1, 1, post)


def test_numbers_are_contiguous(ana, ben, space):
    thread = make_thread(space, ana)
    for by in (ben, ana, ben):
        make_reply(thread, by)
    assert list(thread.posts.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_an_outsider_cannot_start_or_reply(cleo, ana, space):
    thread = make_thread(space, ana)
    with pytest.raises(PermissionDenied, match="Only members"):
        make_thread(space, cleo)
    with pytest.raises(PermissionDenied, match="Only members"):
        make_reply(thread, cleo)
    assert Post.objects.count() == 1


def test_the_suspended_cannot_write(eli, ana, space):
    with pytest.raises(PermissionDenied):
        make_reply(make_thread(space, ana), eli)


def test_a_closed_thread_takes_no_reply(ana, ben, space):
    thread = make_thread(space, ana)
    Thread.objects.filter(pk=thread.pk).update(closed_at=timezone.now())
    with pytest.raises(PermissionDenied, match="thread is closed"):
        make_reply(thread, ben)


def test_whoever_was_overtaken_is_told_before_sending(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana)
    make_reply(thread, ana)
    with pytest.raises(threads.Overtaken, match="2 replies have come while you wrote") as news:
        threads.reply(thread, by=ben, body="My view", uuid=uuid.uuid4(), seen=1)
    assert news.value.first == 2
    assert threads.reply(thread, by=ben, body="My view", uuid=uuid.uuid4(), seen=3).number == 4


def test_ones_own_and_hidden_posts_overtake_nobody(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ben)
    make_reply(thread, ana)
    Post.objects.filter(number=3).update(hidden_at=timezone.now())
    assert threads.reply(thread, by=ben, body="And", uuid=uuid.uuid4(), seen=1).number == 4


def test_the_same_submission_twice_is_one_post(ana, ben, space):
    thread = make_thread(space, ana)
    once = uuid.uuid4()
    first = threads.reply(thread, by=ben, body="Hello", uuid=once)
    again = threads.reply(thread, by=ben, body="Hello", uuid=once)
    assert again.pk == first.pk
    assert thread.posts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_submissions_are_one_post(ana, ben, space):
    thread = make_thread(space, ana)
    once = uuid.uuid4()

    def submit(_):
        try:
            return threads.reply(thread, by=ben, body="Hello", uuid=once).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        results = set(pool.map(submit, range(20)))
    assert len(results) == 1
    assert list(thread.posts.values_list("number", flat=True)) == [1, 2]
    assert Errand.objects.filter(kind="announce_post").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_thread_started_twice_in_parallel_is_one(ana, space):
    once = uuid.uuid4()

    def submit(_):
        try:
            return threads.start(space, by=ana, title="Hello", body="World", uuid=once).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(submit, range(8)))) == 1
    assert Thread.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_replies_take_numbers_without_a_gap(ana, ben, space):
    thread = make_thread(space, ana)

    def submit(n):
        try:
            threads.reply(thread, by=(ana, ben)[n % 2], body=f"Reply {n}", uuid=uuid.uuid4())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(submit, range(24)))
    assert list(thread.posts.values_list("number", flat=True)) == list(range(1, 26))


def test_a_mention_reaches_only_those_who_can_read_the_space(ana, ben, cleo, space):
    make_thread(space, ana, body="What do @ben and @cleo think?")
    assert [mention.leader for mention in Mention.objects.all()] == [ben]


def test_one_cannot_quote_what_one_cannot_see(ana, cleo, space, commons):
    secret = make_thread(space, ana).posts.get()
    with pytest.raises(PermissionDenied, match="cannot see"):
        make_thread(commons, cleo, body=f"> /posts/{secret.pk}/\n> I know")
    assert not Thread.objects.filter(space=commons).exists()


def test_a_quote_is_shown_by_the_rights_of_the_reader(ana, cleo, space, commons):
    secret = make_thread(space, ana, body="Between us").posts.get()
    thread = make_thread(commons, ana, body=f"> /posts/{secret.pk}/\n> Between us")
    assert Quote.objects.get().quoted == secret
    assert "Between us" in posts.page(thread, 1, viewer=ana)[0].html
    assert "Between us" not in posts.page(thread, 1, viewer=cleo)[0].html


def test_an_edit_keeps_the_former_text(ana, space):
    post = make_thread(space, ana, body="Frist").posts.get()
    post = threads.edit(post, by=ana, body="First", version=1)
    assert (post.body, post.version, post.body_html) == ("First", 2, "<p>First</p>\n")
    assert [text.body for text in revisions.page(post, 1, viewer=ana)] == ["First", "Frist"]


@pytest.mark.django_db(transaction=True)
def test_an_edit_stands_in_nobodys_way(ana, ben, space):
    """Ben quotes what Ana edits at that moment, in the same thread."""
    thread = make_thread(space, ana)
    post = thread.posts.get()

    def act(n):
        try:
            if n % 2:
                return threads.edit(post, by=ana, body=f"Edited {n}", version=post.version)
            return make_reply(thread, ben, f"> /posts/{post.pk}/\n> A beginning.\n\nYes.")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for round in range(3):
            list(pool.map(act, (2 * round, 2 * round + 1)))
            post.refresh_from_db()
    assert post.version == 4
    assert thread.posts.count() == 4


def test_an_edit_over_a_newer_version_is_told(ana, space):
    post = make_thread(space, ana, body="One").posts.get()
    threads.edit(post, by=ana, body="Two", version=1)
    with pytest.raises(threads.Stale):
        threads.edit(post, by=ana, body="Three", version=1)
    post.refresh_from_db()
    assert post.body == "Two"


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_submissions_of_one_edit_are_one_edit(ana, space):
    post, once = make_thread(space, ana, body="One").posts.get(), uuid.uuid4()

    def submit(_):
        try:
            return threads.edit(post, by=ana, body="Two", version=1, uuid=once).version
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(submit, range(20))) == {2}
    assert post.revisions.count() == 1


def test_only_the_author_edits(ana, ben, dara, space):
    post = make_thread(space, ana).posts.get()
    for other in (ben, dara):
        with pytest.raises(PermissionDenied, match="Only its author"):
            threads.edit(post, by=other, body="Mine now", version=1)


def test_a_hidden_post_cannot_be_edited(ana, space):
    post = make_thread(space, ana).posts.get()
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    with pytest.raises(PermissionDenied, match="hidden"):
        threads.edit(post, by=ana, body="Again", version=1)


def test_thanks_are_given_once_and_can_be_taken_back(ana, ben, space):
    post = make_thread(space, ana).posts.get()
    posts.thank(post, by=ben, words="For saying it")
    posts.thank(post, by=ben, words="Again")
    assert [thanks.words for thanks in Thanks.objects.all()] == ["For saying it"]
    posts.take_thanks_back(post, by=ben)
    assert not Thanks.objects.exists()


def test_one_cannot_thank_oneself(ana, space):
    with pytest.raises(PermissionDenied, match="oneself"):
        posts.thank(make_thread(space, ana).posts.get(), by=ana)


def test_whoever_writes_watches(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ben)
    kept = Reading.objects.filter(thread=thread).values_list("leader__handle", "level")
    assert dict(kept) == {"ana": "watching", "ben": "watching"}


def test_a_muted_thread_stays_muted(ana, ben, space):
    thread = make_thread(space, ana)
    levels.follow(thread, by=ben, level=Level.MUTED)
    make_reply(thread, ben)
    assert Reading.objects.get(leader=ben).level == Level.MUTED


def test_seeing_posts_raises_the_mark_but_never_over_unseen_ones(ana, ben, space):
    thread = make_thread(space, ana)
    for _ in range(49):
        make_reply(thread, ana)
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=1, last=10)
    assert reading.mark_read(thread, by=ben, first=11, last=20).read_up_to == 20
    assert reading.mark_read(thread, by=ben, first=41, last=50).read_up_to == 20
    assert reading.mark_read(thread, by=ben, first=1, last=5).read_up_to == 20
    assert reading.mark_read(thread, by=ben, first=21, last=9_999).read_up_to == 50


def test_only_mark_unread_sets_the_mark_back(ana, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana)
    assert Reading.objects.get(leader=ana).read_up_to == 2
    assert reading.mark_unread(thread, by=ana, number=2).read_up_to == 1


def test_ones_own_reply_does_not_mark_what_one_has_not_read(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana)
    make_reply(thread, ben)
    assert Reading.objects.get(leader=ben).read_up_to == 0


def test_lists_say_what_is_new_to_me(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana)
    row = reading.listed(ben).get()
    assert (row.is_new, row.unread) == (True, 2)
    reading.mark_read(row, by=ben, first=1, last=2)
    assert reading.listed(ben).get().is_new is False


def test_hidden_posts_are_in_no_figure(ana, ben, space):
    thread = make_thread(space, ana)
    for _ in range(3):
        make_reply(thread, ana)
    Post.objects.filter(number=2).update(hidden_at=timezone.now())
    assert reading.listed(ben).get().unread == 3
    reading.mark_read(reading.listed(ben).get(), by=ben, first=1, last=2)
    assert reading.listed(ben).get().unread == 2


def test_what_was_said_before_i_joined_is_not_new(ana, ben, space):
    thread = make_thread(space, ana)
    ben.joined_at = thread.created_at + timedelta(days=1)
    ben.save()
    assert reading.listed(ben).get().is_new is False


def test_threads_wait_until_somebody_else_answers(ana, ben, space):
    thread = make_thread(space, ana)
    assert lists.waiting(ben, 5) == [thread.pk]
    assert lists.waiting(ana, 5) == []
    make_reply(thread, ben)
    assert lists.waiting(ben, 5) == []
