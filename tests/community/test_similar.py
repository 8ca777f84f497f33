"""Threads like the one that is being written: found by its title, and only among those that one may see."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from community import moderation, threads
from community.finding import similar
from community.models import Space, SpaceKind, SpaceMembership, Thread
from community.views import threads as thread_views
from leaders.models import CohortMembership
from tests.making import make_thread

TITLE = "A difficult conversation with my partner"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def like(space, ana):
    """A thread of the cohort that has much in common with the title."""
    return make_thread(space, ana, "Difficult conversations between partners")


def titles(title, by, space) -> list[str]:
    return [thread.title for thread in similar.find(title, by=by, space=space)]


def test_the_likest_comes_first_and_what_shares_one_word_of_many_does_not(like, ana, ben, space):
    make_thread(space, ana, "The partner of a practice")
    make_thread(space, ana, "How to begin a difficult conversation with a partner")
    assert titles(TITLE, ben, space) == [
        "How to begin a difficult conversation with a partner",
        "Difficult conversations between partners",
    ]


def test_a_short_title_is_like_another_by_one_word(like, ana, ben, space):
    assert titles("Partners", ben, space) == [like.title]
    assert titles("Partnership agreements", ben, space) == []
    assert titles("Partner trouble", ben, space) == [like.title]


def test_the_apostrophe_of_a_telephone_is_no_letter(like, ben, space):
    assert (
        titles("A partner’s trouble", ben, space) == titles("A partner's trouble", ben, space) == [like.title]
    )


def test_at_most_five_are_shown(ana, ben, space):
    for number in range(8):
        make_thread(space, ana, f"Difficult conversation {number}")
    assert len(titles(TITLE, ben, space)) == 5


def test_threads_of_other_spaces_are_shown_to_their_members_alone(like, ben, cleo, eli, commons):
    assert titles(TITLE, ben, commons) == [like.title]
    assert titles(TITLE, cleo, commons) == []
    assert titles(TITLE, eli, commons) == []
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert titles(TITLE, ben, commons) == []


def test_a_hidden_thread_is_shown_to_nobody(like, ben, dara, space):
    moderation.hide(like, by=dara, reason="It went wrong.")
    assert titles(TITLE, ben, space) == []
    assert titles(TITLE, dara, space) == []


def test_threads_of_a_sealed_space_are_shown_inside_it_alone(ana, ben, commons):
    sealed = Space.objects.create(
        name="Quiet", slug="quiet", kind=SpaceKind.SEALED, description="Here only.", mail_rule="nothing"
    )
    for leader in (ana, ben):
        SpaceMembership.objects.create(space=sealed, leader=leader)
    sealed.terms_accepted.create(leader=ana)
    thread = make_thread(sealed, ana, "Difficult conversations")
    assert titles(TITLE, ana, sealed) == [thread.title]
    assert titles(TITLE, ana, commons) == []
    assert titles(TITLE, ben, sealed) == []


@pytest.mark.parametrize(
    "title",
    ["", "abc", "the of and", "'\":&|!()* <-> \\", "' & 'x", "9" * 5_000, "a\x00b", "x " * 500, "😀😀😀😀"],
)  # fmt: skip
def test_odd_titles_are_like_nothing(like, ben, space, title):
    assert titles(title, ben, space) == []


def test_while_a_title_is_typed_similar_threads_are_offered_in_a_new_tab(browse, like, ben, space):
    page = text(browse(ben).get("/spaces/north/similar/", {"title": TITLE}))
    assert f'href="{like.get_absolute_url()}" target="_blank"' in page
    assert "1 thread looks similar" in page
    assert "Is it one of these?" not in text(browse(ben).get("/spaces/north/similar/?title=Lunch"))
    assert browse(ben).post("/spaces/north/similar/", {"title": TITLE}).status_code == 405


def test_nobody_asks_where_they_cannot_write(browse, like, ben, cleo, eli, space):
    address = "/spaces/north/similar/?title=Difficult+conversation"
    assert browse(cleo).get(address).status_code == 404
    assert browse(eli).get(address).status_code == 403
    space.closed_at = timezone.now()
    space.save()
    assert browse(ben).get(address).status_code == 403


def test_without_javascript_they_stand_beside_a_preview_or_a_refusal(browse, like, ben):
    form = {"title": TITLE, "kind": "discussion", "body": "Words", "uuid": uuid.uuid4()}
    for typed in ({**form, "preview": "1"}, {**form, "body": ""}):
        assert like.title in text(browse(ben).post("/spaces/north/start/", typed))
    assert like.title not in text(browse(ben).get("/spaces/north/start/"))
    assert Thread.objects.count() == 1


def test_whoever_asks_without_end_is_slowed_down(browse, ben, space, monkeypatch):
    monkeypatch.setattr(thread_views, "SIMILAR_PER_MINUTE", 2)
    answers = [browse(ben).get("/spaces/north/similar/?title=Lunch").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_number_of_questions_is_small(like, ben, space, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        titles(TITLE, ben, space)


def test_a_thread_that_was_renamed_is_found_by_its_new_title(like, ana, ben, space):
    threads.rename(like, by=ana, title="Lunch on Fridays", kind="discussion")
    assert titles(TITLE, ben, space) == []
    assert titles("Friday lunches", ben, space) == ["Lunch on Fridays"]
