"""What decides about a reply is asked once, under the lock: no right that ended meanwhile is used."""

import threading
import uuid as uuids
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import drafts, moderation, permissions, replying, tasks, threads
from community.models import Errand, Post, Reading, asking
from leaders.models import Leader
from tests.making import make_reply, make_thread
from tests.processes import until


@pytest.fixture
def thread(ana, space):
    return make_thread(space, ana, title="Rotas in winter")


def sent(client, thread, uuid=None, **fields):
    """The answer to a reply that a browser sends."""
    fields = {"body": "I tried it.", "uuid": str(uuid or uuids.uuid4()), "seen": thread.last_number, **fields}
    return client.post(f"/threads/{thread.pk}/reply/", fields)


def leave(leader):
    """Their membership of the cohort ended."""
    leader.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_a_right_that_ends_while_the_thread_is_awaited_is_not_used(ben, thread):
    outcomes = []

    def reply():
        try:
            outcomes.append(make_reply(thread, ben))
        except permissions.Unseen as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    waiting = threading.Thread(target=reply)
    with transaction.atomic():
        threads.locked(thread.pk)
        waiting.start()
        until(somebody_waits_for_a_lock)
        leave(ben)
    waiting.join(10)
    assert outcomes == ["Only members of this space can read it."]
    assert thread.posts.count() == 1


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


def test_to_whoever_may_not_see_a_thread_it_is_not_there(browse, ben, cleo, dara, space, thread):
    hidden = make_thread(space, thread.author)
    moderation.hide(hidden, by=dara, reason="Names somebody")
    closed = make_thread(space, thread.author)
    moderation.close(closed, by=dara, reason="Done")
    for leader, where, status in (
        (cleo, thread, 404),
        (cleo, closed, 404),
        (cleo, hidden, 404),
        (ben, hidden, 404),
        (ben, closed, 403),
        (dara, hidden, 403),
        (dara, closed, 302),
    ):
        assert sent(browse(leader), where).status_code == status
    assert sent(browse(ben), thread, body="").status_code == 422
    assert sent(browse(cleo), thread, body="").status_code == 404
    assert (
        browse(ben).post("/threads/987654321/reply/", {"body": "x", "uuid": uuids.uuid4()}).status_code == 404
    )
    assert Post.objects.filter(body="I tried it.").count() == 1


def test_a_repeat_tells_nothing_to_whoever_has_left(browse, ben, thread):
    uuid, client = uuids.uuid4(), browse(ben)
    first, again = sent(client, thread, uuid), sent(client, thread, uuid)
    assert first.url == again.url
    leave(ben)
    assert sent(client, thread, uuid).status_code == 404
    assert thread.posts.count() == 2


def test_a_repeat_after_a_merge_leads_to_where_the_post_is_now(browse, ben, dara, space, commons, thread):
    uuid, client = uuids.uuid4(), browse(ben)
    sent(client, thread, uuid)
    other = make_thread(space, dara, title="All about rotas")
    moderation.merge(thread, by=dara, into=other, reason="The same")
    assert "all-about-rotas" in sent(client, thread, uuid).url
    leave(ben)
    assert sent(client, thread, uuid).status_code == 404


def test_what_is_known_of_a_reply_is_what_the_rules_say(ana, ben, cleo, dara, eli, space, commons, thread):
    for _ in range(3):
        make_reply(thread, ana)
    make_reply(thread, ben)
    drafts.save("reply", thread.pk, by=ben, words=drafts.Words("Begun"), uuid=uuids.uuid4())
    for leader in (ana, ben, cleo, dara, eli):
        held = replying.hold(thread.pk, leader, uuids.uuid4(), seen=2)
        with asking.remembering(replying.known(held, leader)), CaptureQueriesContext(connection) as asked:
            verdict = permissions.may_reply(leader, held)
            moderates = permissions.may_moderate(leader, space)
            permissions.may_go_on_writing(leader)
        assert len(asked) == 0
        assert verdict == permissions.may_reply(leader, thread)
        assert moderates == permissions.may_moderate(leader, space)
        assert held.has_draft is (leader == ben)
        assert (held, held.space) == (thread, space)
        newer = held.newer, replying.first_newer(held, leader, 2)
        assert newer == {ana: (1, 5), ben: (2, 3)}.get(leader, (3, 3))
        assert (held.lately or 0) == Post.objects.filter(author=leader).count()
    assert replying.hold(thread.pk, dara, uuids.uuid4(), seen=None).newer is None
    mine = Post.objects.filter(author=ben).get()
    assert replying.hold(thread.pk, ben, mine.client_uuid, seen=None).sent == mine.pk
    assert replying.hold(thread.pk, ana, mine.client_uuid, seen=None).sent is None


