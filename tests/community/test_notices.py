"""Who hears of what, once, and only while they may know it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import levels, reading
from community.models import (
    Case,
    Decision,
    JoinRequest,
    Level,
    Mention,
    Notice,
    NoticeKind,
    Post,
    Reading,
    Report,
    Space,
    SpaceMembership,
    TermsAcceptance,
    Thanks,
    Thread,
)
from community.telling import announcements, notices, outcomes, places
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def heard(leader):
    return list(Notice.objects.visible_to(leader).unread().values_list("kind", flat=True))


def badge(client) -> str:
    return client.get(reverse("notices_badge")).content.decode()


def test_whoever_watches_hears_of_a_reply(ana, ben, thread):
    announcements.announce_post(make_reply(thread, ben))
    assert heard(ana) == [NoticeKind.REPLY]


def test_the_author_of_a_reply_hears_nothing_of_it(ana, ben, thread):
    levels.follow(thread, by=ben, level=Level.WATCHING)
    announcements.announce_post(make_reply(thread, ben))
    assert heard(ben) == []


def test_ten_replies_while_away_are_one_notice(ana, ben, thread, browse):
    for _ in range(10):
        announcements.announce_post(make_reply(thread, ben))
    assert heard(ana) == [NoticeKind.REPLY]
    assert "10 new replies in “Saying no kindly”" in browse(ana).get(reverse("notices")).content.decode()


def test_replies_announced_out_of_order_are_all_counted(ana, ben, thread):
    first, second = make_reply(thread, ben), make_reply(thread, ben)
    announcements.announce_post(second)
    announcements.announce_post(first)
    assert Notice.objects.visible_to(ana).with_replies(ana).get().replies == 2


def test_a_reply_that_was_written_just_before_but_stored_later_is_told_of(ana, ben, thread):
    first, second = make_reply(thread, ben), make_reply(thread, ben)
    announcements.announce_post(first)
    Post.objects.filter(pk=second.pk).update(created_at=first.created_at - timedelta(seconds=30))
    Post.objects.filter(pk=first.pk).update(hidden_at=timezone.now())
    assert heard(ana) == [NoticeKind.REPLY]
    assert Notice.objects.visible_to(ana).with_replies(ana).get().replies == 1


def test_announcing_twice_tells_once(ana, ben, thread):
    post = make_reply(thread, ben, "@ana")
    announcements.announce_post(post)
    announcements.announce_post(post)
    Notice.objects.update(read_at=timezone.now())
    announcements.announce_post(post)
    assert Notice.objects.count() == 1


def test_reading_the_thread_reads_the_notice_and_the_next_reply_wakes_it(ana, ben, thread):
    announcements.announce_post(make_reply(thread, ben))
    reading.mark_read(Thread.objects.get(), by=ana, first=2, last=2)
    assert heard(ana) == []
    announcements.announce_post(make_reply(thread, ben))
    assert Notice.objects.visible_to(ana).unread().with_replies(ana).get().replies == 1


def test_a_mention_is_told_as_such_and_not_as_a_reply_too(ana, ben, thread):
    announcements.announce_post(make_reply(thread, ben, "@ana"))
    assert heard(ana) == [NoticeKind.MENTION]


def test_an_edit_that_adds_a_mention_tells_the_newly_named_alone(ana, ben, dara, thread):
    post = make_reply(thread, ben, "@ana")
    announcements.announce_post(post)
    Mention.objects.create(post=post, leader=dara)
    announcements.announce_post(post)
    assert (heard(ana), heard(dara)) == ([NoticeKind.MENTION], [NoticeKind.MENTION])


def test_whoever_muted_the_thread_hears_nothing(ana, ben, thread):
    levels.follow(thread, by=ana, level=Level.MUTED)
    announcements.announce_post(make_reply(thread, ben, "@ana"))
    assert heard(ana) == []


def test_an_outsider_is_not_told_even_when_named(ana, ben, cleo, eli, thread):
    post = make_reply(thread, ben)
    for leader in (cleo, eli):
        levels.follow(thread, by=leader, level=Level.WATCHING)
        Mention.objects.create(post=post, leader=leader)
    announcements.announce_post(post)
    assert not Notice.objects.filter(leader__in=[cleo, eli]).exists()


def test_a_hidden_post_is_announced_only_once_it_is_shown(ana, ben, thread):
    post = make_reply(thread, ben)
    post.hidden_at = timezone.now()
    post.save()
    announcements.announce_post(post)
    assert heard(ana) == []
    post.hidden_at = None
    post.save()
    announcements.announce_post(post)
    assert heard(ana) == [NoticeKind.REPLY]


def test_what_is_hidden_later_leaves_the_list_and_the_count(ana, ben, thread):
    first, second = make_reply(thread, ben), make_reply(thread, ben)
    for post in (first, second):
        announcements.announce_post(post)
    Post.objects.filter(pk=first.pk).update(hidden_at=timezone.now())
    assert Notice.objects.visible_to(ana).with_replies(ana).get().replies == 1
    Post.objects.filter(pk=second.pk).update(hidden_at=timezone.now())
    assert not Notice.objects.visible_to(ana).exists()


def test_an_ended_membership_takes_its_notices_along(ana, ben, thread, browse):
    announcements.announce_post(make_reply(thread, ben, "@ana"))
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    page = browse(ana).get(reverse("notices")).content.decode()
    assert "Saying no kindly" not in page
    assert "hidden" in badge(browse(ana))


def test_the_thanked_author_is_told_by_whom_and_why(ana, ben, thread):
    thanks = Thanks.objects.create(post=thread.posts.get(), by=ben, words="That took courage.")
    announcements.tell_thanked(thanks)
    announcements.tell_thanked(thanks)
    notice = Notice.objects.visible_to(ana).get()
    assert (notice.actor, notice.words) == (ben, "That took courage.")


def test_the_author_learns_the_reason_and_never_who(ana, dara, thread):
    decision = Decision.objects.create(
        verb="hide", by=dara, reason="It names a patient.", space=thread.space, post=thread.posts.get()
    )
    outcomes.tell_author(decision)
    outcomes.tell_author(decision)
    notice = Notice.objects.visible_to(ana).get()
    assert notice.words == "A moderator has hidden your post. The reason: It names a patient."
    assert notice.actor is None


def test_the_reporters_learn_the_outcome_and_never_whose_it_was(ana, ben, dara, thread, browse):
    post = make_reply(thread, ana)
    case = Case.objects.create(space=thread.space, post=post, about=ana, priority=1)
    Report.objects.create(case=case, by=ben, category="spam")
    outcomes.tell_reporters(case)
    assert heard(ben) == []
    case.closed_at, case.outcome = timezone.now(), "A moderator read it and has hidden it."
    case.save()
    outcomes.tell_reporters(case)
    outcomes.tell_reporters(case)
    notice = Notice.objects.visible_to(ben).get()
    assert notice.words == "Thank you for your report. A moderator read it and has hidden it."
    page = browse(ben).get(reverse("notices")).content.decode()
    assert "Ana" not in page
    assert "Dara" not in page


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        (True, "You now belong to North cohort."),
        (False, "Your request to join North cohort was declined. The reason: It is for the cohort."),
    ],
)
def test_the_member_learns_the_answer(cleo, dara, space, accepted, words):
    request = JoinRequest.objects.create(space=space, leader=cleo)
    places.tell_member(request)
    assert heard(cleo) == []
    request.decided_at, request.accepted, request.reason = timezone.now(), accepted, "It is for the cohort."
    request.save()
    places.tell_member(request)
    places.tell_member(request)
    assert Notice.objects.get(leader=cleo).words == words


def test_the_badge_equals_the_list(ana, ben, thread, browse):
    other = make_thread(thread.space, ana, "Another")
    for place in (thread, other):
        announcements.announce_post(make_reply(place, ben))
    client = browse(ana)
    page = client.get(reverse("notices")).content.decode()
    assert page.count("row--new") == 2
    assert ">2<" in badge(client)
    assert 'id="notice-counter">2<' in page


def test_following_a_notice_reads_it_and_goes_there(ana, ben, thread, browse):
    post = make_reply(thread, ben)
    announcements.announce_post(post)
    answer = browse(ana).get(reverse("notice", args=[Notice.objects.get().pk]))
    assert answer.url == reverse("post", args=[post.pk])
    assert heard(ana) == []


def test_a_decision_about_a_place_one_cannot_see_leads_back_to_the_list(ana, dara, thread, browse):
    decision = Decision.objects.create(verb="hide", by=dara, reason="Off.", space=thread.space, thread=thread)
    outcomes.tell_author(decision)
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    client = browse(ana)
    assert "Saying no kindly" not in client.get(reverse("notices")).content.decode()
    assert client.get(reverse("notice", args=[Notice.objects.get().pk])).url == reverse("notices")


def test_another_persons_notice_is_not_found(ben, ana, thread, browse):
    announcements.announce_post(make_reply(thread, ben))
    notice = Notice.objects.get()
    assert browse(ben).get(reverse("notice", args=[notice.pk])).status_code == 404
    assert browse(ben).post(reverse("mute_notice", args=[notice.pk])).status_code == 404


def test_marking_all_as_read_is_a_post(ana, ben, thread, browse):
    announcements.announce_post(make_reply(thread, ben))
    client = browse(ana)
    assert client.get(reverse("open_notices")).status_code == 405
    assert heard(ana) == [NoticeKind.REPLY]
    assert client.post(reverse("open_notices")).url == reverse("notices")
    assert heard(ana) == []


def test_muting_in_place_silences_the_thread(ana, ben, thread, browse):
    announcements.announce_post(make_reply(thread, ben))
    address = reverse("mute_notice", args=[Notice.objects.get().pk])
    assert browse(ana).get(address).status_code == 405
    browse(ana).post(address)
    announcements.announce_post(make_reply(thread, ben))
    assert heard(ana) == []
    assert Reading.objects.get(leader=ana, thread=thread).level == Level.MUTED


def test_muting_in_place_can_be_undone_in_place(ana, ben, thread, browse):
    announcements.announce_post(make_reply(thread, ben))
    client, mine = browse(ana), Reading.objects.filter(leader=ana, thread=thread)
    was = mine.get().level
    answer = client.post(reverse("mute_notice", args=[Notice.objects.get().pk]), follow=True)
    page = answer.content.decode()
    assert "Mute this thread" not in page
    [level] = re.findall(r'name="level" value="(.*?)">Unmute this thread', page)
    back = client.post(reverse("follow", args=[thread.pk]), {"level": level, "list": "notices"})
    assert back.url == reverse("notices")
    assert mine.get().level == was == Level.WATCHING
    assert "Mute this thread" in client.get(back.url).content.decode()


@pytest.mark.parametrize(
    "typed", ["", "?muted=x&was=muted", "?muted={}&was=%22%3E%3Cb%3E", "?muted={}&was=muted"]
)
def test_what_was_muted_long_ago_is_followed_again_as_its_space(ana, ben, thread, browse, typed):
    announcements.announce_post(make_reply(thread, ben))
    notices.mute(thread, by=ana)
    page = browse(ana).get(reverse("notices") + typed.format(thread.pk)).content.decode()
    assert re.findall(r'name="level" value="(.*?)">Unmute this thread', page) == [""]


def test_the_list_has_pages_and_an_empty_state(ana, ben, space, browse):
    assert "Nothing here yet" in browse(ana).get(reverse("notices")).content.decode()
    for number in range(21):
        thread = make_thread(space, ana, f"Thread {number}")
        announcements.announce_post(make_reply(thread, ben))
    page = browse(ana).get(reverse("notices") + "?page=2").content.decode()
    assert page.count('id="notice-') == 2  # one row, and the counter in the header


def test_the_list_asks_no_more_for_more_rows(ana, ben, space, browse, django_assert_max_num_queries):
    def story(number):
        thread = make_thread(space, ana, f"Thread {number}")
        announcements.announce_post(make_reply(thread, ben))

    client = browse(ana)
    story(0)
    client.get(reverse("notices"))
    with django_assert_max_num_queries(40) as one:
        client.get(reverse("notices"))
    for number in range(1, 8):
        story(number)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("notices"))


def test_the_readers_of_a_space_are_those_to_whom_it_is_visible(
    ana, ben, cleo, dara, eli, finn, space, commons
):
    sealed = Space.objects.create(name="After a knock", slug="knock", kind="sealed", mail_rule="nothing")
    for leader in (ana, cleo):
        SpaceMembership.objects.create(space=sealed, leader=leader)
    TermsAcceptance.objects.create(space=sealed, leader=cleo)
    now = timezone.now()
    SpaceMembership.objects.create(
        space=space, leader=finn, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)
    )
    for place in (space, commons, sealed):
        cast = [ana, ben, cleo, dara, eli, finn]
        seeing = {leader for leader in cast if Space.objects.visible_to(leader).filter(pk=place.pk).exists()}
        assert set(place.readers()) == seeing


def test_whoever_is_quoted_is_told_as_such_and_not_as_a_reply_too(ana, ben, dara, thread):
    first = thread.posts.get()
    post = make_reply(thread, ben, f"> /posts/{first.pk}/\n> A beginning.\n\nIndeed.")
    announcements.announce_post(post)
    announcements.announce_post(post)
    assert heard(ana) == [NoticeKind.QUOTE]
    reading.mark_read(Thread.objects.get(), by=ana, first=1, last=2)
    assert heard(ana) == []


def test_an_outsider_is_not_told_of_a_quote(ana, ben, thread):
    first = thread.posts.get()
    post = make_reply(thread, ben, f"> /posts/{first.pk}/\n> A beginning.\n\nIndeed.")
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    announcements.announce_post(post)
    assert not Notice.objects.exists()


def test_whoever_asked_is_told_of_the_answer_unless_they_marked_it(ana, ben, dara, space):
    thread = make_thread(space, ana, "Who leads at night?", kind="question")
    post = make_reply(thread, ben, "We take turns.")
    Thread.objects.filter(pk=thread.pk).update(answer=post, answer_marked_by=ana)
    announcements.tell_answerer(post)
    assert (heard(ana), heard(ben)) == ([], [NoticeKind.ANSWER])
    Thread.objects.filter(pk=thread.pk).update(answer_marked_by=dara)
    announcements.tell_answerer(post)
    announcements.tell_answerer(post)
    assert heard(ana) == [NoticeKind.ANSWERED]
