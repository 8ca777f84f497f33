"""Spaces, threads and posts through the front door."""

import re
import uuid

import pytest
from django.utils import timezone

from community import bookmarks, posts, reading, threads
from community.models import Post, Reading, Space, SpaceKind, SpaceMembership, Thread
from tests.making import make_reply, make_thread


def text(response) -> str:
    return response.content.decode()


def test_outsiders_get_the_same_answer_as_for_nothing(browse, cleo, ana, space):
    thread = make_thread(space, ana)
    post = thread.posts.get()
    cleo = browse(cleo)
    for address in (
        "/spaces/north/",
        "/spaces/north/members/",
        "/spaces/north/start/",
        thread.get_absolute_url(),
        f"/threads/{thread.pk}/posts/?first=1&last=1",
        post.get_absolute_url(),
        f"/posts/{post.pk}/history/",
        f"/posts/{post.pk}/edit/",
        f"/posts/{post.pk}/thank/",
        "/threads/999999/nothing/",
        "/posts/99999999999999999999999/",
    ):
        assert cleo.get(address).status_code == 404, address
    for address in (
        f"/threads/{thread.pk}/reply/",
        f"/threads/{thread.pk}/seen/",
        f"/threads/{thread.pk}/follow/",
    ):
        assert cleo.post(address, {"body": "Let me in", "first": 1, "last": 1}).status_code == 404, address
    assert Post.objects.count() == 1
    assert not Reading.objects.filter(leader__handle="cleo").exists()


def test_signed_out_one_is_asked_to_sign_in(client, ana, space):
    response = client.get(make_thread(space, ana).get_absolute_url())
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_a_private_space_shows_only_its_name_to_outsiders(browse, cleo, space):
    page = text(browse(cleo).get("/spaces/"))
    assert "North cohort" in page
    assert "For the cohort." not in page


def test_a_restricted_space_shows_its_door(browse, cleo, ana):
    Space.objects.create(
        name="Managers", slug="managers", kind=SpaceKind.RESTRICTED, description="For managers."
    )
    response = browse(cleo).get("/spaces/managers/")
    assert "For managers." in text(response)
    assert "Ask to join" in text(response)
    browse(cleo).post("/spaces/managers/join/", {"words": "Please"})
    assert "You have asked already" in text(browse(cleo).get("/spaces/managers/"))


def test_a_sealed_space_asks_for_a_yes_first(browse, ana):
    sealed = Space.objects.create(
        name="Low days",
        slug="low",
        kind=SpaceKind.SEALED,
        description="…",
        rules="Stay kind.",
        mail_rule="nothing",
    )
    SpaceMembership.objects.create(space=sealed, leader=ana)
    assert "Stay kind." in text(browse(ana).get("/spaces/low/"))
    assert browse(ana).get("/spaces/low/members/").status_code == 404
    browse(ana).post("/spaces/low/rules/")
    assert browse(ana).get("/spaces/low/members/").status_code == 200


def test_starting_a_thread(browse, ana, space):
    form = {
        "title": "First time in the chair",
        "kind": "question",
        "body": "Any advice?",
        "uuid": uuid.uuid4(),
    }
    response = browse(ana).post("/spaces/north/start/", form)
    thread = Thread.objects.get()
    assert response.url == thread.get_absolute_url()
    assert "Any advice?" in text(browse(ana).get(response.url, follow=True))
    assert browse(ana).post("/spaces/north/start/", form).url == thread.get_absolute_url()
    assert Thread.objects.count() == 1


def test_a_thread_without_a_title_keeps_what_was_typed(browse, ana, space):
    response = browse(ana).post("/spaces/north/start/", {"body": "Long thoughts", "kind": "discussion"})
    assert response.status_code == 422
    assert "Give it a title" in text(response)
    assert "Long thoughts" in text(response)
    assert not Thread.objects.exists()


def test_a_title_that_nobody_can_see_is_none(browse, ana, space):
    form = {"title": "\u200b\u200d\u2060 \u202e", "kind": "discussion", "body": "Hello", "uuid": uuid.uuid4()}
    response = browse(ana).post("/spaces/north/start/", form)
    assert response.status_code == 422
    assert "Give it a title" in text(response)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Write something first."),
        ("   ", "Write something first."),
        ("\u200b\u3164", "Write something first."),
        ("> ", "Write something first."),
        ("&nbsp;", "Write something first."),
        ("x" * 20_001, "longer than 20,000 characters"),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_bad_reply_gets_a_sentence(browse, ana, space, body, sentence):
    thread = make_thread(space, ana)
    response = browse(ana).post(f"/threads/{thread.pk}/reply/", {"body": body, "uuid": uuid.uuid4()})
    assert response.status_code == 422
    assert sentence in text(response)
    assert thread.posts.count() == 1


