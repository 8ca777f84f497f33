"""Files in a field for words: named by a few signs there, by their whole address where they are stored."""

import re
import uuid

import pytest

from community import drafts
from community.forms import references
from community.models import Draft, Post
from community.uploads import attachments
from tests.making import make_thread
from tests.sending import office, picture, send

ONE, TWO = (
    uuid.UUID("3f2a9c1b-0000-4000-8000-000000000001"),
    uuid.UUID("7c1d04ee-0000-4000-8000-000000000002"),
)
KNOWN = {"3f2a9c1b": ONE, "7c1d04ee": TWO}


def text(answer) -> str:
    return answer.content.decode()


def field(page: str) -> str:
    """What stands in the field for the words."""
    return re.search(r'<textarea name="body"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1]


@pytest.fixture
def image(ana, space):
    return send(space, ana, "room.png", picture())


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        (f"![A full room](/attachments/{ONE}/)", "[image 3f2a9c1b: A full room]"),
        (f"![](/attachments/{ONE}/)", "[image 3f2a9c1b]"),
        (
            f"a ![x](/attachments/{ONE}/) b\n![y](/attachments/{TWO}/)",
            "a [image 3f2a9c1b: x] b\n[image 7c1d04ee: y]",
        ),
        (f"[The plan.pdf](/attachments/{TWO}/)", "[file 7c1d04ee: The plan.pdf]"),
        (f"![A \\[full\\] room](/attachments/{ONE}/)", "[image 3f2a9c1b: A \\[full\\] room]"),
        (f"![ wide ](/attachments/{ONE}/)", "[image 3f2a9c1b:  wide ]"),
        (
            f"[![In a link](/attachments/{ONE}/)](https://example.org)",
            "[[image 3f2a9c1b: In a link]](https://example.org)",
        ),
        (f"> ![Theirs](/attachments/{ONE}/)", "> [image 3f2a9c1b: Theirs]"),
        (f"/attachments/{ONE}/", f"/attachments/{ONE}/"),
        ("[image deadbeef: of nobody]", "[image deadbeef: of nobody]"),
        ("\\[image 3f2a9c1b: only words]", "\\[image 3f2a9c1b: only words]"),
        ("[image 3f2a9c1b](https://example.org)", "[image 3f2a9c1b](https://example.org)"),
    ],
)
def test_what_is_stored_and_what_is_typed_say_the_same(stored, typed):
    assert references.as_typed(stored) == typed
    assert references.as_stored(typed, KNOWN) == stored


def test_long_and_odd_words_stay_as_they_are():
    for words in (
        "[" * 200_000,
        "![" * 100_000,
        "[image 3f2a9c1b: " * 10_000,
        "\\" * 200_000,
        "](" * 100_000,
    ):
        assert references.as_stored(words, KNOWN) == words
        assert references.as_typed(words + "/attachments/") == words + "/attachments/"


def test_ana_writes_by_the_mark_and_readers_see_the_image(browse, ana, ben, space, image):
    words = {
        "title": "Our room",
        "body": f"Look:\n{image.reference[:-1]}: A full room]",
        "kind": "discussion",
    }
    assert browse(ana).post("/spaces/north/start/", {**words, "uuid": uuid.uuid4()}).status_code == 302
    post = Post.objects.get()
    assert post.body == f"Look:\n![A full room](/attachments/{image.uuid}/)"
    shown = f'<img src="/attachments/{image.uuid}/small/" alt="A full room"'
    assert shown in text(browse(ben).get(f"/posts/{post.pk}/", follow=True))
    page = text(browse(ana).get(f"/posts/{post.pk}/edit/"))
    assert field(page) == f"Look:\n[image {image.uuid.hex[:8]}: A full room]"
    assert f'src="/attachments/{image.uuid}/small/"' in page  # below the field, without any script
    answer = browse(ana).post(
        f"/posts/{post.pk}/edit/", {"body": f"Look:\n[image {image.uuid.hex[:8]}: A full room]", "version": 1}
    )
    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.version == 1  # nothing was changed


def test_a_preview_shows_it_and_an_image_without_words_is_asked_for_some(browse, ana, space, image):
    thread = make_thread(space, ana)
    door = f"/preview/?thread={thread.pk}"
    described = {"body": f"[image {image.uuid.hex[:8]}: A room]"}
    assert f'src="/attachments/{image.uuid}/small/"' in text(browse(ana).post(door, described))
    answer = browse(ana).post(f"/threads/{thread.pk}/reply/", {"body": image.reference, "uuid": uuid.uuid4()})
    assert answer.status_code == 422
    assert "Say in a few words what each image shows" in text(answer)
    assert field(text(answer)) == image.reference
    assert f'src="/attachments/{image.uuid}/small/"' in text(answer)
    whole = {"body": described["body"], "uuid": uuid.uuid4(), "preview": "1"}
    page = text(browse(ana).post(f"/threads/{thread.pk}/reply/", whole))
    assert field(page) == described["body"]
    assert page.count(f"/attachments/{image.uuid}/small/") == 2  # in the preview, and below the field


