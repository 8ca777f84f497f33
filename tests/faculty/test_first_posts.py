"""No first post stays unanswered: the desk shows it, and after a day the moderators are asked, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community import moderation, tasks, threads
from community.models import (
    Notice,
    NoticeKind,
    Post,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
    TermsAcceptance,
)
from community.telling import outcomes
from faculty import desk
from tests.cast import make_leader, make_moderator
from tests.making import make_reply, make_thread


def text(answer) -> str:
    return answer.content.decode()


def age(post, **span):
    """Let a post have been written earlier."""
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(**span))
    post.refresh_from_db()


def prompts(leader):
    return Notice.objects.visible_to(leader).filter(kind=NoticeKind.FIRST_POST)


@pytest.fixture
def maya(cohort):
    return make_leader("Maya Holt")


@pytest.fixture
def first(maya, dara, commons):
    """Maya's first post, a day and an hour old."""
    post = make_thread(commons, maya, title="Hello from me").posts.get()
    age(post, hours=25)
    return post


# --- The desk -------------------------------------------------------------------------------------------


def test_it_stands_on_the_desk_with_how_long_it_waits_and_one_click_to_reply(browse, dara, first):
    age(first, hours=50)
    page = text(browse(dara).get("/desk/"))
    assert "First posts without an answer for a day" in page
    assert "Hello from me" in page
    assert ">2\xa0days<" in page
    assert f"{first.thread.get_absolute_url()}?page=1#reply" in page


def test_within_the_first_day_there_is_no_hurry(browse, dara, first):
    age(first, hours=23)
    page = text(browse(dara).get("/desk/"))
    assert "First posts of today" in page
    assert "for a day" not in page


def test_it_waits_until_somebody_else_answers(dara, ana, maya, first):
    make_reply(first.thread, maya, body="Anybody here?")
    assert list(desk.unanswered(dara)) == [first]
    answer = make_reply(first.thread, ana)
    assert first not in desk.unanswered(dara)
    moderation.hide(answer, by=dara, reason="Unkind")
    assert list(desk.unanswered(dara)) == [first]


def test_it_waits_however_old_it_is(dara, first):
    age(first, days=400)
    assert list(desk.unanswered(dara)) == [first]


def test_what_was_taken_back_was_no_first_post(dara, ana, maya, commons, settings):
    settings.UNDO_SEND_SECONDS = 60
    thread = make_thread(commons, ana)
    threads.withdraw(make_reply(thread, maya, body="Oh no."), by=maya)
    again = make_reply(thread, maya, body="I am new here.")
    assert again in desk.unanswered(dara)


def test_a_first_post_in_somebody_elses_thread_waits_too(dara, ana, maya, commons):
    make_reply(thread := make_thread(commons, ana), ana)
    reply = make_reply(thread, maya, body="I am new here.")
    assert reply in desk.unanswered(dara)
    make_reply(thread, ana)
    assert reply not in desk.unanswered(dara)


def test_only_the_very_first_post_counts_and_only_where_one_moderates(dara, ana, maya, first, commons):
    make_thread(commons, maya, title="My second")
    elsewhere = Space.objects.create(name="South", slug="south", kind="open", description="Others.")
    make_thread(elsewhere, ana)
    assert list(desk.unanswered(dara)) == [first]


def close(post, dara):
    moderation.close(post.thread, by=dara, reason="Said elsewhere")


def hide(post, dara):
    moderation.hide(post, by=dara, reason="Names a patient")


def hide_thread(post, dara):
    moderation.hide(post.thread, by=dara, reason="Names a patient")


def suspend(post, dara):
    post.author.suspended_until = timezone.now() + timedelta(days=1)
    post.author.save()


def forget_author(post, dara):
    Post.objects.filter(pk=post.pk).update(author=None, alias="Quiet Heron")


@pytest.mark.parametrize("happens", [close, hide, hide_thread, suspend, forget_author])
def test_what_cannot_or_need_not_be_answered_does_not_wait(dara, first, happens):
    happens(first, dara)
    assert not desk.unanswered(dara).exists()
    assert outcomes.prompt_moderators() == 0


def test_faculty_are_no_newcomers(dara, commons):
    age(make_thread(commons, dara).posts.get(), hours=25)
    assert not desk.unanswered(dara).exists()
    assert outcomes.prompt_moderators() == 0


# --- The prompt -----------------------------------------------------------------------------------------


