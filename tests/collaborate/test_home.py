"""The front door."""

from community import moderation
from tests.making import make_thread


def test_signed_out_it_says_what_collaborate_is(client, db):
    page = client.get("/").content.decode()
    for word in ("Identify", "Support", "Connect", "Need urgent help?", "Join"):
        assert word in page


def test_signed_in_it_shows_what_is_new_for_me(browse, ana, ben, cleo, space):
    make_thread(space, ana, title="A quiet question")
    page = browse(ben).get("/").content.decode()
    assert "A quiet question" in page
    assert "Your cohort: North 2026" in page
    assert "A quiet question" not in browse(cleo).get("/").content.decode()


def test_one_who_has_read_everything_is_told_so(browse, ana, space):
    make_thread(space, ana)
    assert "You are up to date" in browse(ana).get("/").content.decode()


def test_moderators_see_how_many_cases_wait(browse, ana, ben, dara, space):
    post = make_thread(space, ana).posts.get()
    moderation.report(post, by=ben, category="risk")
    page = browse(dara).get("/").content.decode()
    assert '1<span class="heard"> open cases</span>' in page
    assert "open cases" not in browse(ben).get("/").content.decode()
