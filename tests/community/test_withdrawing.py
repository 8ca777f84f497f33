"""“Sent. Undo”: for a minute nobody is told of a post, and its author can take it back."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.utils import timezone

from community import drafts, errands, moderation, posts, reading, threads, well_done
from community.finding import search
from community.mail import digest, editions
from community.models import (
    Draft,
    Errand,
    FormerTitle,
    Mention,
    Notice,
    Post,
    Quote,
    Revision,
    Thread,
    WellDone,
)
from community.models.waiting import count_unread
from community.sockets import live
from tests.making import make_reply, make_thread
from tests.processes import until

OVER = "is over"


@pytest.fixture(autouse=True)
def a_minute(settings, no_waiting):
    settings.UNDO_SEND_SECONDS = 60


@pytest.fixture
def thread(thread):
    """Ana's thread, which everybody has heard of long ago."""
    long_ago = timezone.now() - timedelta(hours=2)
    thread.posts.update(created_at=long_ago, announced_at=long_ago)
    Errand.objects.all().delete()
    return thread


@pytest.fixture
def reply(thread, ben):
    return make_reply(thread, ben, "xylophone")


def a_minute_passes(*written):
    """Everything was written, and promised, a minute earlier."""
    for post in written:
        Post.objects.filter(pk=post.pk).update(created_at=post.created_at - timedelta(seconds=61))
        post.refresh_from_db()
    Errand.objects.update(due_at=timezone.now())


def text(response) -> str:
    return response.content.decode()


# --- Nobody is told for a minute -------------------------------------------------------------------------


def test_it_stands_on_the_page_at_once_and_nobody_is_told(browse, ana, thread, reply):
    assert errands.run() == 0
    assert not Notice.objects.exists()
    assert "xylophone" in text(browse(ana).get(f"{thread.get_absolute_url()}?page=1"))
    a_minute_passes(reply)
    assert errands.run() == 1
    assert Notice.objects.with_replies(ana).get(leader=ana).replies == 1


def test_whoever_is_mentioned_hears_of_it_after_the_minute(ana, ben, thread):
    post = make_reply(thread, ana, "What does @ben think?")
    assert errands.run() == 0
    a_minute_passes(post)
    errands.run()
    assert Notice.objects.get(leader=ben).kind == "mention"


def test_a_mention_that_an_edit_adds_within_the_minute_waits_too(ana, ben, thread):
    post = make_reply(thread, ana, "What does he think?")
    threads.edit(post, by=ana, body="What does @ben think?", version=1)
    assert errands.run() == 0
    a_minute_passes(post)
    errands.run()
    assert Notice.objects.filter(leader=ben).count() == 1


def test_a_later_edit_is_told_at_once(ana, ben, thread):
    post = make_reply(thread, ana)
    a_minute_passes(post)
    errands.run()
    threads.edit(post, by=ana, body="What does @ben think?", version=1)
    assert errands.run() == 1
    assert Notice.objects.filter(leader=ben, kind="mention").count() == 1


def test_an_older_notice_does_not_count_it(ana, ben, thread):
    first = make_reply(thread, ben)
    a_minute_passes(first)
    errands.run()
    make_reply(thread, ben)
    assert Notice.objects.with_replies(ana).get(leader=ana).replies == 1
    thread.refresh_from_db()
    reading.mark_read(thread, by=ana, first=1, last=2)
    assert not Notice.objects.visible_to(ana).unread().exists()


def test_the_badge_counts_it_when_the_minute_is_over(ana, ben, thread):
    assert count_unread(ana) == 0
    first = make_reply(thread, ben)
    assert count_unread(ana) == 0
    a_minute_passes(first)
    errands.run()
    assert count_unread(ana) == 1
    thread.refresh_from_db()
    reading.mark_read(thread, by=ana, first=1, last=2)
    make_reply(thread, ben)
    assert count_unread(ana) == 0


def test_a_digest_in_that_minute_leaves_it_to_the_next(ana, ben, thread, reply):
    assert editions.compose([ana])[ana.pk].count == 0
    a_minute_passes(reply)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=reply.created_at)
    assert editions.compose([ana])[ana.pk].count == 1


# --- Taking it back --------------------------------------------------------------------------------------


