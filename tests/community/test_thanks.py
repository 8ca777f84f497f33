"""Thanking for a post, in its place or on a page, and taking it back."""

import pytest

from community import errands, posts
from community.models import Errand, ErrandKind, Notice, Thanks
from community.telling import announcements
from tests.making import make_thread

HTMX = {"HTTP_HX_REQUEST": "true"}


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def post(ana, space):
    return make_thread(space, ana, title="Saying no kindly").posts.get()


def test_the_form_opens_below_the_post_and_the_post_answers(browse, ben, post):
    door = f"/posts/{post.pk}/thank/"
    form = text(browse(ben).get(door, **HTMX))
    assert "A few words of why" in form
    assert "<html" not in form
    answer = text(browse(ben).post(door, {"words": "It helped me on Monday."}, **HTMX))
    assert 'id="post-1"' in answer
    assert "Ben Carrow (“It helped me on Monday.”)" in answer
    assert "Take thanks back" in answer
    answer = text(browse(ben).post(f"/posts/{post.pk}/thank/undo/", **HTMX))
    assert "Monday" not in answer
    assert not Thanks.objects.exists()


def test_without_javascript_it_is_a_page(browse, ben, post):
    door = f"/posts/{post.pk}/thank/"
    assert "<html" in text(browse(ben).get(door))
    assert browse(ben).post(door, {"words": "Well put."}).url.endswith("?page=1#post-1")
    assert "You thanked Ana Brook" in text(browse(ben).get(door))
    assert browse(ben).post(f"/posts/{post.pk}/thank/undo/").url.endswith("#post-1")
    assert not Thanks.objects.exists()


def test_too_many_words_keep_the_form_and_what_was_typed(browse, ben, post):
    answer = browse(ben).post(f"/posts/{post.pk}/thank/", {"words": "x" * 201}, **HTMX)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == f"#thanking-{post.pk}"
    assert "x" * 201 in text(answer)
    assert "This is longer than 200 characters. Please shorten it." in text(answer)
    assert not Thanks.objects.exists()


def test_words_that_turn_the_writing_do_not_turn_those_of_others(browse, ben, post):
    browse(ben).post(f"/posts/{post.pk}/thank/", {"words": "\u202eWell put."})
    assert Thanks.objects.get().words == "Well put."


def test_pressed_twice_it_is_one_thank_you_and_one_notice(browse, ben, post):
    for _ in range(2):
        browse(ben).post(f"/posts/{post.pk}/thank/", {"words": "Well put."})
    assert Thanks.objects.count() == 1
    assert Errand.objects.filter(kind=ErrandKind.TELL_THANKED).count() == 1


def test_nobody_thanks_oneself_or_for_what_one_cannot_see(browse, ana, cleo, post):
    assert browse(ana).post(f"/posts/{post.pk}/thank/").status_code == 403
    assert browse(cleo).post(f"/posts/{post.pk}/thank/").status_code == 404
    assert not Thanks.objects.exists()


def test_thanks_taken_back_leave_no_words_behind(ana, ben, post):
    posts.thank(post, by=ben, words="It helped me on Monday.")
    errands.run()
    assert Notice.objects.get(leader=ana).words == "It helped me on Monday."
    posts.take_thanks_back(post, by=ben)
    assert not Notice.objects.filter(leader=ana).exists()


def test_thanks_taken_back_before_they_were_told_are_never_told(ana, ben, post):
    given = posts.thank(post, by=ben, words="It helped me on Monday.")
    posts.take_thanks_back(post, by=ben)
    given.pk = 1
    announcements.tell_thanked(given)
    errands.run()
    assert not Notice.objects.exists()
