"""A thread is split: what goes, what stays, and what nobody loses."""

import random
import re
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import answers, errands, integrity, levels, moderation, posts, reading, threads
from community.mail import digest
from community.models import Bookmark, Decision, Level, Notice, Post, Reading, SpaceMembership, Thread
from community.permissions import Conflict
from community.telling import announcements
from leaders import preferences
from tests.cast import make_leader
from tests.making import make_reply, make_talk, make_thread

WHY = {"reason": "It is another subject.", "title": "Rotas in summer"}


@pytest.fixture
def talk(space, ana, ben):
    """Ten posts, read by nobody."""
    thread = make_talk(space, ana, ben, 10)
    Reading.objects.all().delete()
    return thread


@pytest.fixture
def gil(space):
    gil = make_leader("Gil Harte")
    SpaceMembership.objects.create(space=space, leader=gil)
    return gil


def split(thread, dara, **options):
    decision = moderation.split(thread, by=dara, **{**WHY, **options})
    assert list(integrity.findings()) == []
    return Thread.objects.get(pk=decision.detail["to"])


def numbers(thread):
    return list(thread.posts.order_by("number").values_list("number", flat=True))


def bodies(thread):
    return list(thread.posts.order_by("number").values_list("body", flat=True))


def unread(leader):
    """The posts that are new to a leader."""
    found = set()
    for thread in reading.with_first_unread(leader, Thread.objects.visible_to(leader)):
        new = thread.posts.filter(number__gt=thread.mark, hidden_at=None).exclude(author=leader)
        found |= set(new.values_list("body", flat=True))
    return found


def page(browse, leader, address):
    return browse(leader).get(address, follow=True).content.decode()


# --- What goes and what stays ---------------------------------------------------------------------------


def test_everything_from_a_post_on_becomes_a_thread(talk, ben, dara, space):
    branch = split(talk, dara, start=8)
    talk.refresh_from_db()
    assert (numbers(branch), bodies(branch)) == ([1, 2, 3], ["Post 8", "Post 9", "Post 10"])
    assert (branch.space, branch.author, branch.title, branch.kind) == (
        space,
        ben,
        "Rotas in summer",
        "discussion",
    )
    assert (branch.last_number, branch.shown_count, branch.last_post.body) == (3, 3, "Post 10")
    assert (numbers(talk), talk.last_number) == ([1, 2, 3, 4, 5, 6, 7], 10)
    assert (talk.shown_count, talk.last_post.number) == (7, 7)


def test_ticked_posts_go_in_their_order(talk, dara):
    branch = split(talk, dara, numbers=[9, 3, 4], kind="question")
    assert bodies(branch) == ["Post 3", "Post 4", "Post 9"]
    assert numbers(talk) == [1, 2, 5, 6, 7, 8, 10]
    assert branch.is_question


def test_the_next_reply_takes_the_next_number_in_both(talk, ana, ben, dara):
    branch = split(talk, dara, start=8)
    assert make_reply(talk, ana).number == 11
    assert make_reply(branch, ben).number == 4
    assert list(integrity.findings()) == []


def test_a_thread_can_be_split_again_and_again(talk, dara):
    first = split(talk, dara, numbers=[4, 5])
    second = split(talk, dara, start=3)
    third = split(first, dara, start=2)
    assert (numbers(talk), bodies(second)[:2], bodies(third)) == ([1, 2], ["Post 3", "Post 6"], ["Post 5"])


def test_the_answer_of_a_question_that_leaves_is_none_any_more(talk, ana, dara):
    Thread.objects.update(kind="question")
    answer = talk.posts.get(number=9)
    answers.mark_answer(answer, by=ana)
    split(talk, dara, start=8)
    talk.refresh_from_db()
    assert talk.answer is None
    assert Decision.objects.get().detail["answer"] == answer.pk


