"""Writing: a preview that is what will be stored, and names that are offered while one types."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone
from pytest_django.asserts import assertHTMLEqual

from community import moderation, posts, spaces, threads
from community.forms import ReplyForm
from community.models import Post, Space, SpaceKind, SpaceMembership
from community.views import previews
from community.views import spaces as space_views
from leaders.models import CohortMembership
from tests.cast import make_leader
from tests.making import make_reply, make_thread
from tests.sending import office, send, shown


@pytest.fixture
def thread(space, ana):
    return make_thread(space, ana, "Saying no kindly", body="Wise words")


def text(response) -> str:
    return response.content.decode()


# --- The preview ------------------------------------------------------------------------------------------

BODIES = [
    "Plain words",
    "  Spaces around  \n",
    "Lines\r\nof a browser\r\n\r\nin **Windows**",
    "Lines\nhere",
    "@ana and @ben, not @cleo nor @eli nor @nobody",
    "`@ben` in code, ben@example.org, (@ben)",
    "> /posts/{post}/\n> Wise words\n\nIndeed, @ana.",
    "> /posts/{post}/\n> Wise words\n> > /posts/{post}/\n> > Deeper",
    "> Somebody else's words",
    "# Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "<script>alert(1)</script> <b>bold</b> [x](javascript:alert(1)) ![y](https://x.example/y.png)",
    "https://example.org/a?b=c&d=e and www.example.org",
    "- one\n- two\n\n1. three\n\n```\ncode & <tags>\n```\n\n---\n~~gone~~",
    "*" * 500 + "[" * 500 + "@" * 500,
]


@pytest.mark.parametrize("body", BODIES)
def test_the_preview_is_what_everybody_will_see(browse, thread, ben, body):
    body = body.replace("{post}", str(thread.posts.get().pk))
    preview = browse(ben).post(f"/preview/?thread={thread.pk}", {"body": body})
    browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": body, "uuid": "5" * 32})
    post = thread.posts.get(number=2)
    assert preview.status_code == 200
    assert text(preview) == posts.page(thread, 1, viewer=ben)[1].html
    edited = browse(ben).post(f"/preview/?post={post.pk}", {"body": body + " more"})
    threads.edit(post, by=ben, body=(body + " more").strip(), version=1)
    assert text(edited) == posts.page(thread, 1, viewer=ben)[1].html


def test_the_preview_of_a_new_thread_is_what_everybody_will_see(browse, space, ana, ben):
    form = {"title": "A title", "kind": "discussion", "body": "Dear @ana", "uuid": "5" * 32}
    preview = text(browse(ben).post(f"/preview/?space={space.pk}", form))
    browse(ben).post("/spaces/north/start/", form)
    assert preview == Post.objects.get().body_html
    assert 'href="/leaders/ana/"' in preview


def test_the_preview_shows_images_and_asks_for_their_words(browse, thread, ben, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image, plan = send(thread.space, ben), send(thread.space, ben, "plan.docx", office())
    body = f"{shown(image)}\n\n{shown(plan, 'The plan')}"
    preview = text(browse(ben).post(f"/preview/?thread={thread.pk}", {"body": body}))
    post = make_reply(thread, ben, body)
    assert preview == posts.page(thread, 1, viewer=ben)[1].html
    assert "<img" in preview
    edited = text(browse(ben).post(f"/preview/?post={post.pk}", {"body": body}))
    assert edited == preview
    answer = browse(ben).post(f"/preview/?post={post.pk}", {"body": shown(image, "")})
    assert answer.status_code == 422
    assert "what each image shows" in text(answer)


def test_the_preview_writes_nothing(browse, thread, ben, ana):
    body = f"> /posts/{thread.posts.get().pk}/\n\n@ana"
    browse(ben).post(f"/preview/?thread={thread.pk}", {"body": body})
    assert Post.objects.count() == 1
    assert not ana.mentions.exists()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Write something first."),
        ("x" * 20_001, "This is longer than 20,000 characters."),
        ("> /posts/999999999/\n> Hm", "You quote a post that you cannot see."),
    ],
)
def test_what_would_be_refused_is_refused_in_the_preview(browse, thread, ben, body, sentence):
    answer = browse(ben).post(f"/preview/?thread={thread.pk}", {"body": body})
    assert answer.status_code == 422
    assert sentence in text(answer)
    page = browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": body, "preview": "1", "uuid": "5" * 32})
    assert page.status_code == 422
    assert sentence in text(page)
    assert thread.posts.count() == 1


def test_a_quote_that_the_writer_sees_is_dressed_and_another_is_refused(browse, thread, ben, dara):
    post = thread.posts.get()
    body = {"body": f"> /posts/{post.pk}/\n> Wise words"}
    assert "Ana Brook wrote" in text(browse(ben).post(f"/preview/?thread={thread.pk}", body))
    other = make_reply(thread, ben)
    moderation.hide(post, by=dara, reason="It names a patient.")
    answer = browse(ben).post(f"/preview/?post={other.pk}", body)
    assert answer.status_code == 422
    assert "Wise words" not in text(answer)


def test_no_preview_where_one_cannot_write(browse, thread, ana, ben, cleo, eli, dara):
    post = thread.posts.get()
    words = {"body": "Hello @ana"}
    for place in (f"space={thread.space_id}", f"thread={thread.pk}", f"post={post.pk}"):
        assert browse(cleo).post(f"/preview/?{place}", words).status_code == 404
        assert browse(eli).post(f"/preview/?{place}", words).status_code == 403
    assert browse(ben).post(f"/preview/?post={post.pk}", words).status_code == 403
    moderation.close(thread, by=dara, reason="All is said.")
    answer = browse(ben).post(f"/preview/?thread={thread.pk}", words)
    assert answer.status_code == 403
    assert "This thread is closed." in text(answer)
    moderation.hide(thread, by=dara, reason="It went wrong.")
    assert browse(ana).post(f"/preview/?thread={thread.pk}", words).status_code == 404


@pytest.mark.parametrize(
    "place", ["", "space=x", "thread=", "space=1&thread=1", "post=" + "9" * 30, "thread=-1"]
)
def test_no_preview_nowhere(browse, ana, place):
    assert browse(ana).post(f"/preview/?{place}", {"body": "Hello"}).status_code == 404


def test_a_previewer_without_end_is_slowed_down(browse, thread, ben, monkeypatch):
    monkeypatch.setattr(previews, "AT_MOST", 2)
    answers = [browse(ben).post(f"/preview/?thread={thread.pk}", {"body": "Hello"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Please wait a minute." in text(answers[2])


def test_a_preview_without_javascript_keeps_what_was_typed(browse, space, ana):
    post = make_thread(space, ana).posts.get()
    edited = {"body": "**Bold** @ben", "version": 1, "preview": "1"}
    page = text(browse(ana).post(f"/posts/{post.pk}/edit/", edited))
    assert 'href="/leaders/ben/"' not in page  # nobody called ben is here
    assert "<strong>Bold</strong>" in page
    assert "**Bold** @ben" in page
    post.refresh_from_db()
    assert post.version == 1
    started = {"title": "Half a title", "kind": "question", "body": "", "preview": "1", "uuid": "5" * 32}
    answer = browse(ana).post("/spaces/north/start/", started)
    assert answer.status_code == 422
    assert "Half a title" in text(answer)
    assert "Write something first." in text(answer)


def test_words_that_were_not_changed_are_no_edit(browse, space, ana):
    """A browser sends lines that end in another way than they are kept."""
    post = make_thread(space, ana, body="One\nTwo").posts.get()
    browse(ana).post(f"/posts/{post.pk}/edit/", {"body": "One\r\nTwo", "version": 1})
    post.refresh_from_db()
    assert post.version == 1


# --- Names while one types --------------------------------------------------------------------------------


def offered(browse, leader, letters, slug="north") -> list[str]:
    """The handles that are offered after an @ and some letters."""
    page = text(browse(leader).get(f"/spaces/{slug}/people/", {"q": letters}))
    return re.findall(r'data-handle="([^"]+)"', page)


def test_only_people_who_can_read_the_space_are_offered(browse, ana, ben, cleo, dara, eli, space, commons):
    assert offered(browse, ana, "be") == ["ben"]
    assert offered(browse, ana, "da") == ["dara"]
    assert offered(browse, ana, "cl") == []  # outside
    assert offered(browse, ana, "el") == ["dara"]  # Elling; Eli is suspended
    assert offered(browse, ana, "cl", "commons") == ["cleo"]
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert offered(browse, ana, "be") == []  # has left


def test_people_are_found_by_any_part_of_their_name_or_by_handle_whatever_the_accents(
    browse, ana, cohort, space
):
    names = {"zo": "Zoë Ångström", "moneil": "Mary-Anne O'Neil", "anders-z": "Anders Zo"}
    names |= {"reb": "Rhys O’Connor"}
    for handle, name in names.items():
        leader = make_leader(name, handle=handle)
        CohortMembership.objects.create(cohort=cohort, leader=leader, starts_on=cohort.starts_on)
    assert offered(browse, ana, "zoe") == ["zo"]
    assert offered(browse, ana, "ÅNG") == ["zo"]
    assert offered(browse, ana, "zo") == ["zo", "anders-z"]
    assert offered(browse, ana, "anne") == ["moneil"]
    for apostrophe in "'’":
        assert offered(browse, ana, f"o{apostrophe}n") == ["moneil"]
        assert offered(browse, ana, f"o{apostrophe}c") == ["reb"]
    assert offered(browse, ana, "mone") == ["moneil"]


def test_at_most_eight_are_offered_from_two_letters_on_and_never_oneself(browse, ana, cohort, space):
    for number in range(12):
        leader = make_leader(f"Anna{number} Ash", handle=f"anna-{number}")
        CohortMembership.objects.create(cohort=cohort, leader=leader, starts_on=cohort.starts_on)
    assert len(offered(browse, ana, "an")) == 8
    assert "ana" not in offered(browse, ana, "an")
    for letters in ("", "a", " a ", "%", "__", "%an", "\\", "x" * 5_000, "a\x00n"):
        assert offered(browse, ana, letters) == []


def test_in_a_sealed_space_those_who_accepted_its_rules_are_offered(browse, ana, ben):
    sealed = Space.objects.create(
        name="Quiet", slug="quiet", kind=SpaceKind.SEALED, description="Here only.", mail_rule="nothing"
    )
    for leader in (ana, ben):
        SpaceMembership.objects.create(space=sealed, leader=leader)
    sealed.terms_accepted.create(leader=ana)
    assert offered(browse, ana, "be", "quiet") == []
    assert browse(ben).get("/spaces/quiet/people/?q=an").status_code == 404
    sealed.terms_accepted.create(leader=ben)
    assert offered(browse, ana, "be", "quiet") == ["ben"]


def test_outsiders_are_offered_nobody_and_no_address_is_told(browse, ana, ben, cleo, finn, eli, space):
    for outsider, status in ((cleo, 404), (finn, 404), (eli, 403)):
        assert browse(outsider).get("/spaces/north/people/?q=be").status_code == status
    answer = browse(ana).get("/spaces/north/people/?q=be")
    assert "Ben Carrow" in text(answer)
    assert "example.org" not in text(answer)
    assert browse(ana).post("/spaces/north/people/?q=be").status_code == 405


def test_whoever_asks_without_end_is_slowed_down(browse, ana, space, monkeypatch):
    monkeypatch.setattr(space_views, "PEOPLE_PER_MINUTE", 2)
    answers = [browse(ana).get("/spaces/north/people/?q=be").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_number_of_questions_does_not_grow_with_the_people(
    ana, cohort, space, django_assert_max_num_queries
):
    for number in range(8):
        leader = make_leader(f"Bea{number} Ash", handle=f"bea-{number}")
        CohortMembership.objects.create(cohort=cohort, leader=leader, starts_on=cohort.starts_on)
    with django_assert_max_num_queries(2):
        assert len(spaces.people_like(space, "be", by=ana)) == 8


# --- Quoting ----------------------------------------------------------------------------------------------


def test_whoever_sees_a_post_can_quote_it_from_the_page(browse, thread, ana, ben, cleo, dara):
    post = thread.posts.get()
    address = f"/posts/{post.pk}/quote/"
    assert "data-quotes" in text(browse(ben).get(thread.get_absolute_url() + "?page=1"))
    answer = browse(ben).get(address)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert text(answer) == f"> /posts/{post.pk}/\n> Wise words\n\n"
    assert browse(cleo).get(address).status_code == 404
    assert browse(ben).post(address).status_code == 405
    moderation.hide(post, by=dara, reason="It names a patient.")
    for reader in (ana, ben, dara):
        assert browse(reader).get(address).status_code == 404


@pytest.mark.parametrize("words", ["", "A <b>word</b> & “more” {0}", "\nA line first"])
def test_the_field_for_words_is_that_of_django(words):
    form = ReplyForm(initial={"body": words})
    attrs = {"rows": 5, "class": "wide", "aria-describedby": False}
    ours = form["body"].as_widget(attrs=attrs)
    widget = form.fields["body"].widget
    theirs = forms.Textarea(attrs=widget.attrs)
    theirs.is_required = widget.is_required
    assertHTMLEqual(ours, form["body"].as_widget(widget=theirs, attrs=attrs))
