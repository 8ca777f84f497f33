"""Finding again what one may see, and nothing else."""

import pytest
from django.utils import timezone

from community import search
from community.models import Post, Thread
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread


def test_members_find_their_words(ana, ben, space):
    make_thread(space, ana, title="Estates plan", body="The boiler is a metaphor.")
    found = search.find("boiler", by=ben)
    assert [post.number for post in found.posts] == [1]
    assert "<mark>boiler</mark>" in found.posts[0].excerpt
    assert [thread.title for thread in search.find("estates", by=ben).threads] == ["Estates plan"]


def test_outsiders_find_nothing(ana, cleo, finn, space):
    make_thread(space, ana, title="Estates plan", body="The boiler")
    for outsider in (cleo, finn):
        assert search.find("boiler estates", by=outsider).is_empty
        assert search.find("boiler", by=outsider).is_empty


def test_an_ended_membership_finds_nothing(ana, ben, space):
    make_thread(space, ana, body="The boiler")
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    assert search.find("boiler", by=ben).is_empty


def test_hidden_words_are_found_by_nobody(ana, dara, space):
    thread = make_thread(space, ana, body="Innocent")
    make_reply(thread, ana, body="The boiler")
    Post.objects.filter(number=2).update(hidden_at=timezone.now())
    assert search.find("boiler", by=dara).is_empty
    Thread.objects.update(hidden_at=timezone.now())
    assert search.find("innocent", by=dara).is_empty


def test_excerpts_are_safe(ana, space):
    make_thread(space, ana, body="The boiler <b>bold</b> & <script>alert(1)</script>")
    excerpt = search.find("boiler", by=ana).posts[0].excerpt
    assert "<script" not in excerpt
    assert "<b>" not in excerpt


def test_names_are_found_with_a_typing_error(ana, ben, space):
    assert [profile.leader for profile in search.find("ben carow", by=ana).people] == [ben]


@pytest.mark.parametrize("words", ["'\":&|!()*", "x" * 5_000, "the of and", "-", '"', " "])
def test_odd_words_find_nothing_and_break_nothing(browse, ana, space, words):
    assert browse(ana).get("/search/", {"q": words}).status_code == 200
