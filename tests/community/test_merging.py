"""A thread becomes part of another: where its words are then, who reads them, and what nobody loses."""

import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from community import answers, errands, integrity, levels, moderation, posts, reading, threads
from community.models import (
    Case,
    Decision,
    Draft,
    Level,
    Notice,
    Post,
    Reading,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
    Thread,
)
from community.permissions import Conflict
from community.telling import announcements
from tests.cast import make_leader
from tests.making import make_reply, make_talk, make_thread

WHY = "They are about the same."


@pytest.fixture
def a(space, ana, ben):
    return lively(space, ana, ben, "Saying no kindly", "A", 5)


@pytest.fixture
def b(space, ana, ben):
    return lively(space, ben, ana, "Saying no again", "B", 4)


def lively(space, first, second, title, letter, last):
    """A thread with posts such as B1, B2, B3, read by nobody."""
    thread = make_talk(space, first, second, last, title, words=letter + "{}")
    Reading.objects.all().delete()
    return thread


@pytest.fixture
def gil(space, commons):
    gil = make_leader("Gil Harte")
    SpaceMembership.objects.create(space=space, leader=gil)
    return gil


def merge(thread, into, dara):
    decision = moderation.merge(thread, into=into, by=dara, reason=WHY)
    assert list(integrity.findings()) == []
    thread.refresh_from_db()
    into.refresh_from_db()
    return decision


def bodies(thread):
    return list(thread.posts.order_by("number").values_list("body", flat=True))


def unread(leader):
    """The posts that are new to a leader."""
    found = set()
    for thread in reading.with_first_unread(leader, Thread.objects.visible_to(leader)):
        new = thread.posts.filter(number__gt=thread.mark, hidden_at=None).exclude(author=leader)
        found |= set(new.values_list("body", flat=True))
    return found


def mark(leader, thread, number):
    Reading.objects.update_or_create(
        leader=leader, thread=thread, defaults={"read_up_to": number, "set_back_at": timezone.now()}
    )


# --- Where the words are --------------------------------------------------------------------------------


def test_its_posts_stand_behind_those_of_the_other(a, b, ana, dara):
    decision = merge(b, a, dara)
    assert bodies(a) == ["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4"]
    assert (a.last_number, a.shown_count, a.last_post.body) == (9, 9, "B4")
    assert (b.merged_into, b.shown_count, b.last_post) == (a, 0, None)
    assert decision.detail == {
        "source": a.space.pk,
        "target": a.space.pk,
        "to": a.pk,
        "first": 6,
        "last": 9,
        "runs": [[1, 4, 6]],
    }
    assert make_reply(a, ana).number == 10


def test_a_merge_after_a_split_says_only_what_it_carried_itself(a, dara):
    split = moderation.split(a, numbers=[2, 3], title="Apart", by=dara, reason=WHY)
    apart = Thread.objects.get(pk=split.detail["to"])
    detail = merge(a, apart, dara).detail
    assert (detail["first"], detail["last"]) == (3, 5)
    assert detail["runs"] == [[1, 1, 3], [4, 5, 4]]


def test_no_list_shows_it_any_more(browse, a, b, ben, dara):
    merge(b, a, dara)
    for leader in (ben, dara):
        for address in ("/spaces/north/", "/search/?q=again", "/"):
            assert b.title not in browse(leader).get(address).content.decode()
    assert [thread.pk for thread in reading.listed(ben)] == [a.pk]


def test_its_address_leads_to_its_words_for_whoever_may_see_them(browse, a, b, ben, cleo, dara):
    old = b.get_absolute_url()
    merge(b, a, dara)
    for address in (old, f"/threads/{b.pk}/", f"{old}?page=1", f"{old}?page=0", f"{old}?page=x"):
        assert browse(ben).get(address).url == a.address_of(6)
    assert browse(cleo).get(old).status_code == 404
    moderation.hide(a, by=dara, reason="It went wrong.")
    assert browse(ben).get(old).status_code == 404


def test_a_later_page_of_it_leads_to_where_that_is_now(browse, a, ana, ben, dara, space):
    long = lively(space, ana, ben, "A long one", "L", 45)
    old = long.get_absolute_url()
    merge(long, a, dara)
    assert browse(ben).get(f"{old}?page=3").url == a.address_of(5 + 41)


def test_links_to_posts_go_on_working(browse, a, b, ben, dara):
    post = b.posts.get(number=3)
    merge(b, a, dara)
    assert browse(ben).get(post.get_absolute_url()).url == a.address_of(8)


