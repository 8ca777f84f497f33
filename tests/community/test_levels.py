"""Watching, normal or muted: for a whole space, and for one thread against its space."""

import pytest
from django.urls import reverse

from community import levels, lists, reading
from community.mail import digest, editions
from community.models import (
    Level,
    Notice,
    NoticeKind,
    Reading,
    SpaceKind,
    SpaceLevel,
    SpaceMembership,
    TermsAcceptance,
)
from community.telling import announcements
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def heard(leader):
    return list(Notice.objects.visible_to(leader).unread().values_list("kind", flat=True))


def test_whoever_watches_a_space_hears_of_each_new_thread_and_not_of_replies(ana, ben, space):
    levels.follow_space(space, by=ben, level=Level.WATCHING)
    thread = make_thread(space, ana)
    announcements.announce_post(thread.posts.get())
    announcements.announce_post(make_reply(thread, ana))
    assert heard(ben) == [NoticeKind.THREAD]


def test_the_notice_of_a_new_thread_says_why_and_offers_to_stop_there(ana, ben, space, browse):
    levels.follow_space(space, by=ben, level=Level.WATCHING)
    announcements.announce_post(make_thread(space, ana, "Saying no kindly").posts.get())
    page = browse(ben).get(reverse("notices")).content.decode()
    for words in ("Ana Brook started “Saying no kindly”", "You watch this space", "Stop watching this space"):
        assert words in page
    browse(ben).post(reverse("follow_space", args=[space.slug]), {"level": "normal"})
    announcements.announce_post(make_thread(space, ana, "Another").posts.get())
    assert heard(ben) == [NoticeKind.THREAD]


def test_reading_the_new_thread_reads_its_notice(ana, ben, space):
    levels.follow_space(space, by=ben, level=Level.WATCHING)
    thread = make_thread(space, ana)
    announcements.announce_post(thread.posts.get())
    reading.mark_read(thread, by=ben, first=1, last=1)
    assert heard(ben) == []


def test_a_new_thread_that_names_me_is_one_notice(ana, ben, space):
    levels.follow_space(space, by=ben, level=Level.WATCHING)
    announcements.announce_post(make_thread(space, ana, body="@ben look").posts.get())
    assert heard(ben) == [NoticeKind.MENTION]


def test_its_author_an_outsider_and_the_suspended_hear_nothing(ana, cleo, eli, space):
    for leader in (ana, cleo, eli):
        SpaceLevel.objects.create(leader=leader, space=space, level=Level.WATCHING)
    announcements.announce_post(make_thread(space, ana).posts.get())
    assert not Notice.objects.exists()


def test_of_a_sealed_space_one_hears_only_after_a_yes_to_its_rules(ana, ben, space):
    space.kind, space.mail_rule = SpaceKind.SEALED, "nothing"
    space.save()
    TermsAcceptance.objects.create(space=space, leader=ana)
    SpaceLevel.objects.create(leader=ben, space=space, level=Level.WATCHING)
    announcements.announce_post(make_thread(space, ana).posts.get())
    assert not Notice.objects.exists()


def test_a_muted_space_says_nothing(ana, ben, space, browse):
    levels.follow_space(space, by=ben, level=Level.MUTED)
    thread = make_thread(space, ana, "Kept quiet", body="@ben look")
    announcements.announce_post(thread.posts.get())
    assert heard(ben) == []
    assert not reading.listed(ben).get().is_new
    assert lists.waiting(ben, 5) == []
    assert editions.compose([ben])[ben.pk].count == 0
    assert "Kept quiet" not in browse(ben).get("/").content.decode()
    assert "Kept quiet" in browse(ben).get(space.get_absolute_url()).content.decode()


def test_what_was_told_before_is_not_mailed_once_the_space_is_muted(ana, ben, space):
    announcements.announce_post(make_thread(space, ana, body="@ben look").posts.get())
    assert editions.compose([ben])[ben.pk].personal
    levels.follow_space(space, by=ben, level=Level.MUTED)
    assert not editions.compose([ben])[ben.pk].personal