def test_the_author_takes_a_reply_back_and_has_the_words_again(browse, ana, ben, thread, reply):
    page = text(browse(ben).get(f"{thread.get_absolute_url()}?page=1"))
    assert "Undo" in page
    assert f"/posts/{reply.pk}/withdraw/" in page
    answer = browse(ben).post(f"/posts/{reply.pk}/withdraw/", follow=True)
    assert "xylophone</textarea>" in text(answer)
    assert "No notice of it went out" in text(answer)
    assert "Taken back by its author." in text(answer)
    draft = Draft.objects.get()
    assert (draft.leader, draft.key, draft.body) == (ben, f"reply:{thread.pk}", "xylophone")


def test_nobody_is_told_of_what_was_taken_back(ana, ben, thread):
    post = make_reply(thread, ben, "@ana, look")
    threads.withdraw(post, by=ben)
    a_minute_passes(post)
    errands.run()
    assert not Notice.objects.exists()
    assert editions.compose([ana])[ana.pk].count == 0


def test_the_words_leave_the_row_and_every_row_beside_it(ana, ben, thread):
    body = f"xylophone @ana\n\n> /posts/{thread.posts.get().pk}/\n> A beginning."
    post = make_reply(thread, ben, body)
    threads.edit(post, by=ben, body=body + " More.", version=1)
    threads.withdraw(post, by=ben)
    post.refresh_from_db()
    assert (post.body, post.body_html, post.search) == ("", "", "")
    for model in (Revision, Mention, Quote):
        assert not model.objects.exists()


@pytest.mark.parametrize("who", ["ana", "ben", "dara"])
def test_nobody_sees_it_any_more_moderators_neither(request, browse, ben, thread, reply, who):
    viewer = request.getfixturevalue(who)
    threads.withdraw(reply, by=ben)
    Draft.objects.all().delete()
    client = browse(viewer)
    for address in (thread.get_absolute_url() + "?page=1", f"/threads/{thread.pk}/posts/?first=1&last=9"):
        page = text(client.get(address))
        assert "xylophone" not in page
        assert "Taken back by its author." in page
        assert f'action="/posts/{reply.pk}/' not in page
    for address in ("history/", "edit/", "thank/", "report/"):
        assert client.get(f"/posts/{reply.pk}/{address}").status_code == 404
    assert client.get(f"/posts/{reply.pk}/").status_code == 302
    assert search.find("xylophone", by=viewer).is_empty
    assert not Post.objects.visible_to(viewer).filter(pk=reply.pk).exists()
    row = reading.listed(viewer).get(pk=thread.pk)
    assert (row.shown_count, row.last_post.number) == (1, 1)


def test_the_number_stays_taken_and_overtakes_nobody(ana, ben, thread, reply):
    threads.withdraw(reply, by=ben)
    post = threads.reply(thread, by=ana, body="On we go", uuid=uuid.uuid4(), seen=1)
    assert post.number == 3
    thread.refresh_from_db()
    assert (thread.last_number, thread.shown_count, thread.last_post) == (3, 2, post)


def test_a_reader_who_had_read_it_misses_nothing_that_follows(ana, ben, thread, reply):
    reading.mark_read(thread, by=ana, first=1, last=2)
    threads.withdraw(reply, by=ben)
    assert not reading.listed(ana).get(pk=thread.pk).is_new
    make_reply(thread, ben)
    row = reading.listed(ana).get(pk=thread.pk)
    assert (row.is_new, row.unread) == (True, 1)


def test_open_pages_hear_of_it(ben, thread, reply, monkeypatch, django_capture_on_commit_callbacks):
    pushed = []
    monkeypatch.setattr(live, "push", lambda topic, event: pushed.append((topic, event)))
    threads.withdraw(reply, by=ben)
    assert (f"thread:{thread.pk}", {"type": "post", "number": 2}) in pushed


