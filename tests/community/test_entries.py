"""What is told of one thread is one entry of the list, and one line of a letter."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community import errands, levels, moderation, posts, reading
from community.models import Level, Notice, NoticeKind, Post, Thread
from community.models.waiting import count_unread
from community.telling import announcements, entries, notices
from leaders.models import CohortMembership
from tests.community.test_letters import ten_minutes_pass
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def listed(client) -> str:
    return client.get(reverse("notices")).content.decode()


@pytest.fixture
def told(ana, ben, dara, thread):
    """Ben replies, names Ana and thanks her, and Dara replies: four things about one thread."""
    make_reply(thread, ben)
    make_reply(thread, ben, "What do you think, @ana?")
    make_reply(thread, dara)
    posts.thank(thread.posts.get(number=1), by=ben, words="That took courage.")
    errands.run()
    return thread


def test_what_is_told_of_one_thread_is_one_entry_and_counts_once(ana, told, browse):
    client = browse(ana)
    page = listed(client)
    sentence = "Ben Carrow mentioned you and thanked you, and there are 2 new replies in “Saying no kindly”"
    assert sentence in page
    assert page.count("row--new") == 1
    assert 'id="notice-counter">1<' in page
    assert "Mute this thread" in page
    for why in ("You watch this thread", "You were mentioned", "Somebody thanked you"):
        assert why in page


def test_another_thread_is_another_entry(ana, ben, space, told, browse):
    make_reply(make_thread(space, ana, "Another"), ben)
    errands.run()
    assert listed(browse(ana)).count("row--new") == 2
    assert count_unread(ana) == 2


def test_following_leads_to_what_comes_first_and_leaves_what_was_not_reached(ana, told, browse):
    client = browse(ana)
    newest = Notice.objects.filter(leader=ana).latest("at")
    assert client.get(reverse("notice", args=[newest.pk])).url == reverse(
        "post", args=[told.posts.get(number=1).pk]
    )
    assert set(Notice.objects.visible_to(ana).unread().values_list("kind", flat=True)) == {"mention", "reply"}
    assert count_unread(ana) == 1
    assert "Ben Carrow mentioned you and there are 2 new replies" in listed(client)


def test_reading_the_thread_reads_the_rest_of_its_entry(ana, told, browse):
    browse(ana).get(reverse("notice", args=[Notice.objects.filter(leader=ana).latest("at").pk]))
    reading.mark_read(Thread.objects.get(), by=ana, first=1, last=4)
    assert count_unread(ana) == 0
    assert "row--new" not in listed(browse(ana))


def test_what_came_after_the_followed_line_stays_unread(ana, ben, told, browse):
    old = Notice.objects.get(leader=ana, kind=NoticeKind.MENTION)
    posts.thank(told.posts.get(number=1), by=ben, words="")
    assert Notice.objects.get(leader=ana, kind=NoticeKind.THANKS).at > old.at
    browse(ana).get(reverse("notice", args=[old.pk]))
    assert NoticeKind.THANKS in set(Notice.objects.visible_to(ana).unread().values_list("kind", flat=True))


def test_a_read_entry_says_what_came_last(ana, told, browse):
    notices.open_all(ana)
    page = listed(browse(ana))
    assert page.count('id="notice-') == 2  # the entry, and the counter in the header
    assert "thanked you for your post in “Saying no kindly”: “That took courage.”" in page


def test_what_is_hidden_is_in_no_sentence(ana, ben, dara, told, browse):
    moderation.hide(told.posts.get(number=3), by=dara, reason="Off.")
    page = listed(browse(ana))
    assert "mentioned you" not in page
    assert "Ben Carrow thanked you and there are 2 new replies" in page


def test_one_reply_left_is_told_of_its_own_author(ana, ben, dara, thread, browse):
    first, last = make_reply(thread, ben), make_reply(thread, dara)
    errands.run()
    moderation.hide(first, by=dara, reason="Off.")
    page = listed(browse(ana))
    assert "Dara Elling replied in “Saying no kindly”" in page
    notice = Notice.objects.get(leader=ana, kind=NoticeKind.REPLY)
    assert browse(ana).get(reverse("notice", args=[notice.pk])).url == reverse("post", args=[last.pk])


def test_after_an_ended_membership_nothing_of_it_is_left(ana, told, browse):
    CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
    assert "Saying no kindly" not in listed(browse(ana))
    assert count_unread(ana) == 0


def test_a_moderators_decision_stands_by_itself(ana, ben, dara, told, browse):
    moderation.close(told, by=dara, reason="It has become heated.")
    errands.run()
    page = listed(browse(ana))
    assert page.count("row--new") == count_unread(ana) == 2
    assert "A moderator has closed your thread. The reason: It has become heated." in page


def test_several_people_are_counted_and_two_are_named(ana, ben, cleo, dara, commons, browse):
    thread = make_thread(commons, ana, "Rotas")
    levels.follow(thread, by=ana, level=Level.NORMAL)
    for who in (ben, cleo):
        make_reply(thread, who, "@ana")
    errands.run()
    assert "Cleo Dunmore and Ben Carrow mentioned you in “Rotas”" in listed(browse(ana))
    make_reply(thread, dara, "@ana")
    errands.run()
    assert "3 people mentioned you in “Rotas”" in listed(browse(ana))


def test_no_name_comes_twice_in_an_entry(ana, ben, dara, thread, browse):
    for who in (ben, dara, ben):
        make_reply(thread, who, "@ana")
    for who in (ben, dara):
        posts.thank(thread.posts.get(number=1), by=who, words="")
    errands.run()
    [sentence] = [entry.sentence() for entry in entries.page(ana, None)]
    assert sentence.count("Ben Carrow") == sentence.count("Dara Elling") == 1
    assert sentence.endswith("mentioned you 3 times and thanked you in “Saying no kindly”")


def test_two_who_did_different_things_are_named_once_each(ana, ben, dara, thread):
    make_reply(thread, ben, "@ana")
    make_reply(thread, ben, "@ana again")
    posts.thank(thread.posts.get(number=1), by=ben, words="")
    make_reply(thread, dara)
    errands.run()
    Notice.objects.filter(kind=NoticeKind.REPLY).update(post=thread.posts.get(number=4))
    [sentence] = [entry.sentence() for entry in entries.page(ana, None)]
    assert sentence == (
        "Ben Carrow mentioned you twice and thanked you, and Dara Elling replied in “Saying no kindly”"
    )


def test_among_many_one_who_did_two_things_is_named_once(ana, ben, cleo, dara, commons):
    thread = make_thread(commons, ana, "Rotas")
    for who in (ben, cleo, dara):
        make_reply(thread, who, "@ana")
    posts.thank(thread.posts.get(number=1), by=ben, words="")
    notices.choose(ana, {"reply": "off"})
    errands.run()
    [sentence] = [entry.sentence() for entry in entries.page(ana, None)]
    assert sentence == "3 people mentioned you and Ben Carrow thanked you in “Rotas”"


def test_thanks_are_never_counted(ana, ben, cleo, dara, commons, browse):
    thread = make_thread(commons, ana, title="The night shift")
    second = make_reply(thread, ana)
    for leader in (ben, cleo, dara):
        for post in (thread.posts.get(number=1), second):
            posts.thank(post, by=leader)
    errands.run()
    page = listed(browse(ana))
    assert " and others thanked you in “The night shift”" in page
    for count in ("3 people", "6 times", "twice"):
        assert count not in page


def test_muting_in_place_takes_the_thread_from_the_count(ana, told, browse):
    notices.choose(ana, {"thanks": "off"})
    newest = Notice.objects.filter(leader=ana).latest("at")
    browse(ana).post(reverse("mute_notice", args=[newest.pk]))
    assert set(Notice.objects.visible_to(ana).unread().values_list("kind", flat=True)) == {"thanks"}


def test_names_and_titles_are_escaped_once(ana, ben, thread, browse):
    ben.name = "Ben O’Neil & <b>Sons</b>"
    ben.save()
    Thread.objects.update(title="Q&A")
    for _ in range(2):
        announcements.announce_post(make_reply(thread, ben, "@ana"))
    assert "Ben O’Neil &amp; &lt;b&gt;Sons&lt;/b&gt; mentioned you twice in “Q&amp;A”" in listed(browse(ana))


def test_many_notices_of_one_thread_take_no_more_queries(
    ana, ben, thread, browse, django_assert_max_num_queries
):
    client = browse(ana)
    announcements.announce_post(make_reply(thread, ben, "@ana"))
    listed(client)
    with django_assert_max_num_queries(40) as one:
        listed(client)
    for _ in range(5):
        announcements.announce_post(make_reply(thread, ben, "@ana"))
    with django_assert_max_num_queries(len(one)):
        listed(client)


def test_a_letter_tells_a_thread_in_one_line(ana, told, mailoutbox):
    notices.choose(ana, {"reply": "mail", "thanks": "mail"})
    ten_minutes_pass()
    [letter] = [letter for letter in mailoutbox if "ana@" in letter.to[0]]
    told_in_one = "mentioned you and thanked you, and there are 2 new replies in “Saying no kindly”"
    assert letter.subject == f"Ben Carrow {told_in_one}"
    assert letter.body.count("Mute this thread") == 1
    assert not Notice.objects.filter(leader=ana, mailed_at=None).exists()


def test_where_titles_alone_may_leave_a_letter_names_nobody(ana, space, told, mailoutbox):
    space.mail_rule = "title"
    space.save()
    notices.choose(ana, {"reply": "mail", "thanks": "mail"})
    ten_minutes_pass()
    [letter] = [letter for letter in mailoutbox if "ana@" in letter.to[0]]
    assert "Ben" not in letter.body + letter.subject
    assert letter.subject.startswith(
        "Somebody mentioned you, somebody thanked you, and there are 2 new replies"
    )


def test_an_anonymous_author_is_told_by_the_alias(ana, ben, thread, browse):
    for _ in range(2):
        announcements.announce_post(make_reply(thread, ben, "@ana"))
    Post.objects.filter(number__gt=1).update(author=None, alias="Quiet Heron")
    Notice.objects.update(actor=None)
    page = listed(browse(ana))
    assert "Quiet Heron mentioned you twice" in page
    assert "Ben" not in page


def test_a_title_that_turns_the_writing_is_kept_upright(ana, space, browse):
    form = {"title": "\u202eRotas\u2069 at night", "kind": "discussion", "body": "How?", "uuid": uuid.uuid4()}
    answer = browse(ana).post(reverse("start", args=[space.slug]), form)
    assert answer.status_code == 302
    assert Thread.objects.get().title == "Rotas at night"


@pytest.mark.parametrize(
    "typed", ["Rotas\r\nBcc: eve@example.org", "Rotas\u2028Bcc:\x85 \x0beve@example.org\x07"]
)
def test_a_title_is_one_line_whatever_is_sent(ana, space, browse, typed):
    form = {"title": typed, "kind": "discussion", "body": "How?", "uuid": uuid.uuid4()}
    assert browse(ana).post(reverse("start", args=[space.slug]), form).status_code == 302
    assert Thread.objects.get().title == "Rotas Bcc: eve@example.org"


def test_a_reply_that_was_taken_back_in_that_moment_breaks_nothing(ana, ben, thread):
    reply = make_reply(thread, ben)
    notice = Notice(pk=1, leader=ana, kind=NoticeKind.REPLY, thread=thread, post=reply)
    notice.first, notice.replies = 10**9, 1
    entries.point_at_replies([notice])
    assert (notice.post.number, notice.actor) == (2, ben)
