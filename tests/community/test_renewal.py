"""Posts of an older renderer are rendered again, and say what they said."""

import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from community import markdown, renewal, threads
from community.models import Post, Quote
from community.rooms import chat
from tests.making import make_reply, make_thread
from tests.sending import send, shown

pytestmark = pytest.mark.django_db
OLD = {"renderer": markdown.RENDERER - 1, "body_html": "<p>Old.</p>"}


@pytest.fixture
def old(ana, ben, space):
    """A post with all that a text can speak of, as an older renderer left it."""
    thread = make_thread(space, ben)
    words = (
        f"> /posts/{thread.posts.get().pk}/\n> A beginning.\n\n**So** true, @ben. {shown(send(space, ana))}"
    )
    return make_reply(thread, ana, words)


def test_it_is_rendered_as_if_it_were_written_today(old, capsys):
    html = old.body_html
    Post.objects.filter(pk=old.pk).update(**OLD)
    Quote.objects.all().delete()
    call_command("renew_posts")
    old.refresh_from_db()
    assert (old.body_html, old.renderer, old.version, old.edited_at) == (html, markdown.RENDERER, 1, None)
    assert Quote.objects.filter(post=old).count() == 1
    assert "Rendered again: 1. Left as they are: 0." in capsys.readouterr().out
    assert renewal.renew() == (0, 0)


def test_who_was_named_stays_named_after_leaving(old, ben):
    html = old.body_html
    Post.objects.filter(pk=old.pk).update(**OLD)
    ben.cohort_memberships.all().delete()
    assert renewal.renew() == (1, 0)
    old.refresh_from_db()
    assert old.body_html == html


def test_what_would_lose_something_stays(old):
    Post.objects.filter(pk=old.pk).update(**OLD)
    old.attachments.update(uuid="00000000-0000-4000-8000-000000000000")
    assert renewal.renew() == (0, 1)
    old.refresh_from_db()
    assert old.body_html == "<p>Old.</p>"


def test_no_words_of_a_chat_come_in_that_nobody_carried_there(old, ben, space):
    said = chat.say(chat.room_of(space), by=ben, body="Quokka", uuid=uuid.uuid4())
    Post.objects.filter(pk=old.pk).update(**OLD, body=f"> /messages/{said.pk}/\n\nSee there.")
    old.attachments.update(removed_at=timezone.now())
    old.mentions.all().delete()
    assert renewal.renew() == (0, 1)
    old.refresh_from_db()
    assert old.body_html == "<p>Old.</p>"


def test_an_edit_meanwhile_wins(old, ana):
    read = Post.objects.select_related("author", "space").get(pk=old.pk)
    threads.edit(old, by=ana, body="Quite another thing.", version=1)
    assert not renewal.renew_one(read)
    old.refresh_from_db()
    assert "Quite another thing." in old.body_html


def test_what_was_taken_back_stays_empty(old, ana, settings):
    settings.UNDO_SEND_SECONDS = 60
    threads.withdraw(old, by=ana)
    Post.objects.filter(pk=old.pk).update(renderer=1)
    assert renewal.renew() == (0, 0)