def test_hidden_posts_stay_hidden(talk, ben, dara):
    moderation.hide(talk.posts.get(number=9), by=dara, reason="It names a patient.")
    branch = split(talk, dara, start=8)
    assert (branch.shown_count, branch.last_number) == (2, 3)
    assert not Post.objects.visible_to(ben).filter(body="Post 9").exists()


# --- Links ----------------------------------------------------------------------------------------------


def test_a_link_to_a_post_leads_to_its_new_place(browse, talk, ana, ben, cleo, dara):
    post = talk.posts.get(number=9)
    branch = split(talk, dara, start=8)
    for leader in (ana, ben, dara):
        assert browse(leader).get(post.get_absolute_url()).url == branch.address_of(2)
    assert browse(cleo).get(post.get_absolute_url()).status_code == 404


def test_a_line_says_where_posts_went_and_keeps_their_anchors(browse, talk, ben, dara):
    branch = split(talk, dara, numbers=[4, 5, 8])
    html = page(browse, ben, talk.get_absolute_url() + "?page=1")
    assert "2 posts were moved to" in html
    assert "1 post was moved to" in html
    assert branch.title in html
    assert f'href="{branch.address_of(3)}"'.replace("&", "&amp;") in html
    assert re.findall(r'id="post-(\d+)"', html) == [str(number) for number in range(1, 11)]


def test_the_line_does_not_name_what_one_cannot_see(browse, talk, ben, dara):
    branch = split(talk, dara, start=8)
    moderation.hide(branch, by=dara, reason="It went wrong.")
    html = page(browse, ben, talk.get_absolute_url() + "?page=1")
    assert "3 posts were moved to another thread." in html
    assert branch.title not in html


def test_open_pages_fetch_the_line_too(browse, talk, ben, dara):
    split(talk, dara, numbers=[4, 5])
    html = browse(ben).get(f"/threads/{talk.pk}/posts/?first=4&last=6").content.decode()
    assert 'id="post-4"' in html
    assert 'id="post-5"' in html
    assert "Post 6" in html


def test_a_page_that_left_altogether_says_so(browse, ana, ben, dara, space):
    talk = make_thread(space, ana)
    for _ in range(45):
        make_reply(talk, ben)
    split(talk, dara, numbers=list(range(21, 41)))
    html = page(browse, ana, talk.get_absolute_url() + "?page=2")
    assert "20 posts were moved to" in html
    assert "#21 to #40" in html


def test_a_quote_still_leads_to_its_post(talk, ana, ben, dara):
    quoted = talk.posts.get(number=9)
    quoting = make_reply(talk, ben, f"> /posts/{quoted.pk}/\n> Post 9\n\nJust so.")
    split(talk, dara, numbers=[9])
    seen = posts.as_seen([Post.objects.get(pk=quoting.pk)], talk, viewer=ana)[0]
    assert quoted.get_absolute_url() in seen.html


def test_thanks_bookmarks_and_reports_go_with_their_post(talk, ana, ben, dara):
    post = talk.posts.get(number=8)
    posts.thank(post, by=ana)
    Bookmark.objects.create(leader=ana, post=post)
    case = moderation.report(post, by=ana, category="spam").case
    branch = split(talk, dara, start=8)
    post.refresh_from_db()
    case.refresh_from_db()
    assert (post.thread, post.thanks.count(), case.post.thread, case.is_open) == (branch, 1, branch, True)
    assert Bookmark.objects.get().post.thread == branch


# --- What everybody has read ----------------------------------------------------------------------------

MARKS = [
    # mark before; posts that go; mark in the new thread; how many are new there, and here
    (0, [3, 4, 8], 0, 3, 7),
    (1, [3, 4, 8], 0, 3, 6),
    (2, [3, 4, 8], 0, 3, 5),
    (3, [3, 4, 8], 1, 2, 5),
    (5, [3, 4, 8], 2, 1, 4),
    (7, [3, 4, 8], 2, 1, 2),
    (8, [3, 4, 8], 3, 0, 2),
    (10, [3, 4, 8], 3, 0, 0),
    (7, [8, 9, 10], 0, 3, 0),
    (9, [8, 9, 10], 2, 1, 0),
    (10, [2], 1, 0, 0),
]