def test_a_merge_into_a_merged_thread_is_followed_to_its_end(browse, a, b, ana, ben, dara, space):
    c = lively(space, ana, ben, "A third one", "C", 2)
    merge(b, a, dara)
    merge(a, c, dara)
    assert bodies(c) == ["C1", "C2", "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4"]
    assert browse(ben).get(b.get_absolute_url()).url == c.address_of(8)


def test_what_was_split_off_can_be_merged_back(browse, a, ben, dara):
    branch = Thread.objects.get(
        pk=moderation.split(a, by=dara, reason=WHY, title="A branch", numbers=[2, 4]).detail["to"]
    )
    a.refresh_from_db()
    merge(branch, a, dara)
    assert bodies(a) == ["A1", "A3", "A5", "A2", "A4"]
    html = browse(ben).get(a.get_absolute_url() + "?page=1").content.decode()
    assert "1 post was moved" in html
    assert f'href="{a.address_of(6)}">further down</a>' in html


def test_an_answer_survives(a, b, ana, ben, dara):
    Thread.objects.update(kind="question")
    answer = b.posts.get(number=2)
    answers.mark_answer(answer, by=ben)
    for thread in (a, b):
        thread.refresh_from_db()
    merge(b, a, dara)
    assert (a.answer, a.answer_marked_by, b.answer) == (answer, ben, None)


def test_the_answer_that_was_there_stays_the_answer(a, b, ana, ben, dara):
    Thread.objects.update(kind="question")
    answers.mark_answer(b.posts.get(number=2), by=ben)
    answer = a.posts.get(number=2)
    answers.mark_answer(answer, by=ana)
    merge(Thread.objects.get(pk=b.pk), Thread.objects.get(pk=a.pk), dara)
    assert Thread.objects.get(pk=a.pk).answer == answer


def test_hidden_posts_stay_hidden_and_open_cases_open(a, b, ana, ben, dara):
    moderation.hide(b.posts.get(number=2), by=dara, reason="It names a patient.")
    case = moderation.report(b.posts.get(number=3), by=ana, category="spam").case
    merge(b, a, dara)
    assert not Post.objects.visible_to(ben).filter(body="B2").exists()
    assert a.shown_count == 8
    assert Case.objects.get(pk=case.pk).is_open


# --- What everybody has read ----------------------------------------------------------------------------

MARKS = [
    # marks in both before (None: never opened); the mark after; what is new after
    ((5, 4), 9, set()),
    ((5, 2), 7, {"B3", "B4"}),
    ((5, 0), 5, {"B1", "B2", "B3", "B4"}),
    ((5, None), 5, {"B1", "B2", "B3", "B4"}),
    ((3, 4), 3, {"A4", "A5", "B1", "B2", "B3", "B4"}),
    ((3, 0), 3, {"A4", "A5", "B1", "B2", "B3", "B4"}),
    ((0, 4), 0, {"A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4"}),
    ((None, 4), 0, {"A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4"}),
]


@pytest.mark.parametrize(("before", "after", "new"), MARKS)
def test_everybody_keeps_their_place(a, b, gil, dara, before, after, new):
    for thread, number in zip((a, b), before, strict=True):
        if number is not None:
            mark(gil, thread, number)
    merge(b, a, dara)
    assert Reading.objects.get(leader=gil, thread=a).read_up_to == after
    assert unread(gil) == new
    assert reading.listed(gil).get().unread == len(new)


def test_no_unread_post_is_ever_lost(a, gil, ana, ben, dara, space):
    """Any marks in any two threads: what was new is still new, and no mark falls."""
    chance = random.Random(11)
    people = (gil, ana, ben)
    for round in range(15):
        other = lively(space, ana, ben, "Another", f"R{round}-", chance.randint(1, 5))
        a.refresh_from_db()
        for leader in people:
            for thread in (a, other):
                if chance.random() < 0.9:
                    everything = chance.random() < 0.5
                    mark(
                        leader,
                        thread,
                        thread.last_number if everything else chance.randint(0, thread.last_number),
                    )
        was_new = {leader: unread(leader) for leader in people}
        marks = dict(Reading.objects.filter(thread=a).values_list("leader", "read_up_to"))
        had_all = {leader: marks.get(leader.pk) == a.last_number for leader in people}
        merge(other, a, dara)
        for leader in people:
            assert unread(leader) >= was_new[leader]
            if had_all[leader]:
                assert unread(leader) == was_new[leader]
        now = dict(Reading.objects.filter(thread=a).values_list("leader", "read_up_to"))
        assert all(now[leader] >= number for leader, number in marks.items())