@pytest.mark.parametrize("level", [Level.WATCHING, Level.NORMAL])
def test_a_thread_speaks_up_in_a_muted_space_when_one_chose_so(ana, ben, space, level):
    levels.follow_space(space, by=ben, level=Level.MUTED)
    thread = make_thread(space, ana)
    levels.follow(thread, by=ben, level=level)
    announcements.announce_post(make_reply(thread, ana, "@ben look"))
    assert heard(ben) == [NoticeKind.MENTION]
    assert reading.listed(ben).get().is_new
    assert editions.compose([ben])[ben.pk].count


def test_a_muted_thread_is_quiet_in_a_watched_space(ana, ben, space):
    levels.follow_space(space, by=ben, level=Level.WATCHING)
    thread = make_thread(space, ana)
    levels.follow(thread, by=ben, level=Level.MUTED)
    announcements.announce_post(thread.posts.get())
    assert heard(ben) == []


def test_writing_in_a_muted_space_watches_that_thread_alone(ana, ben, space):
    levels.follow_space(space, by=ben, level=Level.MUTED)
    mine, other = make_thread(space, ana), make_thread(space, ana)
    make_reply(mine, ben)
    for thread in (mine, other):
        announcements.announce_post(make_reply(thread, ana))
    assert [notice.thread for notice in Notice.objects.filter(leader=ben)] == [mine]


def test_reading_or_mail_is_no_choice_of_a_level(ana, ben, space, mailoutbox):
    thread = make_thread(space, ana)
    digest.send_by_hand(ben)
    reading.mark_read(thread, by=ben, first=1, last=1)
    assert Reading.objects.get(leader=ben).level is None
    levels.follow_space(space, by=ben, level=Level.MUTED)
    assert reading.listed(ben).get().level == Level.MUTED


def test_a_choice_can_be_taken_back(ana, ben, space, browse):
    thread = make_thread(space, ana)
    address = reverse("follow", args=[thread.pk])
    browse(ben).post(address, {"level": "muted"})
    assert reading.listed(ben).get().level == Level.MUTED
    browse(ben).post(address, {"level": ""})
    assert Reading.objects.get(leader=ben).level is None


def test_following_a_space_is_a_choice(ben, space, browse):
    address = reverse("follow_space", args=[space.slug])
    assert browse(ben).post(address, {"level": "muted"}).url == space.get_absolute_url()
    assert browse(ben).post(address, {"level": "watching", "list": "1"}).url == reverse("watching")
    assert SpaceLevel.objects.get(leader=ben).level == "watching"
    assert browse(ben).post(address, {"level": "loud"}).status_code == 422
    assert browse(ben).get(address).status_code == 405
    assert SpaceLevel.objects.get(leader=ben).level == "watching"


def test_an_outsider_follows_no_space(cleo, space, browse):
    address = reverse("follow_space", args=[space.slug])
    assert browse(cleo).post(address, {"level": "watching"}).status_code == 404
    assert not SpaceLevel.objects.exists()


def test_the_list_of_what_i_follow_shows_my_spaces_and_choices(ana, ben, space, commons, browse):
    chosen, other = make_thread(space, ana, "Chosen"), make_thread(space, ana, "Left alone")
    levels.follow(chosen, by=ben, level=Level.MUTED)
    reading.mark_read(other, by=ben, first=1, last=1)
    page = browse(ben).get(reverse("watching")).content.decode()
    assert "North cohort" in page
    assert "The commons" in page
    assert "Chosen" in page
    assert "Left alone" not in page


def test_the_list_forgets_what_i_may_no_longer_see(ana, cleo, space, browse):
    membership = SpaceMembership.objects.create(space=space, leader=cleo)
    levels.follow(make_thread(space, ana, "Chosen"), by=cleo, level=Level.MUTED)
    levels.follow_space(space, by=cleo, level=Level.WATCHING)
    assert "Chosen" in browse(cleo).get(reverse("watching")).content.decode()
    membership.delete()
    page = browse(cleo).get(reverse("watching")).content.decode()
    assert "Chosen" not in page
    assert "North cohort" not in page