def test_a_draft_keeps_the_whole_address_and_is_read_by_the_mark(browse, ana, space, image):
    thread = make_thread(space, ana)
    typed = f"So far: {image.reference}"
    browse(ana).post(f"/drafts/reply/{thread.pk}/save/", {"body": typed, "uuid": uuid.uuid4(), "quiet": 1})
    assert Draft.objects.get().body == f"So far: ![](/attachments/{image.uuid}/)"
    assert field(text(browse(ana).get(thread.get_absolute_url(), follow=True))) == typed
    assert typed in text(browse(ana).get(f"/drafts/reply/{thread.pk}/"))


def test_two_texts_of_one_draft_are_shown_as_they_were_typed(browse, ana, space, image):
    thread = make_thread(space, ana)
    for words in ("First", f"Second {image.reference}"):
        data = {"body": words, "uuid": uuid.uuid4(), "quiet": 1}
        browse(ana).post(f"/drafts/reply/{thread.pk}/save/", data)
    page = text(browse(ana).get(thread.get_absolute_url(), follow=True))
    assert f"Second {image.reference}" in page
    assert f"](/attachments/{image.uuid}/)" not in page


def test_the_mark_of_a_file_that_one_may_not_see_stays_as_it_was_typed(
    browse, ana, cleo, space, commons, image
):
    thread = make_thread(commons, cleo)
    words = f"[image {image.uuid.hex[:8]}: A guess]"
    browse(cleo).post(f"/threads/{thread.pk}/reply/", {"body": words, "uuid": uuid.uuid4()})
    assert thread.posts.last().body == words
    assert str(image.uuid) not in text(browse(cleo).get(thread.get_absolute_url(), follow=True))


def test_one_s_own_file_has_its_mark_whatever_others_sent(ana, ben, space, image):
    theirs = send(space, ben, "plan.docx", office())
    make_thread(space, ben, body=f"[The plan](/attachments/{theirs.uuid}/)")
    type(theirs).objects.filter(pk=theirs.pk).update(uuid=uuid.UUID(image.uuid.hex[:8] + "0" * 24))
    assert set(type(theirs).objects.visible_to(ana)) == {theirs, image}
    stored = attachments.written_out(image.reference, by=ana)
    assert stored == f"![](/attachments/{image.uuid}/)"


def test_what_was_taken_back_is_in_the_field_by_its_mark(browse, ana, space, image, settings):
    settings.UNDO_SEND_SECONDS = 60
    thread = make_thread(space, ana)
    data = {"body": f"[image {image.uuid.hex[:8]}: A room]", "uuid": uuid.uuid4()}
    browse(ana).post(f"/threads/{thread.pk}/reply/", data)
    browse(ana).post(f"/posts/{thread.posts.last().pk}/withdraw/")
    assert drafts.found(ana, "reply", thread.pk).body == f"![A room](/attachments/{image.uuid}/)"
    assert field(text(browse(ana).get(thread.get_absolute_url(), follow=True))) == data["body"]


def test_the_history_of_a_post_names_files_by_their_marks(browse, ana, ben, space, image):
    thread = make_thread(space, ana, body=f"![A room](/attachments/{image.uuid}/)")
    post = thread.posts.get()
    words = {"body": f"[image {image.uuid.hex[:8]}: A full room]", "version": 1}
    browse(ana).post(f"/posts/{post.pk}/edit/", words)
    page = text(browse(ben).get(f"/posts/{post.pk}/history/"))
    assert f"[image {image.uuid.hex[:8]}: A room]" in page
    assert str(image.uuid) not in page


def test_a_quote_names_its_image_by_the_mark_too_and_shows_it(browse, ana, ben, space, image):
    thread = make_thread(space, ana, body=f"![A room](/attachments/{image.uuid}/)")
    quote = text(browse(ben).get(f"/posts/{thread.posts.get().pk}/quote/"))
    assert f"> [image {image.uuid.hex[:8]}: A room]" in quote
    data = {"body": f"{quote}Like ours.", "uuid": uuid.uuid4()}
    assert browse(ben).post(f"/threads/{thread.pk}/reply/", data).status_code == 302
    page = text(browse(ana).get(thread.get_absolute_url(), follow=True))
    assert page.count(f'src="/attachments/{image.uuid}/small/"') == 2
    page = text(browse(ben).get(f"/posts/{thread.posts.last().pk}/edit/"))
    assert f"&gt; [image {image.uuid.hex[:8]}: A room]" in field(page)
    assert f'src="/attachments/{image.uuid}/small/"' not in page  # below the field stand one's own files