def test_whoever_joined_between_loses_nothing_new(a, b, space, ana, dara):
    late = make_leader("Lea Noon")
    SpaceMembership.objects.create(space=space, leader=late)
    late.joined_at = timezone.now()
    late.save()
    Post.objects.update(created_at=timezone.now() - timedelta(days=2))
    Thread.objects.update(created_at=timezone.now() - timedelta(days=2))
    Post.objects.filter(body="A5").update(created_at=timezone.now() + timedelta(hours=1))
    assert unread(late) == {"A5"}
    merge(b, a, dara)
    assert "A5" in unread(late)


LEVELS = [
    (None, "watching", "watching"),
    (None, "muted", "muted"),
    ("normal", "watching", "watching"),
    ("normal", "muted", "normal"),
    ("watching", "muted", "watching"),
    ("muted", "watching", "muted"),
]


@pytest.mark.parametrize(("here", "there", "after"), LEVELS)
def test_the_more_attentive_level_holds_unless_muted(a, b, gil, dara, here, there, after):
    levels.follow(a, by=gil, level=here)
    levels.follow(b, by=gil, level=there)
    merge(b, a, dara)
    assert Reading.objects.get(leader=gil).level == after


def test_whoever_watched_it_watches_the_other(a, b, gil, dara):
    levels.follow(b, by=gil, level=Level.WATCHING)
    merge(b, a, dara)
    assert Reading.objects.get(leader=gil, thread=a).level == Level.WATCHING


# --- Notices --------------------------------------------------------------------------------------------


def badge(leader):
    return Notice.objects.visible_to(leader).unread()


def test_unread_replies_in_both_are_one_line(a, b, gil, dara):
    for thread in (a, b):
        levels.follow(thread, by=gil, level=Level.WATCHING)
        mark(gil, thread, 2)
        for post in thread.posts.filter(number__gt=2):
            announcements._tell_watchers(post, {gil.pk})
    assert badge(gil).count() == 2
    merge(b, a, dara)
    assert [(notice.thread, notice.replies) for notice in badge(gil).with_replies(gil)] == [(a, 7)]


def test_mentions_and_decisions_are_told_where_they_are_now(a, b, ana, ben, dara):
    make_reply(b, ana, "What do you think, @ben?")
    moderation.pin(b, by=dara, reason="Read me.")
    errands.run()
    merge(b, a, dara)
    assert {notice.thread for notice in Notice.objects.filter(leader=ben)} == {a}


def test_the_authors_are_told_once_each(browse, a, b, ana, ben, dara):
    merge(b, a, dara)
    errands.run()
    assert {notice.leader: notice.words for notice in Notice.objects.filter(kind="moderation")} == {
        ben: f"A moderator has merged your thread into another one. The reason: {WHY}",
        ana: f"A moderator has merged a thread with posts of yours into another one. The reason: {WHY}",
    }
    assert browse(ben).get(f"/notices/{Notice.objects.get(leader=ben).pk}/").url == a.get_absolute_url()


# --- Between spaces -------------------------------------------------------------------------------------


def test_it_goes_only_to_where_nobody_reads_it_who_could_not_before(a, ana, ben, cleo, dara, commons):
    talk = lively(commons, cleo, ana, "Open to all", "C", 2)
    with pytest.raises(PermissionDenied, match="could not read it before"):
        merge(a, talk, dara)
    merge(talk, a, dara)
    assert bodies(a)[-2:] == ["C1", "C2"]
    assert set(a.posts.values_list("space", flat=True)) == {a.space_id}


def test_who_cannot_read_it_there_sees_nothing_of_it(browse, a, ana, ben, cleo, dara, commons):
    talk = lively(commons, cleo, ana, "Open to all", "C", 2)
    post = talk.posts.get(number=1)
    case = moderation.report(talk.posts.get(number=2), by=cleo, category="spam").case
    merge(talk, a, dara)
    errands.run()
    for address in (
        talk.get_absolute_url(),
        f"/threads/{talk.pk}/posts/?first=1&last=1",
        post.get_absolute_url(),
        f"/posts/{post.pk}/history/",
    ):
        assert browse(cleo).get(address).status_code == 404
    sent = browse(cleo).post(f"/threads/{talk.pk}/reply/", {"body": "Hm", "uuid": uuid.uuid4()})
    assert sent.status_code == 404
    told = Notice.objects.get(leader=cleo, kind="moderation")
    assert a.title not in told.words
    assert browse(cleo).get(f"/notices/{told.pk}/").url == commons.get_absolute_url()
    assert a.title not in browse(cleo).get("/notices/").content.decode()
    case.refresh_from_db()
    assert case.space == a.space


