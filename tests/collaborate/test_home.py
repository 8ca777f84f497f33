"""The front door."""

from datetime import timedelta

from community import moderation
from leaders.models.cohorts import today
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


def test_companions_are_those_who_are_in_the_cohort_today(browse, ana, ben, cleo, finn):
    page = browse(ana).get("/").content.decode()
    assert ben.get_absolute_url() in page
    assert cleo.get_absolute_url() not in page
    ben.cohort_memberships.update(starts_on=today() - timedelta(days=9), ends_on=today())
    assert ben.get_absolute_url() not in browse(ana).get("/").content.decode()
    assert "Your cohort" not in browse(ben).get("/").content.decode()


def test_home_asks_as_often_with_more_to_show(browse, ana, ben, space, django_assert_max_num_queries):
    visitor = browse(ana)
    for _ in range(2):
        make_thread(space, ben)
        visitor.get("/")
    with django_assert_max_num_queries(11) as asked:
        visitor.get("/")
    for _ in range(4):
        make_thread(space, ben)
    with django_assert_max_num_queries(len(asked)):
        visitor.get("/")


def test_one_who_has_read_everything_is_told_so(browse, ana, space):
    make_thread(space, ana)
    assert "You are up to date" in browse(ana).get("/").content.decode()


def test_moderators_see_how_many_cases_wait(browse, ana, ben, dara, space):
    post = make_thread(space, ana).posts.get()
    moderation.report(post, by=ben, category="risk")
    page = browse(dara).get("/").content.decode()
    assert '1<span class="heard"> open cases</span>' in page
    assert "open cases" not in browse(ben).get("/").content.decode()
