"""Bookmarks: for their owner alone, and never a way round what one may not see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from community import bookmarks, moderation, permissions, tasks
from community.models import (
    Bookmark,
    Notice,
    Space,
    SpaceKind,
    SpaceMembership,
    TermsAcceptance,
)
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread

HTMX = {"HTTP_HX_REQUEST": "true"}


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def post(ana, space):
    return make_thread(space, ana, title="Saying no kindly", body="Begin with the zebra.").posts.get()


@pytest.fixture
def kept(post, ben):
    return bookmarks.change_note(bookmarks.keep(post, by=ben), note="For Tuesday’s huddle.")


def test_one_keeps_a_post_writes_a_note_and_finds_it_again(browse, ben, post):
    ben_at = browse(ben)
    assert ben_at.post(f"/posts/{post.pk}/bookmark/").url.endswith("#post-1")
    bookmark = Bookmark.objects.get()
    assert ben_at.post(f"/bookmarks/{bookmark.pk}/", {"note": "For Tuesday."}).url == "/bookmarks/"
    page = text(ben_at.get("/bookmarks/"))
    assert "Saying no kindly" in page
    assert "Begin with the zebra." in page
    assert "For Tuesday." in page


def test_the_button_changes_in_its_place(browse, ben, post):
    answer = browse(ben).post(f"/posts/{post.pk}/bookmark/", **HTMX)
    assert "Bookmarked" in text(answer)
    assert "<html" not in text(answer)
    assert "Bookmarked" in text(browse(ben).get(post.thread.get_absolute_url(), follow=True))
    answer = browse(ben).post(f"/posts/{post.pk}/bookmark/undo/", **HTMX)
    assert "Bookmarked" not in text(answer)
    assert not Bookmark.objects.kept().exists()


def test_what_was_removed_can_be_had_back_with_its_note(browse, ben, kept):
    answer = browse(ben).post(f"/bookmarks/{kept.pk}/remove/", follow=True)
    assert "Removed: Saying no kindly" in text(answer)
    assert "For Tuesday" not in text(browse(ben).get("/bookmarks/"))
    browse(ben).post(f"/bookmarks/{kept.pk}/undo/")
    assert "For Tuesday" in text(browse(ben).get("/bookmarks/"))
    assert Bookmark.objects.get().created_at == kept.created_at


def test_the_row_answers_an_open_page_in_its_place(browse, ben, kept):
    removed = text(browse(ben).post(f"/bookmarks/{kept.pk}/remove/", **HTMX))
    assert "Undo" in removed
    assert "<html" not in removed
    assert "For Tuesday" in text(browse(ben).post(f"/bookmarks/{kept.pk}/undo/", **HTMX))
    assert "<textarea" in text(browse(ben).get(f"/bookmarks/{kept.pk}/", **HTMX))


def test_a_day_later_what_was_removed_is_forgotten(ben, ana, kept):
    bookmarks.remove(kept)
    other = bookmarks.keep(kept.post, by=ana)
    tasks.forget_bookmarks()
    assert Bookmark.objects.count() == 2
    Bookmark.objects.filter(pk=kept.pk).update(removed_at=timezone.now() - timedelta(hours=25))
    tasks.forget_bookmarks()
    assert list(Bookmark.objects.all()) == [other]


def test_a_note_that_is_too_long_is_kept_on_the_page(browse, ben, kept):
    answer = browse(ben).post(f"/bookmarks/{kept.pk}/", {"note": "x" * 1_001})
    assert answer.status_code == 422
    assert "longer than 1,000 characters" in text(answer)
    assert "x" * 1_001 in text(answer)
    answer = browse(ben).post(f"/bookmarks/{kept.pk}/", {"note": "x" * 1_001}, **HTMX)
    assert answer.headers["HX-Retarget"] == f"#bookmark-row-{kept.pk}-form"
    kept.refresh_from_db()
    assert kept.note == "For Tuesday’s huddle."


def test_pressed_twice_it_is_one(browse, ben, post):
    for _ in range(2):
        browse(ben).post(f"/posts/{post.pk}/bookmark/")
    assert Bookmark.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one(ana, ben, post):
    def press(_):
        try:
            client = Client()
            client.force_login(ben)
            return client.post(f"/posts/{post.pk}/bookmark/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(20))) == {302}
    assert Bookmark.objects.count() == 1


# --- Nobody else ----------------------------------------------------------------------------------------


def test_nobody_else_ever_sees_it(browse, ana, cleo, dara, finn, post, kept):
    for person in (ana, cleo, dara, finn):
        for door in (f"/bookmarks/{kept.pk}/", f"/bookmarks/{kept.pk}/remove/"):
            assert browse(person).post(door, {"note": "Mine"}).status_code == 404
        assert "Tuesday" not in text(browse(person).get("/bookmarks/"))
        assert "Tuesday’s" not in text(browse(person).get("/search/?q=Tuesday"))
    page = text(browse(ana).get(post.thread.get_absolute_url(), follow=True))
    assert "Bookmarked" not in page
    assert not Notice.objects.filter(leader=ana).exists()
    kept.refresh_from_db()
    assert kept.note.startswith("For Tuesday")
    assert kept.removed_at is None


def test_an_outsider_cannot_keep_what_they_cannot_see(browse, cleo, eli, finn, post):
    for person, status in ((cleo, 404), (finn, 404), (eli, 403)):
        assert browse(person).post(f"/posts/{post.pk}/bookmark/").status_code == status
        assert browse(person).post(f"/posts/{post.pk}/bookmark/undo/").status_code == status
    with pytest.raises(PermissionDenied):
        bookmarks.keep(post, by=cleo)
    assert not Bookmark.objects.exists()


def test_get_changes_nothing(browse, ben, post, kept):
    for door in (
        f"/posts/{post.pk}/bookmark/",
        f"/posts/{post.pk}/bookmark/undo/",
        f"/bookmarks/{kept.pk}/remove/",
        f"/bookmarks/{kept.pk}/undo/",
    ):
        assert browse(ben).get(door).status_code == 405


def hide_post(post, dara):
    moderation.hide(post, by=dara, reason="Names a patient")


def hide_thread(post, dara):
    moderation.hide(post.thread, by=dara, reason="Off course")


def end_membership(post, dara):
    CohortMembership.objects.filter(leader__handle="ben").update(ends_on=timezone.localdate())


def seal(post, dara):
    """Ben belongs to it and has not said yes to its rules."""
    Space.objects.filter(pk=post.space_id).update(kind=SpaceKind.SEALED, mail_rule="nothing")


@pytest.mark.parametrize("happens", [hide_post, hide_thread, end_membership, seal])
def test_of_what_one_may_no_longer_see_only_ones_own_note_is_left(browse, ben, dara, post, kept, happens):
    happens(post, dara)
    for page in (text(browse(ben).get("/bookmarks/")), text(browse(ben).get(f"/bookmarks/{kept.pk}/"))):
        assert "no longer available" in page
        assert "Tuesday" in page
        for word in ("zebra", "Saying no", "North cohort", "Ana Brook"):
            assert word not in page
    for word in ("zebra", "kindly", "brook"):
        assert "Nothing found" in text(browse(ben).get(f"/bookmarks/?q={word}"))
    assert "Tuesday" in text(browse(ben).get("/bookmarks/?q=huddle"))
    removed = text(browse(ben).post(f"/bookmarks/{kept.pk}/remove/", follow=True))
    assert "Saying no" not in removed


def test_it_comes_back_with_the_right_to_read(browse, ben, dara, post, kept):
    seal(post, dara)
    TermsAcceptance.objects.create(space=post.space, leader=ben)
    assert "Saying no kindly" in text(browse(ben).get("/bookmarks/"))


def test_it_follows_a_thread_that_moves(browse, ben, dara, post, kept):
    circle = Space.objects.create(name="Circle", slug="circle", kind=SpaceKind.PRIVATE, description="Few.")
    for person in (ben, dara):
        SpaceMembership.objects.create(space=circle, leader=person)
    moderation.move(post.thread, to=circle, by=dara, reason="Fits better")
    page = text(browse(ben).get("/bookmarks/"))
    assert "Saying no kindly" in page
    assert "Circle" in page


# --- The list -------------------------------------------------------------------------------------------


def test_words_are_found_in_notes_titles_posts_and_names(ben, post, kept):
    for words in ("huddle", "kindly", "zebras", "brook", "Saying no"):
        assert list(bookmarks.listed(ben, words)) == [kept], words
    assert not bookmarks.listed(ben, "giraffe").exists()


def test_the_newest_stands_first(ana, ben, post, kept):
    newer = bookmarks.keep(make_reply(post.thread, ana), by=ben)
    assert list(bookmarks.listed(ben)) == [newer, kept]


def test_too_many_words_get_a_sentence(browse, ben, kept):
    answer = browse(ben).get("/bookmarks/", {"q": "x" * 201})
    assert answer.status_code == 422
    assert "fewer than 200" in text(answer)


def test_there_is_an_end_to_keeping(ben, ana, post, kept, monkeypatch):
    monkeypatch.setattr(permissions.posts, "BOOKMARKS_AT_MOST", 1)
    with pytest.raises(PermissionDenied, match="Remove some first"):
        bookmarks.keep(make_reply(post.thread, ana), by=ben)
    assert bookmarks.keep(post, by=ben) == kept


def test_the_list_asks_no_more_for_more_rows(browse, ana, ben, post, kept, django_assert_max_num_queries):
    client = browse(ben)
    with django_assert_max_num_queries(20) as one:
        client.get("/bookmarks/")
    for _ in range(5):
        bookmarks.keep(make_reply(post.thread, ana), by=ben)
    with django_assert_max_num_queries(len(one)):
        client.get("/bookmarks/")