def test_whoever_wrote_too_much_waits(ben, thread, monkeypatch):
    monkeypatch.setattr("community.permissions.limits.POSTS_AT_MOST", 2)
    make_reply(thread, ben)
    make_reply(thread, ben)
    with pytest.raises(PermissionDenied, match="very much"):
        make_reply(thread, ben)
    assert thread.posts.count() == 3


def test_a_reply_costs_few_statements(browse, ben, thread):
    client = browse(ben)
    sent(client, thread)
    sent(client, thread)
    with CaptureQueriesContext(connection) as asked:
        assert sent(client, thread).status_code == 302
    said = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    # Who I am; the thread, held, and what decides; the post in its thread, with the errand. My mark stays.
    assert len(said) == 3


def test_a_reply_is_stored_where_nothing_stays_prepared(browse, ben, thread, monkeypatch):
    monkeypatch.setattr(asking, "_may_prepare", lambda connection: False)
    client, uuid = browse(ben), uuids.uuid4()
    first, again = sent(client, thread, uuid), sent(client, thread, uuid)
    assert first.url == again.url
    assert thread.posts.get(author=ben).body == "I tried it."
    assert Errand.objects.filter(target=thread.posts.get(author=ben).pk).count() == 1
    other = sent(client, thread, seen=1, body="And 100% of us.")
    assert other.status_code == 302
    ana = sent(browse(thread.author), thread, seen=1)
    assert ana.status_code == 409


def test_a_mark_that_cannot_rise_is_not_looked_at(browse, ana, ben, thread):
    make_reply(thread, ana, "Another thought")
    make_reply(thread, ben)
    mark = Reading.objects.get(leader=ben)
    for is_behind, change in (
        (True, {"read_up_to": 1}),
        (False, {"read_up_to": 2}),
        (False, {"read_up_to": 1, "level": None}),
        (True, {"read_up_to": 0, "level": "normal", "set_back_at": timezone.now()}),
    ):
        Reading.objects.filter(pk=mark.pk).update(**{"level": "watching", "set_back_at": None} | change)
        assert replying.hold(thread.pk, ben, uuids.uuid4(), seen=3).is_behind is is_behind
    # What was said before he joined counts as read, so that his mark may rise.
    Leader.objects.filter(pk=ben.pk).update(joined_at=timezone.now() + timedelta(minutes=1))
    ben.refresh_from_db()
    Reading.objects.filter(pk=mark.pk).update(read_up_to=0, set_back_at=None)
    assert not replying.hold(thread.pk, ben, uuids.uuid4(), seen=3).is_behind


def test_what_is_stored_by_one_statement_is_what_its_model_says(ben, thread):
    post = make_reply(thread, ben, body="**Ours** went well")
    kept = Post.objects.get(pk=post.pk)
    for field in Post._meta.concrete_fields:
        if not field.generated:
            assert getattr(kept, field.attname) == getattr(post, field.attname)
    assert kept.body_html == "<p><strong>Ours</strong> went well</p>\n"
    thread.refresh_from_db()
    assert (thread.last_post, thread.last_post_at) == (kept, kept.created_at)
    assert (thread.last_number, thread.shown_count) == (2, 2)
    post.body = "Changed"
    post.save()
    assert thread.posts.count() == 2


