"""Nobody floods the place: more than people do is refused with a sentence, and nothing is written."""

import uuid

import pytest

from community import moderation, permissions, spaces, threads
from community.models import JoinRequest, Post, Report, Revision, Space
from tests.making import make_reply, make_thread


@pytest.fixture(autouse=True)
def busy(monkeypatch):
    """Two of each are much."""
    for name in ("POSTS_AT_MOST", "EDITS_AT_MOST", "REPORTS_AT_MOST", "REQUESTS_AT_MOST"):
        monkeypatch.setattr(permissions.limits, name, 2)


def test_a_third_post_waits_and_its_words_are_kept(browse, ana, ben, commons):
    thread = make_thread(commons, ana)
    make_reply(thread, ben)
    once = uuid.uuid4()
    threads.reply(thread, by=ben, body="Second", uuid=once)
    answer = browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": "My third", "uuid": uuid.uuid4()})
    assert answer.status_code == 429
    assert "Please wait ten minutes." in answer.content.decode()
    assert "My third" in answer.content.decode()
    form = {"title": "One more", "kind": "question", "body": "A whole thread", "uuid": uuid.uuid4()}
    answer = browse(ben).post("/spaces/commons/start/", form)
    assert answer.status_code == 429
    assert "A whole thread" in answer.content.decode()
    assert Post.objects.filter(author=ben).count() == 2
    assert threads.reply(thread, by=ben, body="Second", uuid=once).number == 3


def test_a_third_edit_waits(browse, ana, commons):
    post = make_thread(commons, ana).posts.get()
    for version in (1, 2):
        threads.edit(post, by=ana, body=f"Text {version}", version=version)
    answer = browse(ana).post(f"/posts/{post.pk}/edit/", {"body": "Text 3", "version": 3})
    assert "Please wait ten minutes." in answer.content.decode()
    assert "Text 3" in answer.content.decode()
    assert Revision.objects.count() == 2


def test_a_third_report_waits(browse, ana, ben, commons):
    posts = [make_thread(commons, by).posts.get() for by in (ana, ana)]
    for post in posts:
        moderation.report(post, by=ben, category="spam")
    answer = browse(ben).post(f"/posts/{posts[0].pk}/report/", {"category": "spam"})
    assert answer.status_code == 429
    assert "write to a moderator" in answer.content.decode()
    assert Report.objects.count() == 2


def test_a_third_request_waits(browse, ana, db):
    for name in ("One", "Two", "Three"):
        Space.objects.create(name=name, slug=name.lower(), kind="restricted", description="For some.")
    for slug in ("one", "two"):
        spaces.ask_to_join(Space.objects.get(slug=slug), by=ana)
    answer = browse(ana).post("/spaces/three/join/", {"words": "Please"})
    assert answer.status_code == 429
    assert "until tomorrow" in answer.content.decode()
    assert JoinRequest.objects.count() == 2
