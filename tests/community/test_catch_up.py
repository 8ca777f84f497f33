"""Catching up in two minutes: what is new everywhere, by thread, read at one stroke, and back again."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community import catch_up, levels, moderation, reading, threads
from community.models import Level, Post, Reading, Space, SpaceMembership, Sweep, TermsAcceptance, Thread
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db
ADDRESS = "/catch-up/"


def text(response) -> str:
    return response.content.decode()


def titles(leader, **options):
    return [thread.title for thread in catch_up.page(leader, **options).threads]


def marks(leader):
    return dict(Reading.objects.filter(leader=leader).values_list("thread", "read_up_to"))


def sweep(client, **fields):
    return client.post(reverse("sweep"), fields)


def test_it_lists_what_is_new_in_all_my_spaces_by_thread(browse, ana, ben, dara, space, commons):
    talk, hall = (
        make_thread(space, ana, "Rota worries", "How do you share nights?"),
        make_thread(commons, dara, "Hello"),
    )
    for number in range(3):
        make_reply(talk, ana, f"Reply {number}")
    page = text(browse(ben).get(ADDRESS))
    for words in (
        "Rota worries",
        "North cohort",
        "4 new",
        "How do you share nights?",
        "Ana Brook",
        "Hello",
        "The commons",
    ):
        assert words in page
    assert f"{hall.get_absolute_url()}?page=1#post-1" in page


def test_each_thread_shows_its_first_new_post_and_leads_there(browse, ana, ben, space):
    thread = make_thread(space, ana)
    for number in range(2, 31):
        make_reply(thread, ana, f"This is number {number}.")
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=1, last=24)
    page = text(browse(ben).get(ADDRESS))
    assert "This is number 25." in page
    assert "This is number 26." not in page
    assert f"{thread.get_absolute_url()}?page=2#post-25" in page


def test_what_waited_longest_stands_first(ana, ben, space):
    first = make_thread(space, ana, "First")
    make_thread(space, ana, "Second")
    make_reply(first, ana)
    assert titles(ben) == ["First", "Second"]


def test_an_excerpt_says_nothing_that_somebody_else_was_quoted_with(browse, ana, ben, space):
    quoted = make_thread(space, ana, body="Names a patient").posts.get()
    moderation_free = make_thread(space, ana, body=f"> /posts/{quoted.pk}/\n> Names a patient\n\nI see.")
    Thread.objects.filter(pk=quoted.thread_id).update(hidden_at=timezone.now())
    page = text(browse(ben).get(ADDRESS))
    assert "I see." in page
    assert "Names a patient" not in page
    assert moderation_free.title in page


def test_what_is_hidden_muted_mine_or_read_stays_out(browse, ana, ben, dara, space, commons):
    make_thread(space, ben, "My own")
    read, muted, hidden = (make_thread(space, ana, title) for title in ("Read", "Muted", "Hidden"))
    reading.mark_read(read, by=ben, first=1, last=1)
    levels.follow(muted, by=ben, level=Level.MUTED)
    moderation.hide(hidden, by=dara, reason="Names a patient.")
    make_thread(commons, ana, "In a muted space")
    levels.follow_space(commons, by=ben, level=Level.MUTED)
    assert titles(ben) == []
    assert "You are up to date" in text(browse(ben).get(ADDRESS))


def test_a_hidden_post_is_passed_over(browse, ana, ben, dara, space):
    thread = make_thread(space, ana)
    make_reply(thread, ana, "Names a patient")
    make_reply(thread, ana, "A kind word")
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=1, last=1)
    moderation.hide(thread.posts.get(number=2), by=dara, reason="Names a patient.")
    for leader in (ben, dara):
        page = text(browse(leader).get(ADDRESS))
        assert "Names a patient" not in page
    assert "A kind word" in text(browse(ben).get(ADDRESS))
    place = text(browse(ben).get(reverse("unread_posts", args=[thread.pk])))
    assert "A kind word" in place
    assert "Names a patient" not in place


def test_an_ended_membership_and_a_sealed_space_without_a_yes_give_nothing_away(browse, ana, ben, space):
    thread = make_thread(space, ana, "Rota worries")
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate() - timedelta(days=1))
    Space.objects.filter(pk=space.pk).update(kind="sealed", mail_rule="nothing")
    SpaceMembership.objects.create(space=space, leader=ana)
    for leader in (ana, ben):
        assert titles(leader) == []
        assert "Rota worries" not in text(browse(leader).get(ADDRESS))
        assert browse(leader).get(f"{ADDRESS}?space=north").status_code == 404
        assert browse(leader).get(reverse("unread_posts", args=[thread.pk])).status_code == 404
        assert sweep(browse(leader), thread=thread.pk).status_code == 404
        assert sweep(browse(leader), space="north").status_code == 404
    assert not Sweep.objects.exists()
    TermsAcceptance.objects.create(space=space, leader=ben)
    assert titles(ben) == []


def test_one_thread_is_read_and_undone(browse, ana, ben, space):
    thread, other = make_thread(space, ana, "One"), make_thread(space, ana, "Other")
    for _ in range(4):
        make_reply(thread, ana)
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=1, last=2)
    answer = sweep(browse(ben), thread=thread.pk)
    assert titles(ben) == ["Other"]
    page = text(browse(ben).get(answer.url))
    assert "1 thread is marked as read." in page
    undo = re.search(r'action="(/catch-up/undo/\d+/)"', page)[1]
    assert browse(ben).post(undo).url == f"/catch-up/#thread-{thread.pk}"
    assert marks(ben)[thread.pk] == 2
    assert sorted(titles(ben)) == ["One", "Other"]
    assert browse(ben).post(undo).status_code == 404
    assert other.pk not in marks(ben)


def test_everything_is_read_and_undone(browse, ana, ben, space, commons):
    made = [make_thread(place, ana, f"Thread {n}") for n, place in enumerate((space, commons, space))]
    answer = sweep(browse(ben))
    page = text(browse(ben).get(answer.url))
    assert "3 threads are marked as read." in page
    assert "You are up to date" in page
    catch_up.undo(Sweep.objects.get())
    assert len(titles(ben)) == 3
    assert set(marks(ben).values()) == {0}
    assert all(not reading.listed(ben).get(pk=thread.pk).is_marked for thread in made)


def test_one_space_is_read_and_the_others_are_not(browse, ana, ben, space, commons):
    make_thread(space, ana, "Inside")
    make_thread(commons, ana, "Outside")
    assert "Outside" not in text(browse(ben).get(f"{ADDRESS}?space=north"))
    assert sweep(browse(ben), space="north").url.startswith("/catch-up/?")
    assert titles(ben) == ["Outside"]


def test_undoing_never_lowers_a_mark_that_moved_on(ana, ben, space):
    thread = make_thread(space, ana)
    swept = catch_up.sweep(catch_up.new(ben), by=ben, until=timezone.now())
    make_reply(thread, ana)
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=2, last=2)
    catch_up.undo(swept)
    assert marks(ben)[thread.pk] == 2


def test_what_comes_while_i_look_stays_new(browse, ana, ben, space):
    thread = make_thread(space, ana)
    seen_at = int(timezone.now().timestamp() * 1000)
    make_reply(thread, ana, "Just now")
    Post.objects.filter(number=2).update(created_at=timezone.now() + timedelta(seconds=1))
    sweep(browse(ben), until=seen_at)
    assert marks(ben)[thread.pk] == 1


def test_marking_everything_as_read_keeps_nobody_from_writing(ana, ben, space):
    """It holds the marks of one reader, and no thread."""
    make_thread(space, ana)
    with CaptureQueriesContext(connection) as asked:
        catch_up.sweep(catch_up.new(ben), by=ben, until=timezone.now())
    holding = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert len(holding) == 1
    assert "community_thread" not in holding[0]


def test_nobody_undoes_what_another_did_nor_a_day_later(browse, ana, ben, space):
    make_thread(space, ana)
    swept = catch_up.sweep(catch_up.new(ben), by=ben, until=timezone.now())
    address = reverse("undo_sweep", args=[swept.pk])
    assert browse(ana).post(address).status_code == 404
    assert "marked as read" not in text(browse(ana).get(f"{ADDRESS}?done={swept.pk}"))
    Sweep.objects.update(at=timezone.now() - timedelta(hours=25))
    assert browse(ben).post(address).status_code == 404
    assert titles(ben) == []


def test_marking_is_only_by_post_and_odd_input_changes_nothing(browse, ana, ben, space):
    make_thread(space, ana)
    for name, arguments in (("sweep", []), ("undo_sweep", [1])):
        assert browse(ben).get(reverse(name, args=arguments)).status_code == 405
    for fields in (
        {"thread": "x"},
        {"thread": "9" * 40},
        {"space": "no slug!"},
        {"until": "9" * 40},
        {"until": "-1"},
    ):
        assert sweep(browse(ben), **fields).status_code == 422, fields
    for fields in ({"thread": "999999"}, {"space": "nowhere"}):
        assert sweep(browse(ben), **fields).status_code == 404, fields
    for before in ("x", "1.2.3", "9" * 50 + ".1", "-1.-1", ".", "٣.٣"):
        assert browse(ben).get(ADDRESS, {"before": before, "done": before}).status_code == 200, before
    assert marks(ben) == {}


def test_the_thread_page_marks_it_as_read_with_a_way_back(browse, ana, ben, space):
    thread = make_thread(space, ana)
    page = text(browse(ben).get(thread.get_absolute_url()))
    assert "Mark this thread as read" in page
    answer = sweep(browse(ben), thread=thread.pk, space=space.slug, from_thread="1")
    assert answer.url.startswith("/spaces/north/?done=")
    assert "1 thread is marked as read." in text(browse(ben).get(answer.url))
    assert "Mark this thread as read" not in text(browse(ben).get(thread.get_absolute_url(), follow=True))


def test_my_other_devices_hear_of_it(ana, ben, space, monkeypatch):
    heard = []
    monkeypatch.setattr("community.sockets.live.push", lambda topic, event: heard.append((topic, event)))
    make_thread(space, ana)
    make_thread(space, ana)
    heard.clear()
    swept = catch_up.sweep(catch_up.new(ben), by=ben, until=timezone.now())
    catch_up.undo(swept)
    mine = f"leader:{ben.pk}"
    assert heard == [(mine, {"type": "read", "back": False}), (mine, {"type": "read", "back": True})]


def test_reading_in_place_shows_the_new_posts_alone(browse, ana, ben, space):
    thread = make_thread(space, ana, body="Long read")
    make_reply(thread, ana, "Fresh **words**")
    thread.refresh_from_db()
    reading.mark_read(thread, by=ben, first=1, last=1)
    place = text(browse(ben).get(reverse("unread_posts", args=[thread.pk])))
    assert "Fresh <strong>words</strong>" in place
    assert "Long read" not in place
    assert 'data-mark="1"' in place
    assert marks(ben)[thread.pk] == 1


def test_the_next_thread_with_something_new_opens_at_its_first_new_post(browse, ana, ben, space):
    one, two = make_thread(space, ana, "One"), make_thread(space, ana, "Two")
    address = reverse("next_unread")
    assert browse(ben).get(address, {"after": two.pk}).url == f"{one.get_absolute_url()}?page=1#post-1"
    sweep(browse(ben))
    assert browse(ben).get(address).url == ADDRESS
    assert browse(ben).get(address, {"after": "x" * 99}).status_code == 302


def test_whoever_skips_threads_comes_to_each_of_them_in_turn(browse, ana, ben, space):
    new = [make_thread(space, ana, f"Thread {number}").pk for number in range(3)]
    led, here = [], ""
    for _ in range(4):
        url = browse(ben).get(reverse("next_unread"), {"after": here}).url
        here = int(url.split("/")[2])
        led.append(here)
    assert led == [*reversed(new), new[-1]]


def test_a_thread_that_one_cannot_see_says_nothing_of_when_it_moved(browse, ana, ben, cleo, space, commons):
    older, newer = make_thread(commons, ana, "Older"), make_thread(commons, ana, "Newer")
    private = make_thread(space, ben)
    Thread.objects.filter(pk=private.pk).update(last_post_at=older.last_post_at + timedelta(microseconds=1))
    for unseen in (private.pk, 10**12):
        url = browse(cleo).get(reverse("next_unread"), {"after": unseen}).url
        assert url.startswith(newer.get_absolute_url())


def test_after_a_long_absence_there_are_pages(browse, ana, ben, space):
    for number in range(25):
        make_thread(space, ana, f"Thread {number}")
    newest = catch_up.page(ben)
    assert len(newest.threads) == 20
    rest = catch_up.page(ben, before=newest.older)
    assert [thread.title for thread in rest.threads] == [f"Thread {number}" for number in range(5)]
    assert rest.older == ""
    assert f"before={newest.older}" in text(browse(ben).get(ADDRESS))
    assert catch_up.count(ben) == 25


def test_home_says_how_much_there_is(browse, ana, ben, space):
    make_thread(space, ana)
    assert "1 thread</span>" in text(browse(ben).get("/"))


def test_the_page_asks_eight_questions_however_much_is_new(
    browse, ana, ben, space, django_assert_max_num_queries
):
    client = browse(ben)
    for number in range(12):
        thread = make_thread(space, ana, f"Thread {number}")
        threads.reply(thread, by=ana, body="More", uuid=uuid.uuid4())
    client.get(ADDRESS)
    with django_assert_max_num_queries(8):
        client.get(ADDRESS)