def test_what_is_due_within_one_second_wakes_a_worker_once(monkeypatch):
    pauses, now = [], timezone.now().replace(microsecond=100_000) + timedelta(seconds=90)
    monkeypatch.setattr(tasks, "wake", lambda pause=0: pauses.append(pause))
    tasks._woken.clear()
    for later in (0, 200, 800, 950, 1_100):
        tasks.wake_at(now + timedelta(milliseconds=later))
    assert len(pauses) == 2
    assert all(pause > 88 for pause in pauses)
    tasks.wake_at(timezone.now())
    tasks.wake_at(timezone.now())
    assert pauses[2:] == [0, 0]
    tasks._woken.clear()


def test_nothing_is_promised_for_a_reply_that_was_refused(cleo, thread):
    before = Errand.objects.count()
    with pytest.raises(PermissionDenied):
        threads.reply(thread, by=Leader.objects.get(pk=cleo.pk), body="Hello", uuid=uuids.uuid4())
    assert Errand.objects.count() == before


# --- Without scripts: back to the form, and “Reply” once more ------------------------------------------


def said_again(client, thread, **more):
    form = {"body": "We met on Tuesdays.", "uuid": uuids.uuid4(), "plain": "1", **more}
    return client.post(f"/threads/{thread.pk}/reply/", form)


def test_whoever_comes_back_to_a_form_is_asked_before_the_same_words_stand_twice(browse, ben, thread):
    client = browse(ben)
    assert said_again(client, thread).status_code == 302
    answer = said_again(client, thread)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You sent these very words a moment ago: they are post 2 above." in page
    assert "We met on Tuesdays.</textarea>" in page
    assert "Send it again</button>" in page
    assert thread.posts.filter(author=ben).count() == 1
    assert said_again(client, thread, again="1").status_code == 302
    assert thread.posts.filter(author=ben).count() == 2


def test_what_was_answered_to_one_question_is_not_asked_after_the_other(browse, ben, thread):
    client, words = browse(ben), {"body": "His NHS number is 943 476 5919."}
    assert said_again(client, thread, **words, sure="1").status_code == 302
    repeated = said_again(client, thread, **words, sure="1")
    assert '<input type="hidden" name="sure" value="1">' in repeated.content.decode()
    asked = said_again(client, thread, **words, again="1")
    assert '<input type="hidden" name="again" value="1">' in asked.content.decode()
    assert said_again(client, thread, **words, sure="1", again="1").status_code == 302


def test_other_words_other_places_and_other_times_are_not_asked_about(browse, ana, ben, space, thread):
    client = browse(ben)
    said_again(client, thread)
    assert said_again(client, thread, body="We met on Fridays.").status_code == 302
    assert said_again(client, make_thread(space, ana)).status_code == 302
    assert said_again(browse(ana), thread).status_code == 302
    thread.posts.update(created_at=timezone.now() - timedelta(minutes=11))
    assert said_again(client, thread).status_code == 302
    page = client.get(thread.get_absolute_url() + "?page=1").content.decode()
    assert "Send it again" not in page


def test_words_that_were_taken_back_can_be_sent_again(browse, ben, thread, settings):
    settings.UNDO_SEND_SECONDS = 60
    client = browse(ben)
    said_again(client, thread)
    threads.withdraw(thread.posts.get(author=ben), by=ben)
    assert said_again(client, thread).status_code == 302


def test_with_scripts_the_form_knows_by_itself_what_was_sent(browse, ben, thread):
    client = browse(ben)
    form = {"body": "Yes."}
    for _ in range(2):
        answer = client.post(f"/threads/{thread.pk}/reply/", {**form, "uuid": uuids.uuid4()})
        assert answer.status_code == 302


def test_a_thread_that_was_started_a_moment_ago_is_asked_about_too(browse, ben, space):
    client = browse(ben)
    form = {"title": "A hard week", "kind": "discussion", "body": "Who else?", "plain": "1"}
    address = f"/spaces/{space.slug}/start/"
    assert client.post(address, {**form, "uuid": uuids.uuid4()}).status_code == 302
    answer = client.post(address, {**form, "uuid": uuids.uuid4()})
    assert answer.status_code == 409
    assert "they begin “A hard week”" in answer.content.decode()
    assert client.post(address, {**form, "uuid": uuids.uuid4(), "again": "1"}).status_code == 302
    assert space.threads.count() == 2
