"""A link to a post opens its page for whoever may see it, whatever happened to it, and for nobody else."""

import pytest
from django.utils import timezone

from community import moderation, threads
from community.models import Space, SpaceKind, SpaceMembership, SpaceRole, TermsAcceptance
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

PAGE = 20


@pytest.fixture
def long(ana, ben, space):
    """A thread of two pages and a bit, by two."""
    thread = make_thread(space, ana, "A long talk")
    for number in range(2, 46):
        make_reply(thread, (ana, ben)[number % 2], f"Word {number}")
    return thread


@pytest.fixture
def annex(cohort, dara):
    """Another private space of the same cohort, which dara moderates too."""
    space = Space.objects.create(name="Annex", slug="annex", kind=SpaceKind.PRIVATE, description="Beside.")
    space.cohorts.add(cohort)
    SpaceMembership.objects.create(space=space, leader=dara, role=SpaceRole.MODERATOR)
    return space


def link(post) -> str:
    return f"/posts/{post.pk}/"


def lands_on(browse, leader, post) -> str:
    """Where the link leads somebody, once the page there was found and holds its anchor."""
    answer = browse(leader).get(link(post), follow=True)
    assert answer.status_code == 200, (leader, answer.status_code)
    address = answer.redirect_chain[-1][0]
    assert f'id="{address.partition("#")[2]}"' in answer.text, address
    return address


def test_it_opens_its_page_whatever_is_hidden_from_whom(ana, ben, dara, long, browse):
    for number in (3, 21, 22, 40):
        moderation.hide(long.posts.get(number=number), by=dara, reason="Unkind")
    for number, page in ((1, 1), (3, 1), (20, 1), (22, 2), (41, 3), (45, 3)):
        for leader in (ana, ben, dara):
            where = f"{long.get_absolute_url()}?page={page}#post-{number}"
            assert lands_on(browse, leader, long.posts.get(number=number)) == where


def test_it_opens_for_nobody_else_and_says_no_more_than_for_nothing(
    ana, cleo, eli, finn, long, browse, client
):
    post = long.posts.get(number=30)
    nothing = browse(cleo).get("/posts/999999/").text
    for leader in (cleo, finn):
        answer = browse(leader).get(link(post))
        assert answer.status_code == 404
        assert "A long talk" not in answer.text
    assert len(browse(cleo).get(link(post)).text) == len(nothing)
    assert browse(eli).get(link(post)).status_code == 403
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    assert browse(ana).get(link(post)).status_code == 404
    client.logout()
    assert client.get(link(post)).url.startswith("/accounts/login/")


def test_of_a_hidden_thread_only_moderators_find_the_place(ana, ben, dara, long, browse):
    post = long.posts.get(number=25)
    moderation.hide(long, by=dara, reason="Off course")
    assert lands_on(browse, dara, post).endswith("?page=2#post-25")
    for leader in (ana, ben):
        assert browse(leader).get(link(post)).status_code == 404


def test_a_post_that_was_taken_back_keeps_its_place_without_a_word(ana, ben, dara, long, browse, settings):
    settings.UNDO_SEND_SECONDS = 60
    post = make_reply(long, ben, "Better not said.")
    threads.withdraw(post, by=ben)
    for leader in (ana, ben, dara):
        assert lands_on(browse, leader, post).endswith("?page=3#post-46")
    for leader in (ana, dara):
        assert "Better not said." not in browse(leader).get(link(post), follow=True).text


def test_a_moved_thread_takes_its_links_along_and_loses_those_who_cannot_follow(
    ana, ben, cleo, dara, long, annex, space, browse
):
    SpaceMembership.objects.create(space=space, leader=cleo)
    post = long.posts.get(number=30)
    assert lands_on(browse, cleo, post)
    moderation.move(long, to=annex, by=dara, reason="Fits there")
    for leader in (ana, ben, dara):
        assert lands_on(browse, leader, post).endswith("?page=2#post-30")
    assert browse(cleo).get(link(post)).status_code == 404
    assert browse(cleo).get(long.get_absolute_url()).status_code == 404


