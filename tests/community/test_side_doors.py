"""Ways round the front door: what one may not see is in no search, history, list, log or case either."""

import re

import pytest
from django.core.exceptions import PermissionDenied

from community import moderation, threads
from community.finding import search
from community.models import SpaceMembership, SpaceRole
from tests.making import make_reply, make_thread


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def carried_out(ana, space, commons):
    """Ana quotes a post of the private space in the open one."""
    inner = make_thread(space, ana, body="Our zebra confidence").posts.get()
    return make_thread(
        commons, ana, title="In the open", body=f"> /posts/{inner.pk}/\n> Our zebra confidence\n\nIndeed."
    )


def test_the_words_of_a_quote_are_not_found_by_those_who_cannot_see_it(browse, ana, cleo, carried_out):
    assert search.find("zebra", by=cleo).is_empty
    assert "confidence" not in text(browse(cleo).get("/search/?q=indeed"))
    assert not search.find("zebra", by=ana).is_empty


def test_the_history_of_a_post_quotes_by_the_rights_of_the_reader(browse, ana, ben, cleo, carried_out):
    post = carried_out.posts.get()
    threads.edit(post, by=ana, body=post.body + " Changed.", version=1)
    address = f"/posts/{post.pk}/history/"
    assert "zebra" not in text(browse(cleo).get(address))
    assert text(browse(ben).get(address)).count("zebra") == 3  # the change, that text, the one before


@pytest.mark.parametrize(
    "quote",
    [
        "- > {}\n  > Our zebra confidence",
        "1. > {}\n   > Our zebra confidence",
        ">\t{}\n> Our zebra confidence",
    ],
)
def test_a_quote_must_be_one_to_every_reader(ana, cleo, space, commons, quote):
    """In a list, the page hid its words; history and search did not."""
    inner = make_thread(space, ana, body="Our zebra confidence").posts.get()
    words = quote.format(f"/posts/{inner.pk}/")
    with pytest.raises(PermissionDenied, match="each line of a quote"):
        make_thread(commons, ana, title="In the open", body=f"{words}\n\nIndeed.")
    assert search.find("zebra", by=cleo).is_empty


def test_an_edit_tells_nothing_of_the_space_to_which_its_post_went(browse, ana, cleo, dara, space, commons):
    thread = make_thread(commons, cleo, title="Before")
    post = thread.posts.get()
    moderation.move(thread, to=space, by=dara, reason="Fits better")
    threads.rename(thread, by=dara, title="A zebra for the cohort", kind="discussion")
    for more in ({"body": ""}, {"body": "For @ana"}, {"body": "For @ana", "preview": "1"}):
        answer = browse(cleo).post(f"/posts/{post.pk}/edit/", {"version": 1, **more})
        assert answer.status_code in (403, 422)
        assert re.findall("zebra|north|/leaders/ana/", text(answer)) == []
        assert more["body"] in text(answer)
    assert post.revisions.count() == 0


def test_a_hidden_post_is_gone_from_the_search_for_its_quotes(ana, ben, dara, space):
    thread = make_thread(space, ana, body="A zebra named Jones")
    post = thread.posts.get()
    make_reply(thread, ben, body=f"> /posts/{post.pk}/\n> A zebra named Jones\n\nOh dear.")
    moderation.hide(post, by=dara, reason="Names a patient")
    assert search.find("Jones", by=ana).is_empty


def test_a_closed_case_does_not_show_what_went_to_another_space(browse, ana, ben, dara, space, commons, cleo):
    """Dara moderates both; Cleo, whom the thread has left behind, only the first."""
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=commons, leader=cleo, role=SpaceRole.MODERATOR)
    thread = make_thread(commons, ana)
    case = moderation.report(thread.posts.get(), by=ben, category="other").case
    moderation.dismiss(case, by=dara, reason="Fine")
    moderation.move(thread, to=space, by=dara, reason="Fits better")
    threads.edit(thread.posts.get(), by=ana, body="A zebra for the cohort", version=1)
    assert browse(cleo).get(f"/desk/cases/{case.pk}/").status_code == 404
    assert browse(cleo).get("/desk/log/").status_code == 200
    assert f"/desk/cases/{case.pk}/" not in text(browse(cleo).get("/desk/log/"))
    assert "zebra" in text(browse(dara).get(f"/desk/cases/{case.pk}/"))


def test_who_wrote_a_hidden_message_is_in_no_event(browse, ana, ben, dara, space):
    import uuid

    from community.rooms import chat

    room = chat.room_of(space)
    message = chat.say(room, by=ana, body="Hello", uuid=uuid.uuid4())
    moderation.hide(message, by=dara, reason="Rude")
    [event] = browse(ben).get("/spaces/north/chat/after/0/").json()["messages"]
    assert event["author"] is None


def test_signed_in_pages_are_kept_by_no_cache(browse, client, ana, space):
    for address in ("/", "/spaces/north/", "/search/?q=x", "/notices/", "/nowhere/", "/settings/profile/"):
        assert "no-store" in browse(ana).get(address).headers.get("Cache-Control", ""), address
    assert browse(ana).post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache"'
    assert "Cache-Control" not in client.get("/faculty/").headers