@pytest.mark.parametrize(("mark", "go", "there", "new_there", "new_here"), MARKS)
def test_everybody_keeps_their_place(talk, gil, dara, mark, go, there, new_there, new_here):
    Reading.objects.create(leader=gil, thread=talk, read_up_to=mark, set_back_at=timezone.now())
    before = unread(gil)
    branch = split(talk, dara, numbers=go)
    assert Reading.objects.get(leader=gil, thread=branch).read_up_to == there
    listed = {thread.pk: thread for thread in reading.listed(gil)}
    assert (listed[branch.pk].unread, listed[talk.pk].unread) == (new_there, new_here)
    assert (listed[branch.pk].is_new, listed[talk.pk].is_new) == (bool(new_there), bool(new_here))
    assert unread(gil) == before


def test_nobody_loses_an_unread_post_however_a_thread_is_split(talk, gil, ana, ben, dara):
    """Twenty ways to split, with any marks: the sets of what is new are the same before and after."""
    chance = random.Random(7)
    here = talk
    for _ in range(20):
        for leader in (gil, ana, ben):
            mark = chance.randint(0, here.last_number)
            Reading.objects.update_or_create(
                leader=leader, thread=here, defaults={"read_up_to": mark, "set_back_at": timezone.now()}
            )
        before = {leader: unread(leader) for leader in (gil, ana, ben)}
        there = [number for number in numbers(here) if number > 1]
        branch = split(here, dara, numbers=chance.sample(there, chance.randint(1, len(there))))
        assert {leader: unread(leader) for leader in before} == before
        here = max((here, branch), key=lambda thread: thread.posts.count())
        here.refresh_from_db()
        for _ in range(max(0, 6 - here.posts.count())):
            make_reply(here, chance.choice((ana, ben)), f"More {chance.random()}")
        here.refresh_from_db()


def test_a_gap_never_stops_the_mark(talk, gil, ana, dara):
    Reading.objects.create(leader=gil, thread=talk, read_up_to=3)
    split(talk, dara, numbers=[4, 5, 6])
    reading.mark_read(talk, by=gil, first=7, last=8)
    assert Reading.objects.get(leader=gil, thread=talk).read_up_to == 8
    split(talk, dara, numbers=[9, 10])
    assert make_reply(talk, gil).number == 11
    assert Reading.objects.get(leader=gil, thread=talk).read_up_to == 11


def test_whoever_joined_later_has_nothing_more_to_read(talk, space, dara):
    late = make_leader("Lea Noon", joined_at=timezone.now() + timedelta(minutes=1))
    SpaceMembership.objects.create(space=space, leader=late)
    branch = split(talk, dara, start=8)
    assert not any(thread.is_new for thread in reading.listed(late))
    Post.objects.filter(thread=branch, number=3).update(created_at=timezone.now() + timedelta(hours=1))
    assert unread(late) == {"Post 10"}


def test_levels_come_along(talk, gil, ana, ben, dara):
    levels.follow(talk, by=ana, level=Level.WATCHING)
    levels.follow(talk, by=ben, level=Level.MUTED)
    levels.follow(talk, by=gil, level=None)
    branch = split(talk, dara, start=8)
    kept = dict(Reading.objects.filter(thread=branch).values_list("leader__handle", "level"))
    assert kept == {"ana": "watching", "ben": "muted", "gil": None}


def test_a_reply_that_crossed_a_split_is_not_overtaken(talk, ana, ben, dara):
    split(talk, dara, start=8)
    assert threads.reply(talk, by=ben, body="And", uuid=uuid.uuid4(), seen=10).number == 11


# --- Notices and mail -----------------------------------------------------------------------------------


def badge(leader):
    return Notice.objects.visible_to(leader).unread()