def test_nothing_leaves_a_sealed_space(a, ana, dara):
    sealed = Space.objects.create(
        name="Quiet", slug="quiet", kind=SpaceKind.SEALED, description="Here only.", mail_rule="nothing"
    )
    for leader in (ana, dara):
        SpaceMembership.objects.create(space=sealed, leader=leader, role=SpaceRole.MODERATOR)
        sealed.terms_accepted.create(leader=leader)
    with pytest.raises(PermissionDenied, match="stays there"):
        merge(make_thread(sealed, ana), a, dara)
    one, two = make_thread(sealed, ana), make_thread(sealed, ana)
    merge(one, two, dara)


def test_only_who_moderates_both_merges(a, b, ana, cleo, dara, commons, space):
    talk = make_thread(commons, cleo)
    SpaceMembership.objects.filter(space=space, leader=dara).update(role=SpaceRole.MEMBER)
    for thread, into, leader in ((talk, a, dara), (a, talk, dara), (a, b, ana), (a, b, cleo)):
        with pytest.raises(PermissionDenied, match="Only the moderators"):
            moderation.merge(thread, into=into, by=leader, reason=WHY)
    assert not Decision.objects.exists()


def test_neither_itself_nor_what_is_hidden(a, b, dara):
    with pytest.raises(PermissionDenied, match="into itself"):
        moderation.merge(a, into=Thread.objects.get(pk=a.pk), by=dara, reason=WHY)
    moderation.hide(b, by=dara, reason="It went wrong.")
    for thread, into in ((a, b), (b, a)):
        with pytest.raises(PermissionDenied, match="is hidden"):
            moderation.merge(thread, into=into, by=dara, reason=WHY)


# --- While somebody was busy with it ---------------------------------------------------------------------


def test_a_reply_meant_for_it_is_kept_and_shown_where_it_would_stand(browse, a, b, gil, dara):
    merge(b, a, dara)
    late = browse(gil).post(
        f"/threads/{b.pk}/reply/", {"body": "What I typed", "uuid": uuid.uuid4(), "seen": 4}
    )
    html = late.content.decode()
    assert late.status_code == 409
    assert "was merged into another one while you wrote" in html
    assert "What I typed" in html
    assert f'action="/threads/{a.pk}/reply/' in html
    assert a.posts.count() == 9
    with pytest.raises(threads.Merged):
        threads.reply(b, by=gil, body="What I typed", uuid=uuid.uuid4())


def test_a_draft_of_a_reply_comes_along(browse, a, b, ana, ben, gil, dara):
    for leader, thread, body in ((gil, b, "Half a"), (ana, b, "One"), (ana, a, "Two")):
        Draft.objects.create(leader=leader, kind="reply", target=thread.pk, body=body, version=1)
    merge(b, a, dara)
    drafts = set(Draft.objects.values_list("leader__handle", "target", "body"))
    assert drafts == {("gil", a.pk, "Half a"), ("ana", a.pk, "Two"), ("ana", b.pk, "One")}


def test_an_edit_of_a_post_of_it_is_saved(browse, a, b, ben, dara):
    post = b.posts.get(number=1)
    merge(b, a, dara)
    sent = browse(ben).post(f"/posts/{post.pk}/edit/", {"body": "Better", "version": 1})
    assert sent.url == a.address_of(6)
    assert posts.page(a, 1, viewer=ben)[5].body == "Better"


def test_open_pages_are_told_that_it_is_part_of_another(browse, a, b, ben, cleo, dara):
    merge(b, a, dara)
    assert browse(ben).get(f"/threads/{b.pk}/posts/?first=1&last=1").status_code == 410
    assert browse(cleo).get(f"/threads/{b.pk}/posts/?first=1&last=1").status_code == 404
    assert browse(ben).post(f"/threads/{b.pk}/seen/", {"first": 1, "last": 4}).status_code == 404