def test_a_first_post_takes_its_thread_along(browse, ana, ben, dara, space):
    thread = make_thread(space, ana, title="Xylophones", body="Who plays?", kind="question")
    threads.rename(thread, by=ana, title="Glockenspiels", kind="question")
    answer = browse(ana).post(f"/posts/{thread.posts.get().pk}/withdraw/", follow=True)
    page = text(answer)
    assert 'value="Glockenspiels"' in page
    assert "Who plays?</textarea>" in page
    thread.refresh_from_db()
    assert (thread.title, thread.shown_count) == ("", 0)
    assert not FormerTitle.objects.exists()
    for viewer in (ana, ben, dara):
        client = browse(viewer)
        assert client.get(f"/threads/{thread.pk}/").status_code == 404
        assert "Glockenspiels" not in text(client.get("/spaces/north/"))
        assert search.find("Glockenspiels", by=viewer).is_empty


def test_sent_again_it_is_a_new_post(ben, thread, reply):
    draft = threads.withdraw(reply, by=ben)
    again = threads.reply(thread, by=ben, body=draft.body, uuid=uuid.uuid4(), base=draft.version)
    assert (again.number, again.body) == (3, "xylophone")
    assert not Draft.objects.exists()


def test_the_same_submission_again_brings_nothing_back(browse, ben, thread):
    form = uuid.uuid4()
    post = threads.reply(thread, by=ben, body="xylophone", uuid=form)
    threads.withdraw(post, by=ben)
    browse(ben).post(f"/threads/{thread.pk}/reply/", {"body": "xylophone", "uuid": form})
    assert threads.reply(thread, by=ben, body="xylophone", uuid=form) == post
    post.refresh_from_db()
    assert post.is_withdrawn
    assert Post.objects.filter(thread=thread).count() == 2
    assert Draft.objects.get().body == "xylophone"


def test_what_was_typed_since_stays_beside_it(ben, thread, reply):
    words = drafts.Words("The next thought")
    drafts.save("reply", thread.pk, by=ben, words=words, uuid=uuid.uuid4())
    draft = threads.withdraw(reply, by=ben)
    assert draft.body == "xylophone"
    assert draft.asides.get().body == "The next thought"


def test_pressed_twice_it_is_taken_back_once(browse, ben, thread, reply):
    for _ in range(2):
        assert browse(ben).post(f"/posts/{reply.pk}/withdraw/").status_code == 302
    assert Draft.objects.get().body == "xylophone"


# --- When it is too late ---------------------------------------------------------------------------------


def stands(post, draft=False):
    post.refresh_from_db()
    return post.body and not post.is_withdrawn and not Draft.objects.exists()


def test_after_the_minute_it_can_only_be_edited(browse, ben, reply):
    a_minute_passes(reply)
    with pytest.raises(PermissionDenied, match=OVER):
        threads.withdraw(reply, by=ben)
    answer = browse(ben).post(f"/posts/{reply.pk}/withdraw/")
    assert answer.status_code == 403
    assert OVER in text(answer)
    assert "Undo" not in text(browse(ben).get(f"{reply.thread.get_absolute_url()}?page=1"))
    assert stands(reply)


def test_not_after_somebody_replied(ana, ben, thread, reply):
    make_reply(thread, ana)
    with pytest.raises(PermissionDenied, match="Somebody has replied"):
        threads.withdraw(reply, by=ben)
    assert stands(reply)


def test_a_first_post_not_after_ones_own_reply(ana, space):
    thread = make_thread(space, ana)
    second = make_reply(thread, ana)
    with pytest.raises(PermissionDenied, match="Take that back first"):
        threads.withdraw(thread.posts.get(number=1), by=ana)
    threads.withdraw(second, by=ana)
    threads.withdraw(thread.posts.get(number=1), by=ana)
    assert not Thread.objects.visible_to(ana).exists()


def thanked(post, ana, dara, commons):
    posts.thank(post, by=ana)


def quoted_elsewhere(post, ana, dara, commons):
    make_thread(commons, ana, body=f"> /posts/{post.pk}/\n> xylophone")


def reported(post, ana, dara, commons):
    moderation.report(post, by=ana, category="other", words="Hm")


def reported_and_dismissed(post, ana, dara, commons):
    case = moderation.report(post, by=ana, category="other", words="Hm").case
    moderation.dismiss(case, by=dara, reason="It stands")


@pytest.mark.parametrize("taken_up", [thanked, quoted_elsewhere, reported, reported_and_dismissed])
def test_not_after_somebody_took_it_up_and_no_word_of_how(ana, ben, dara, commons, reply, taken_up):
    taken_up(reply, ana, dara, commons)
    with pytest.raises(PermissionDenied) as refusal:
        threads.withdraw(reply, by=ben)
    assert str(refusal.value) == "This post cannot be taken back any more. You can still edit it."
    assert stands(reply)