def test_unread_replies_are_told_where_they_are_now(talk, gil, dara):
    levels.follow(talk, by=gil, level=Level.WATCHING)
    reading.mark_read(talk, by=gil, first=1, last=5)
    for post in talk.posts.filter(number__gt=5):
        announcements._tell_watchers(post, {gil.pk})
    assert badge(gil).count() == 1
    branch = split(talk, dara, start=8)
    seen = {notice.thread: notice.replies for notice in badge(gil).with_replies(gil)}
    assert seen == {talk: 2, branch: 3}
    assert {notice.thread: notice.post.body for notice in badge(gil)} == {talk: "Post 6", branch: "Post 8"}


def test_no_line_is_made_of_replies_that_were_read(talk, gil, dara):
    levels.follow(talk, by=gil, level=Level.WATCHING)
    for post in talk.posts.filter(number__gt=5):
        announcements._tell_watchers(post, {gil.pk})
    reading.mark_read(talk, by=gil, first=1, last=8)
    branch = split(talk, dara, numbers=[6, 7, 8])
    assert not Notice.objects.filter(leader=gil, thread=branch).exists()
    assert [notice.thread for notice in badge(gil)] == [talk]
    assert badge(gil).with_replies(gil).get().post.body == "Post 9"


def test_a_mention_is_told_where_it_is_now(space, ana, ben, dara):
    talk = make_thread(space, ana)
    post = make_reply(talk, ana, "What do you think, @ben?")
    errands.run()
    branch = split(talk, dara, numbers=[2])
    assert badge(ben).get(kind="mention").thread == branch
    reading.mark_read(branch, by=ben, first=1, last=1)
    assert not badge(ben).filter(kind="mention").exists()
    assert post.thread == talk


def test_the_authors_are_told_once_each(browse, talk, ana, ben, gil, dara):
    split(talk, dara, numbers=[2, 3, 5])
    errands.run()
    told = {notice.leader: notice.words for notice in Notice.objects.filter(kind="moderation")}
    assert told == {
        ana: "A moderator has moved posts of your thread to a new thread. The reason: It is another subject.",
        ben: "A moderator has moved posts of yours to a new thread. The reason: It is another subject.",
    }
    assert browse(ben).get(f"/notices/{Notice.objects.get(leader=ben).pk}/").url.endswith("/rotas-in-summer/")


def test_no_post_is_mailed_twice_for_a_split(sink, talk, gil, dara):
    preferences.choose_digest(gil, "daily", source="joining", digest_weekday=0, digest_hour=7)
    Reading.objects.create(leader=gil, thread=talk, read_up_to=4)
    assert digest.send_by_hand(gil).item_count == 6
    split(talk, dara, numbers=[3, 6, 9])
    assert digest.send_by_hand(gil).state == "skipped"


# --- Who may, and what is refused -----------------------------------------------------------------------


def test_the_decision_says_what_went_where(talk, dara):
    branch = split(talk, dara, numbers=[2, 3, 9])
    decision = Decision.objects.get()
    assert (decision.verb, decision.thread, decision.by) == ("split", talk, dara)
    assert decision.detail == {
        "title": "Rotas in summer",
        "to": branch.pk,
        "first": 1,
        "last": 3,
        "runs": [[2, 3, 1], [9, 9, 3]],
    }


def test_members_do_not_split(talk, ana, cleo):
    for leader in (ana, cleo):
        with pytest.raises(PermissionDenied, match="Only the moderators"):
            moderation.split(talk, by=leader, start=8, **WHY)
    assert Thread.objects.count() == 1


def test_the_first_post_stays(talk, dara):
    for which in ({"start": 1}, {"numbers": [1, 2]}):
        with pytest.raises(PermissionDenied, match="The first post stays"):
            moderation.split(talk, by=dara, **which, **WHY)
    assert not Decision.objects.exists()


def test_a_thread_of_nothing_but_hidden_posts_is_not_made(talk, dara):
    moderation.hide(talk.posts.get(number=9), by=dara, reason="It names a patient.")
    with pytest.raises(PermissionDenied, match="not hidden"):
        moderation.split(talk, by=dara, numbers=[9], **WHY)