def test_after_a_split_and_a_merge_elsewhere_each_viewer_is_led_or_left_outside(
    ana, ben, cleo, dara, long, annex, space, browse
):
    SpaceMembership.objects.create(space=space, leader=cleo)
    kept, went = long.posts.get(number=5), long.posts.get(number=30)
    hidden = long.posts.get(number=31)
    moderation.hide(hidden, by=dara, reason="Unkind")
    moderation.split(long, by=dara, reason="Another subject", title="A branch of it", start=21)
    went.refresh_from_db()
    for leader in (ana, ben, cleo, dara):
        assert lands_on(browse, leader, went).endswith("?page=1#post-10")
        assert lands_on(browse, leader, kept).endswith("?page=1#post-5")
        assert lands_on(browse, leader, hidden).endswith("?page=1#post-11")
    home = make_thread(annex, dara, "At home here")
    moderation.merge(went.thread, into=home, by=dara, reason="The same")
    for leader in (ana, ben, dara):
        assert lands_on(browse, leader, went).startswith(f"{home.get_absolute_url()}?page=1#post-11")
        answer = browse(leader).get(f"/threads/{went.thread_id}/", follow=True)
        assert answer.status_code == 200
    for address in (link(went), link(hidden), f"/threads/{went.thread_id}/", home.get_absolute_url()):
        assert browse(cleo).get(address).status_code == 404
    page = browse(cleo).get(f"{long.get_absolute_url()}?page=2").text
    assert "At home here" not in page
    assert home.get_absolute_url() not in page


def test_in_a_sealed_space_it_opens_after_the_yes_to_its_rules(ana, ben, long, space, browse):
    Space.objects.filter(pk=space.pk).update(kind=SpaceKind.SEALED, mail_rule="nothing")
    TermsAcceptance.objects.create(space=space, leader=ana)
    post = long.posts.get(number=30)
    assert lands_on(browse, ana, post).endswith("?page=2#post-30")
    assert browse(ben).get(link(post)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 40])
def test_an_impossible_number_is_not_found(ana, browse, pk):
    assert browse(ana).get(f"/posts/{pk}/").status_code == 404


# --- Inside only ----------------------------------------------------------------------------------------


PLACES = ["/", "/spaces/", "/spaces/north/", "/threads/", "/catch-up/", "/search/?q=talk", "/leaders/ana/"]
FEEDS = ["feed/", "rss/", "feed.xml", "rss.xml", "atom.xml", ".rss", ".json", "?format=rss", "?format=json"]


def test_no_page_names_a_feed_or_a_way_out(ana, long, browse):
    for address in [*PLACES, long.get_absolute_url(), link(long.posts.get(number=1))]:
        answer = browse(ana).get(address, follow=True)
        page = answer.text.lower()
        for way in ('rel="alternate"', "application/rss", "application/atom", "og:title", "twitter:"):
            assert way not in page, (address, way)
        for way in ("mailto:?", "whatsapp", "facebook", "linkedin", "x.com", "navigator.share"):
            assert way not in page, (address, way)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"


def test_no_address_answers_with_a_feed(ana, long, browse, client):
    for base in ("/", "/spaces/north/", "/threads/", f"/threads/{long.pk}/", "/leaders/ana/"):
        for feed in FEEDS:
            address = base.rstrip("/") + feed if feed.startswith(".") else base + feed
            answer = browse(ana).get(address, follow=True, headers={"accept": "application/rss+xml"})
            kind = answer["Content-Type"].partition(";")[0]
            assert answer.status_code == 404 or kind == "text/html", address
            client.logout()
            assert "A long talk" not in client.get(address, follow=True).text


def test_a_link_signed_out_leads_to_signing_in_and_names_nothing(ana, long, client):
    for address in (link(long.posts.get(number=30)), long.get_absolute_url()):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        assert "Word 30" not in answer.text
        assert "A long talk" not in answer.text


def test_sharing_is_the_link_to_the_post_and_nothing_that_opens_it_to_others(ana, cleo, long, browse):
    post = long.posts.get(number=30)
    page = browse(ana).get(f"{long.get_absolute_url()}?page=2").text
    assert f'<a href="{link(post)}" data-copies>Link to this post</a>' in page
    assert browse(cleo).get(link(post)).status_code == 404
    assert str(post.client_uuid) not in page