@pytest.mark.parametrize(
    "broken", [{"uuid": ""}, {"uuid": "zz"}, {"seen": "x"}, {"seen": "-1"}, {"base": "x"}, {"base": "9" * 12}]
)
def test_a_reply_whose_unseen_fields_were_broken_goes_out_when_it_is_sent_again(browse, ana, space, broken):
    thread = make_thread(space, ana)
    address = f"/threads/{thread.pk}/reply/"
    page = browse(ana).post(address, {"body": "My words", "uuid": uuid.uuid4(), **broken})
    assert page.status_code == 422
    assert "Please send again." in text(page)
    names = ("uuid", "seen", "base")
    again = {name: re.search(rf'name="{name}"(?: value="([^"]*)")?', text(page))[1] or "" for name in names}
    assert browse(ana).post(address, {"body": "My words", **again}).status_code == 302
    assert thread.posts.count() == 2


@pytest.mark.parametrize("version", ["", "x", "0", "-1"])
def test_an_edit_whose_version_was_broken_goes_out_when_it_is_sent_again(browse, ana, space, version):
    post = make_thread(space, ana).posts.get()
    page = browse(ana).post(f"/posts/{post.pk}/edit/", {"body": "My words", "version": version})
    assert page.status_code == 422
    assert "Please send again." in text(page)
    assert re.search(r'name="version" value="1"', text(page))


def test_a_thread_of_no_known_kind_is_asked_what_it_is(browse, ana, space):
    form = {"title": "Rotas", "kind": "sermon", "body": "Hello", "uuid": uuid.uuid4()}
    response = browse(ana).post("/spaces/north/start/", form)
    assert response.status_code == 422
    assert "Choose what it is." in text(response)


def test_a_reply_to_a_closed_thread_keeps_the_words(browse, ana, ben, space):
    thread = make_thread(space, ana)
    Thread.objects.update(closed_at=timezone.now())
    response = browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": "My words", "uuid": uuid.uuid4()})
    assert response.status_code == 403
    assert "This thread is closed." in text(response)
    assert "My words" in text(response)


def test_a_stale_reply_shows_what_came_and_keeps_the_words(browse, ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana, body="Just in time")
    form = {"body": "My words", "uuid": uuid.uuid4(), "seen": 1}
    response = browse(ben).post(f"/threads/{thread.pk}/reply/", form)
    assert response.status_code == 409
    for piece in (
        "A reply has come while you wrote.",
        "Just in time",
        "My words",
        'name="seen" value="2"',
        'href="#post-2"',
    ):
        assert piece in text(response)
    assert browse(ben).post(f"/threads/{thread.pk}/reply/", {**form, "seen": 2}).status_code == 302


def test_forged_fields_change_nothing(browse, ana, ben, space, commons):
    thread = make_thread(space, ana)
    form = {
        "body": "Hello",
        "uuid": uuid.uuid4(),
        "author": ana.pk,
        "space": commons.pk,
        "number": 99,
        "thread": 1,
    }
    browse(ben).post(f"/threads/{thread.pk}/reply/", form)
    post = thread.posts.get(number=2)
    assert (post.author, post.space) == (ben, space)


def test_writing_is_only_by_post(browse, ana, space):
    thread = make_thread(space, ana)
    for verb in ("reply", "seen", "follow"):
        assert browse(ana).get(f"/threads/{thread.pk}/{verb}/").status_code == 405
    assert browse(ana).get("/preview/").status_code == 405


def test_a_thread_opens_at_the_first_new_post(browse, ana, ben, space):
    thread = make_thread(space, ana)
    for _ in range(49):
        make_reply(thread, ana)
    reading.mark_read(Thread.objects.get(), by=ben, first=1, last=10)
    response = browse(ben).get(thread.get_absolute_url())
    assert response.url.endswith("?page=1#post-11")
    page = text(browse(ben).get(thread.get_absolute_url() + "?page=1"))
    assert page.index("New since your last visit") < page.index('id="post-11"')
    assert page.index('id="post-10"') < page.index("New since your last visit")


def test_a_permalink_finds_its_page_whatever_is_hidden(browse, ana, ben, space):
    thread = make_thread(space, ana)
    for _ in range(29):
        make_reply(thread, ana)
    Post.objects.filter(number__lt=10).update(hidden_at=timezone.now())
    post = thread.posts.get(number=25)
    assert browse(ben).get(f"/posts/{post.pk}/").url == f"{thread.get_absolute_url()}?page=2#post-25"


def test_a_hidden_post_is_a_placeholder_for_all_but_moderators(browse, ana, ben, dara, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana, body="Names a patient")
    Post.objects.filter(number=2).update(hidden_at=timezone.now())
    address = thread.get_absolute_url() + "?page=1"
    for leader in (ana, ben):
        page = text(browse(leader).get(address))
        assert "Names a patient" not in page
        assert "hidden by a moderator" in page
    assert "Names a patient" in text(browse(dara).get(address))