def test_who_took_a_post_back_is_not_told_by_a_split(browse, talk, ana, ben, dara, settings):
    settings.UNDO_SEND_SECONDS = 60
    taken_back = make_reply(talk, ben, "Oh no")
    threads.withdraw(taken_back, by=ben)
    make_reply(talk, ana, "Post 12")
    settings.UNDO_SEND_SECONDS = 0
    html = browse(dara).get(f"/threads/{talk.pk}/split/?from=11").content.decode()
    assert "#11 (taken back by its author)" in html
    branch = split(talk, dara, start=11)
    errands.run()
    assert branch.author == ana
    assert not Notice.objects.filter(leader=ben, kind="moderation").exists()


def test_a_hidden_thread_is_not_split_into_the_light(talk, dara):
    moderation.hide(talk, by=dara, reason="It went wrong.")
    with pytest.raises(PermissionDenied, match="is hidden"):
        moderation.split(talk, by=dara, start=2, **WHY)


def test_what_another_moderator_split_off_cannot_be_split_off_again(talk, dara):
    split(talk, dara, start=8)
    for which in ({"numbers": [7, 8]}, {"start": 8}):
        with pytest.raises(Conflict, match="no longer in this thread"):
            moderation.split(talk, by=dara, **which, **WHY)
    assert (Decision.objects.count(), Thread.objects.count()) == (1, 2)


# --- The door -------------------------------------------------------------------------------------------


def send(browse, leader, talk, **typed):
    typed = {"extent": "onward", "start": "8", "kind": "discussion", **WHY, **typed}
    return browse(leader).post(f"/threads/{talk.pk}/split/", typed)


def test_a_moderator_splits_from_a_post_on(browse, talk, dara):
    html = browse(dara).get(f"/threads/{talk.pk}/split/?from=8").content.decode()
    assert 'value="8"' in html
    assert "#9 Ana Brook: Post 9" in html
    assert "#7 Ana Brook" not in html
    sent = send(browse, dara, talk)
    assert sent.url == Thread.objects.get(title="Rotas in summer").get_absolute_url()


def test_a_moderator_ticks_posts(browse, talk, dara):
    send(browse, dara, talk, extent="ticked", numbers=["3", "5"])
    assert numbers(talk) == [1, 2, 4, 6, 7, 8, 9, 10]


def test_the_door_is_for_moderators(browse, talk, ana, cleo):
    assert send(browse, ana, talk).status_code == 403
    assert send(browse, cleo, talk).status_code == 404
    assert numbers(talk) == list(range(1, 11))


def test_of_two_moderators_the_second_is_told_and_keeps_the_words(browse, talk, dara):
    split(talk, dara, start=8)
    late = send(browse, dara, talk, reason="What I typed.")
    assert late.status_code == 409
    assert "no longer in this thread" in late.content.decode()
    assert "What I typed." in late.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"start": ""}, "Write the number of the post."),
        ({"start": "1"}, "The first post stays"),
        ({"extent": "ticked"}, "Tick at least one post."),
        ({"extent": "ticked", "numbers": ["x"]}, "Select a valid choice"),
        ({"extent": "ticked", "numbers": [str(n) for n in range(2, 1200)]}, "1,000 posts at most"),
        ({"extent": ""}, "Choose which posts."),
        ({"title": "...."}, "in words"),
        ({"reason": " "}, "Give a reason."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_words(browse, talk, dara, typed, sentence):
    refused = send(browse, dara, talk, **typed)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert "Rotas in summer" in refused.content.decode() or "title" in typed
    assert Thread.objects.count() == 1


def test_an_edit_of_a_post_that_was_split_off_meanwhile_is_saved(browse, talk, ben, dara):
    post = talk.posts.get(number=8)
    branch = split(talk, dara, start=8)
    sent = browse(ben).post(f"/posts/{post.pk}/edit/", {"body": "Better", "version": 1})
    assert sent.url == branch.address_of(1)