def test_the_page_does_not_show_that_it_was_reported(browse, ana, ben, reply):
    moderation.report(reply, by=ana, category="other", words="Hm")
    assert "Undo" in text(browse(ben).get(f"{reply.thread.get_absolute_url()}?page=1"))


def test_what_a_moderator_hid_stays_with_the_moderators(ben, dara, reply):
    moderation.hide(reply, by=dara, reason="Names a patient")
    with pytest.raises(PermissionDenied):
        threads.withdraw(reply, by=ben)
    assert stands(reply)


def test_a_moderator_cannot_bring_it_back(ben, dara, thread, reply):
    threads.withdraw(reply, by=ben)
    reply.refresh_from_db()
    with pytest.raises(PermissionDenied, match="taken it back"):
        moderation.restore(reply, by=dara, reason="Why not")
    with pytest.raises(PermissionDenied):
        moderation.report(reply, by=dara, category="other")


@pytest.mark.parametrize("who", ["ana", "cleo", "dara", "finn"])
def test_only_its_author_takes_a_post_back(request, browse, reply, who):
    other = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied, match="Only its author"):
        threads.withdraw(reply, by=other)
    client = browse(other)
    assert client.post(f"/posts/{reply.pk}/withdraw/").status_code == 404
    assert client.post("/posts/99999999/withdraw/").status_code == 404
    assert stands(reply)


def test_looking_takes_nothing_back(browse, ben, reply):
    assert browse(ben).get(f"/posts/{reply.pk}/withdraw/").status_code == 405
    assert stands(reply)


def test_without_a_minute_nothing_can_be_taken_back(browse, ben, reply, settings):
    settings.UNDO_SEND_SECONDS = 0
    with pytest.raises(PermissionDenied, match=OVER):
        threads.withdraw(reply, by=ben)
    assert "Undo" not in text(browse(ben).get(f"{reply.thread.get_absolute_url()}?page=1"))


@pytest.mark.django_db(transaction=True)
def test_a_reply_and_an_undo_at_once_never_lose_both(ana, ben, thread):
    for _ in range(5):
        post = make_reply(thread, ben, "Or not")

        def act(turn, post=post):
            try:
                if turn:
                    make_reply(thread, ana, "I answer")
                else:
                    threads.withdraw(post, by=ben)
            except PermissionDenied:
                return "refused"
            finally:
                connections.close_all()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(act, (0, 1)))[1] == "done"
    thread.refresh_from_db()
    assert thread.shown_count == thread.posts.filter(hidden_at=None).count()


def test_a_digest_by_hand_waits_for_posts_of_the_last_minute(ana, reply):
    assert 0 < digest.pause_until_told(ana) <= 60
    a_minute_passes(reply)
    assert digest.pause_until_told(ana) == 0


TAKEN_UP = {
    "thanks": lambda post, ben: posts.thank(post, by=ben),
    "well done": lambda post, ben: well_done.say(
        post.author, by=ben, words="For this.", uuid=uuid.uuid4(), about=post
    ),
    "a quote": lambda post, ben: make_reply(
        make_thread(post.space, ben), ben, f"> /posts/{post.pk}/\n\nSo true."
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", TAKEN_UP)
def test_nothing_stands_on_a_post_that_is_just_being_taken_back(ana, ben, thread, how):
    post = make_reply(thread, ana, "Too early.")
    emptied, go_on = threading.Event(), threading.Event()

    def take_back():
        with transaction.atomic():
            threads.withdraw(post, by=ana)
            emptied.set()
            go_on.wait(60)
        connections.close_all()

    def take_up():
        try:
            TAKEN_UP[how](post, ben)
        except PermissionDenied as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        taking_back = pool.submit(take_back)
        emptied.wait(60)
        taking_up = pool.submit(take_up)
        until(_somebody_waits)
        go_on.set()
        taking_back.result(60)
        assert taking_up.result(60)
    post.refresh_from_db()
    assert post.is_withdrawn
    assert not post.thanks.exists()
    assert not post.quoted_by.exists()
    assert not WellDone.objects.filter(post=post).exists()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None
