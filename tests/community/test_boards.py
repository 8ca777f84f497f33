"""What a board of digests keeps of the last hour: what commits late is told, and nothing twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community import levels, moderation, reading
from community.mail import unmailed
from community.mail.boards import OVERLAP, Board, Boards
from community.models import Post, Thread
from tests.making import make_reply, make_thread


@pytest.fixture
def talk(space, ana, ben):
    """Posts of two hours ago, of half an hour ago and of now."""
    thread = make_thread(space, ana, "The rota")
    for author, ago in ((ben, 30), (ana, 0)):
        at = timezone.now() - timedelta(minutes=ago)
        Post.objects.filter(pk=make_reply(thread, author).pk).update(created_at=at)
    Post.objects.filter(thread=thread, number=1).update(created_at=timezone.now() - timedelta(hours=2))
    return Thread.objects.get(pk=thread.pk)


@pytest.fixture
def other(space, ben):
    return make_thread(space, ben, "The phones")


def recent(board, space):
    """The numbers of the posts of the last hour on the shelf of a space, by thread."""
    found = board.shelves[space.pk].recent
    return {talk.pk: [said.number for said in posts] for talk, posts in found.items()}


def reader(leader, space):
    """A leader in front of a board, to whom all of the last two days is new."""
    since = {leader.pk: unmailed.Since(timezone.now() - timedelta(days=2))}
    return unmailed.readers({(leader.pk, space.pk): space}, since, Boards())[leader.pk]


def late(leader, space):
    """What their digest would mark, as thread and number."""
    posts = Post.objects.filter(pk__in=reader(leader, space).late()).order_by("thread_id", "number")
    return list(posts.values_list("thread__title", "number"))


def test_a_shelf_keeps_the_last_hour_by_thread_and_each_space_its_own(talk, other, space, commons, ana):
    elsewhere = make_thread(commons, ana)
    board = Board(timezone.now() - timedelta(days=2))
    assert recent(board, space) == {talk.pk: [2, 3], other.pk: [1]}
    assert recent(board, commons) == {elsewhere.pk: [1]}
    assert len(board.of_thread[talk.pk].posts) == 3


def test_what_is_older_than_the_last_hour_is_not_kept(talk, space):
    Post.objects.update(created_at=timezone.now() - OVERLAP - timedelta(minutes=1))
    assert recent(Board(timezone.now() - timedelta(days=2)), space) == {}


def test_a_digest_marks_what_is_new_to_its_reader_of_the_last_hour(talk, other, space, ana, ben, cohort):
    assert late(ana, space) == [("The rota", 2), ("The phones", 1)]
    assert late(ben, space) == [("The rota", 3)]


def test_what_is_read_muted_or_hidden_is_not_marked(talk, other, space, ana, ben, dara):
    reading.mark_read(talk, by=ana, first=1, last=2)
    levels.follow(other, by=ana, level="muted")
    assert late(ana, space) == []
    moderation.hide(talk.posts.get(number=3), by=dara, reason="It names a patient.")
    assert late(ben, space) == []


def test_what_the_last_digest_marked_is_told_no_second_time(talk, other, space, ana):
    marked = frozenset(reader(ana, space).late())
    since = {ana.pk: unmailed.Since(timezone.now() - OVERLAP, marked)}
    again = unmailed.readers({(ana.pk, space.pk): space}, since, Boards())[ana.pk]
    assert again.late() == []
    assert [list(again.unread(one)) for one in again.board.talks] == [[], []]
    came = make_reply(other, other.author)  # it commits now, and may say an earlier time
    Post.objects.filter(pk=came.pk).update(created_at=timezone.now() - timedelta(minutes=20))
    once_more = unmailed.readers({(ana.pk, space.pk): space}, since, Boards())[ana.pk]
    assert once_more.late() == [came.pk]


def test_in_a_space_that_one_does_not_read_nothing_is_marked(talk, space, commons, ana, cleo):
    assert reader(cleo, commons).late() == []


def test_a_worker_of_before_an_update_finds_what_it_looks_up_when_it_closes_a_row(talk, space, ana):
    assert unmailed.marks(reader(ana, space))["threads"] == {}
    assert unmailed.marks()["threads"] == {}