def test_every_other_decision_about_it_comes_too_late_and_keeps_its_words(browse, a, b, dara):
    merge(b, a, dara)
    for verb in ("close", "hide", "pin", "merge", "split"):
        typed = {"reason": "What I typed.", "into": a.pk, "extent": "onward", "start": 2, "title": "A title"}
        late = browse(dara).post(f"/threads/{b.pk}/{verb}/", {"kind": "discussion", **typed})
        assert (verb, late.status_code) == (verb, 409)
        assert "was merged into another one meanwhile" in late.content.decode()
        assert "What I typed." in late.content.decode()
    assert Decision.objects.count() == 1


def test_nothing_is_merged_into_what_was_merged(a, b, ana, dara, space):
    merge(b, a, dara)
    with pytest.raises(Conflict, match="was merged into another"):
        moderation.merge(make_thread(space, ana), into=Thread.objects.get(pk=b.pk), by=dara, reason=WHY)


@pytest.mark.django_db(transaction=True)
def test_of_merges_replies_and_splits_at_once_nothing_is_torn(a, b, ana, ben, dara):
    def attempt(call):
        try:
            return call()
        except (PermissionDenied, threads.Overtaken) as refusal:
            return refusal
        finally:
            connections.close_all()

    def fresh(thread):
        return Thread.objects.get(pk=thread.pk)

    calls = [
        lambda: moderation.merge(fresh(a), into=fresh(b), by=dara, reason=WHY),
        lambda: moderation.merge(fresh(b), into=fresh(a), by=dara, reason=WHY),
        lambda: moderation.split(fresh(a), by=dara, reason=WHY, title="A branch", start=4),
        *[lambda: make_reply(fresh(a), ana)] * 3,
        *[lambda: make_reply(fresh(b), ben)] * 3,
        lambda: threads.edit(Post.objects.get(body="B1"), by=ben, body="B1!", version=1),
        lambda: reading.mark_read(fresh(a), by=ben, first=1, last=5),
        lambda: moderation.hide(Post.objects.get(body="B2"), by=dara, reason=WHY),
    ]
    with ThreadPoolExecutor(len(calls)) as pool:
        results = list(pool.map(attempt, calls))
    assert sum(isinstance(result, Decision) and result.verb == "merge" for result in results) == 1
    assert list(integrity.findings()) == []
    assert Post.objects.filter(body__startswith="A").count() >= 5


# --- The door -------------------------------------------------------------------------------------------


def test_a_moderator_finds_the_other_by_title_address_or_number(browse, a, b, dara, commons, cleo):
    elsewhere = make_thread(commons, cleo, "Saying no in public")
    door = f"/threads/{b.pk}/merge/"
    for words in ("kindly", f"https://example.org{a.get_absolute_url()}", str(a.pk), f"#{a.pk}"):
        html = browse(dara).get(door, {"q": words}).content.decode()
        assert a.title in html, words
        assert elsewhere.title not in html
    assert elsewhere.title not in browse(dara).get(door, {"q": "Saying"}).content.decode()
    assert "fits “zebra”" in browse(dara).get(door, {"q": "zebra"}).content.decode()


def test_a_moderator_merges(browse, a, b, dara):
    typed = {"q": "kindly", "into": a.pk, "reason": WHY}
    sent = browse(dara).post(f"/threads/{b.pk}/merge/", typed, follow=True)
    assert sent.redirect_chain[-1][0] == a.address_of(6)
    assert "The two threads are one now." in sent.content.decode()


def test_the_door_is_for_moderators_and_says_what_is_missing(browse, a, b, ana, cleo, dara, commons):
    elsewhere = make_thread(commons, cleo)
    typed = {"into": a.pk, "reason": WHY}
    assert browse(ana).post(f"/threads/{b.pk}/merge/", typed).status_code == 403
    assert browse(cleo).post(f"/threads/{b.pk}/merge/", typed).status_code == 404
    for wrong in ({"into": ""}, {"reason": ""}, {"into": elsewhere.pk}, {"into": b.pk}, {"into": "x"}):
        refused = browse(dara).post(f"/threads/{b.pk}/merge/", {**typed, **wrong})
        assert (wrong, refused.status_code) == (wrong, 422)
    assert not Decision.objects.exists()


def test_whoever_moves_very_many_posts_is_told_that_it_takes_a_while(a, b, dara, browse):
    address = f"/threads/{a.pk}/merge/?q={b.pk}"
    assert "half a minute" not in browse(dara).get(address).content.decode()
    Thread.objects.filter(pk=a.pk).update(last_number=50_000)
    for page in (address, f"/threads/{a.pk}/split/"):
        assert "This thread has 50,000 posts." in browse(dara).get(page).content.decode()