def test_after_a_day_moderators_are_asked_kindly_and_once(browse, dara, first):
    for _ in range(3):
        tasks.prompt_moderators()
    [notice] = Notice.objects.filter(kind=NoticeKind.FIRST_POST)
    assert notice.leader == dara
    page = text(browse(dara).get("/notices/"))
    assert "Maya’s first post has waited a day. A few words from you would mean a lot." in page
    assert browse(dara).get(f"/notices/{notice.pk}/").url == f"/posts/{first.pk}/"


def test_not_before_the_day_is_over(first, dara):
    age(first, hours=23)
    assert outcomes.prompt_moderators() == 0


def test_it_is_late_to_the_second(first, dara, monkeypatch):
    SpaceMembership.objects.update(starts_at=timezone.now() - timedelta(days=9))
    end_of_the_day = first.created_at + timedelta(hours=24)
    for moment, waits in ((end_of_the_day - timedelta(microseconds=1), 0), (end_of_the_day, 1)):
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda moment=moment: moment)
            assert outcomes.prompt_moderators() == waits
            late, today = desk.split_late(desk.unanswered(dara))
            assert (late, today) == (([first], []) if waits else ([], [first]))


def test_neither_ones_own_words_nor_hidden_ones_keep_the_prompt_away(dara, ana, ben, maya, first, settings):
    make_reply(first.thread, maya, body="Anybody here?")
    moderation.hide(make_reply(first.thread, ana), by=dara, reason="Unkind")
    settings.UNDO_SEND_SECONDS = 60
    threads.withdraw(make_reply(first.thread, ben), by=ben)
    assert outcomes.prompt_moderators() == 1


def test_a_first_post_that_was_moved_waits_for_those_who_moderate_there(dara, maya, first):
    outcomes.prompt_moderators()
    there = Space.objects.create(name="South", slug="south", kind=SpaceKind.OPEN, description="Others.")
    hugh = make_moderator("Hugh Ives", there)
    moderation.move(first.thread, to=there, by=dara, reason="Fits there")
    assert not prompts(dara).exists()
    assert first not in desk.unanswered(dara)
    assert outcomes.prompt_moderators() == 1
    assert prompts(hugh).exists()
    assert list(desk.unanswered(hugh)) == [first]


def test_merged_into_an_older_talk_it_waits_there(dara, ana, ben, maya, first, commons):
    older = make_thread(commons, ana)
    make_reply(older, ben)
    moderation.merge(first.thread, into=older, by=dara, reason="The same")
    assert first in desk.unanswered(dara)
    assert outcomes.prompt_moderators() == 1
    make_reply(older, ben)
    assert first not in desk.unanswered(dara)


def test_the_prompt_goes_when_somebody_has_answered(browse, ana, dara, first):
    outcomes.prompt_moderators()
    assert prompts(dara).unread().count() == 1
    make_reply(first.thread, ana)
    assert not prompts(dara).exists()
    assert "first post" not in text(browse(dara).get("/notices/"))


def test_nobody_else_is_asked(ana, ben, cleo, finn, maya, dara, first):
    cleo.is_faculty = True
    cleo.save()
    outcomes.prompt_moderators()
    assert {notice.leader for notice in Notice.objects.filter(kind=NoticeKind.FIRST_POST)} == {dara}


def test_one_who_moderates_no_longer_is_no_longer_asked(dara, first):
    outcomes.prompt_moderators()
    SpaceMembership.objects.filter(leader=dara).update(ends_at=timezone.now())
    assert not prompts(dara).exists()
    assert outcomes.prompt_moderators() == 0


def test_in_a_sealed_space_only_those_who_accepted_its_rules(dara, maya):
    sealed = Space.objects.create(
        name="Low days", slug="low", kind=SpaceKind.SEALED, description="…", mail_rule="nothing"
    )
    SpaceMembership.objects.create(space=sealed, leader=maya)
    SpaceMembership.objects.create(space=sealed, leader=dara, role=SpaceRole.MODERATOR)
    TermsAcceptance.objects.create(space=sealed, leader=maya)
    age(make_thread(sealed, maya).posts.get(), hours=25)
    assert outcomes.prompt_moderators() == 0
    TermsAcceptance.objects.create(space=sealed, leader=dara)
    assert outcomes.prompt_moderators() == 1


def test_after_an_outage_it_is_made_up_for_but_not_for_the_years_before(dara, first):
    age(first, days=3)
    assert outcomes.prompt_moderators() == 1
    Notice.objects.all().delete()
    age(first, days=300)
    assert outcomes.prompt_moderators() == 0


def test_the_prompt_is_in_no_digest(dara, first):
    from community.mail import editions

    outcomes.prompt_moderators()
    assert editions.compose([dara])[dara.pk].personal == []