def test_the_number_of_queries_does_not_grow_with_the_posts(
    browse, ana, ben, space, django_assert_max_num_queries
):
    thread = make_thread(space, ana)
    for n in range(19):
        post = make_reply(
            thread, (ana, ben)[n % 2], body=f"> /posts/{thread.posts.first().pk}/\n> x\n\nReply {n}"
        )
        posts.thank(post, by=(ben, ana)[n % 2])
    client = browse(ben)
    client.get(thread.get_absolute_url() + "?page=1")
    with django_assert_max_num_queries(16):
        client.get(thread.get_absolute_url() + "?page=1")


def test_an_edit_conflict_shows_both_texts(browse, ana, space):
    post = make_thread(space, ana, body="One").posts.get()
    threads.edit(post, by=ana, body="Two", version=1)
    response = browse(ana).post(f"/posts/{post.pk}/edit/", {"body": "Three", "version": 1})
    assert response.status_code == 409
    assert "Two" in text(response)
    assert "Three" in text(response)
    assert browse(ana).post(f"/posts/{post.pk}/edit/", {"body": "Three", "version": 2}).status_code == 302


def test_only_the_author_sees_the_edit_form(browse, ana, ben, space):
    post = make_thread(space, ana).posts.get()
    response = browse(ben).get(f"/posts/{post.pk}/edit/")
    assert response.status_code == 403
    assert "Only its author can edit a post." in text(response)


def test_following_is_a_choice(browse, ana, ben, space):
    thread = make_thread(space, ana)
    browse(ben).post(f"/threads/{thread.pk}/follow/", {"level": "muted"})
    assert Reading.objects.get(leader=ben).level == "muted"
    assert browse(ben).post(f"/threads/{thread.pk}/follow/", {"level": "loud"}).status_code == 422


def test_one_can_mark_unread_from_a_post_on(browse, ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana)
    address = f"/threads/{thread.pk}/unread/2/"
    assert f'action="{address}"' in text(browse(ana).get(f"{thread.get_absolute_url()}?page=1"))
    assert f'action="{address}"' in text(browse(ana).get(f"/threads/{thread.pk}/posts/?first=2&last=2"))
    assert browse(ana).post(address).url == "/spaces/north/"
    assert Reading.objects.get(leader=ana).read_up_to == 1


def test_quoting_fills_the_reply(browse, ana, ben, space):
    thread = make_thread(space, ana, body="Wise words")
    page = text(browse(ben).get(thread.get_absolute_url() + "?page=1&quote=1"))
    assert f"&gt; /posts/{thread.posts.get().pk}/\n&gt; Wise words" in page


def test_the_preview_without_javascript_keeps_the_words(browse, ana, space):
    thread = make_thread(space, ana)
    form = {"body": "**Bold**", "uuid": uuid.uuid4(), "preview": "1"}
    page = text(browse(ana).post(f"/threads/{thread.pk}/reply/", form))
    assert "<strong>Bold</strong>" in page
    assert "**Bold**" in page
    assert thread.posts.count() == 1


def test_an_unknown_page_is_the_nearest(browse, ana, space):
    thread = make_thread(space, ana)
    for page in ("0", "-3", "7", "x", "9" * 30):
        assert browse(ana).get(f"{thread.get_absolute_url()}?page={page}").status_code == 200


def test_nul_in_an_address_is_refused(browse, ana, space):
    assert browse(ana).get("/search/?q=a%00b").status_code == 400


def test_a_quote_of_an_impossible_number_quotes_nothing(browse, ana, space):
    thread = make_thread(space, ana)
    for number in ("9" * 5_000, "0", "-1", "²", "x"):
        assert browse(ana).get(f"{thread.get_absolute_url()}?page=1&quote={number}").status_code == 200


def test_a_link_can_be_tried_by_head(browse, ana, space):
    thread = make_thread(space, ana)
    for address in (
        "/spaces/",
        "/spaces/north/",
        f"{thread.get_absolute_url()}?page=1",
        "/spaces/north/start/",
    ):
        assert browse(ana).head(address).status_code == 200


def test_a_page_of_a_thread_asks_no_more_for_more_posts(
    browse, ana, ben, dara, space, django_assert_max_num_queries
):
    thread = make_thread(space, ana)
    first = make_reply(thread, ben)
    page, reader = f"{thread.get_absolute_url()}?page=1", browse(ana)
    reader.get(page)
    with django_assert_max_num_queries(6) as plain:
        reader.get(page)
    for _ in range(18):
        make_reply(thread, dara)
    with django_assert_max_num_queries(len(plain)):
        reader.get(page)
    posts.thank(first, by=ana)
    bookmarks.keep(first, by=ana)
    with django_assert_max_num_queries(len(plain) + 2):
        html = text(reader.get(page))
    assert "Thanked by" in html
    assert "Bookmarked" in html


def test_nobody_sees_what_another_bookmarked(browse, ana, ben, space):
    thread = make_thread(space, ana)
    bookmarks.keep(thread.posts.get(), by=ben)
    assert "Bookmarked" not in text(browse(ana).get(f"{thread.get_absolute_url()}?page=1"))
    assert "Bookmarked" in text(browse(ben).get(f"{thread.get_absolute_url()}?page=1"))
