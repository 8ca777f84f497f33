"""What becomes of letters that servers refuse, put off or are silent about, and how leaders hear of it."""

import gc
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community import tasks
from community.mail import delivery, digest, domains, editions, handovers, ledgers, letters
from community.models import Digest, InHand, Letter, Notice
from leaders import preferences
from leaders.mail import Delivery, Outcome
from leaders.models import Leader, MailPreferences
from tests.cast import make_leader
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db


def due(leader, **fields) -> Digest:
    """A digest for a leader who wants one, due now."""
    preferences.choose_digest(leader, "daily", source="joining")
    period = f"2026-01-{Digest.objects.filter(leader=leader).count() + 1:02}"
    return Digest.objects.create(leader=leader, period=period, **fields)


def states() -> list[str]:
    return list(Digest.objects.order_by("pk").values_list("state", flat=True))


def now_due() -> None:
    """The time for which they were put off has passed."""
    Digest.objects.filter(state__in=["due", "deferred"]).update(due_at=timezone.now())


@pytest.fixture
def news(ana, commons):
    """Something that everybody may be told, but ana."""
    return make_thread(commons, ana, "Saying no kindly")


def crowd(number: int, domain: str) -> list[Leader]:
    """Leaders with an address at a domain and a digest due."""
    people = [make_leader(f"{domain.split('.')[0]}{each} Ode") for each in range(number)]
    for leader in people:
        Leader.objects.filter(pk=leader.pk).update(email=f"{leader.handle}@{domain}")
        due(leader)
    return people


# --- Put off, and given up --------------------------------------------------------------------------------


def test_each_try_waits_longer_and_a_day_of_that_is_enough(ben, news, sink, time_machine):
    sink.answers = {ben.email: "451 Later"}
    row, start, pauses = due(ben), timezone.now(), []
    for _ in range(40):
        time_machine.move_to(max(row.due_at, timezone.now()), tick=False)
        digest.deliver()
        row.refresh_from_db()
        if row.state != "deferred":
            break
        pauses.append(row.due_at - timezone.now())
    assert row.state == "failed"
    assert row.note == f"Given up after a day and {row.attempts} tries. 451 Later"
    assert timedelta(days=1) <= row.sent_at - start < timedelta(days=1) + 2 * ledgers.LONGEST_PAUSE
    assert pauses[0] < timedelta(minutes=3) < pauses[3] < pauses[6]
    assert max(pauses) <= ledgers.LONGEST_PAUSE * 1.25
    assert row.attempts == len(pauses) + 1
    assert len(set(pauses)) == len(pauses)


def test_what_was_given_up_stands_in_the_next_one(ben, news, mailoutbox):
    due(ben, state="failed")
    due(ben)
    digest.deliver()
    assert states() == ["failed", "sent"]
    assert "Saying no kindly" in mailoutbox[0].body


def test_one_that_can_never_be_written_ends_too(ben, news, monkeypatch):
    monkeypatch.setattr(digest.mail, "write", lambda *args, **letter: 1 / 0)
    row = due(ben, tried_at=timezone.now() - timedelta(days=1), attempts=9)
    digest.deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 10)
    assert "It could not be written: ZeroDivisionError" in row.note


def test_a_letter_refused_for_its_words_says_nothing_of_the_address(ben, news, sink):
    sink.after_data = "554 Looks like spam"
    due(ben)
    digest.deliver()
    assert states() == ["failed"]
    assert not preferences.is_refused(ben)
    sink.after_data = sink.TAKEN
    due(ben)
    digest.deliver()
    assert "Saying no kindly" in sink.letters[0].get_body(["plain"]).get_content()


def test_one_for_whom_nothing_can_be_composed_stops_nobody_else(ben, cleo, dara, news, sink, monkeypatch):
    compose = digest.editions.compose

    def stumble(leaders, *more):
        leaders = list(leaders)
        assert cleo not in leaders
        return compose(leaders, *more)

    monkeypatch.setattr(digest.editions, "compose", stumble)
    for leader in (ben, cleo, dara):
        due(leader)
    digest.deliver()
    assert states() == ["sent", "deferred", "sent"]
    assert Digest.objects.get(leader=cleo).note == "It could not be written: AssertionError"


# --- An address that is refused ---------------------------------------------------------------------------


def comes_back(leader, sink) -> None:
    """The server knows nobody of that name."""
    sink.answers[leader.email] = "550 5.1.1 No such person"
    due(leader)
    digest.deliver()
    sink.answers.clear()


def test_nothing_more_is_sent_to_an_address_that_was_refused(ben, cleo, news, sink):
    due(cleo)
    comes_back(ben, sink)
    due(ben)
    Notice.objects.create(leader=ben, kind="mention", space=news.space, thread=news, post=news.posts.get())
    Letter.objects.create(leader=ben)
    digest.deliver()
    letters.deliver()
    assert states() == ["sent", "bounced", "skipped"]
    assert Letter.objects.get().state == "skipped"
    assert Letter.objects.get().note == Digest.objects.latest("pk").note == delivery.REFUSED
    assert sink.envelopes == [cleo.email]


def test_the_leader_is_told_on_the_site_and_may_have_it_tried_again(ben, news, sink, browse):
    client = browse(ben)
    pages = [reverse(name) for name in ("home", "notices", "settings", "settings_mail")]
    assert not any("came back" in client.get(page).content.decode() for page in pages)
    comes_back(ben, sink)
    for page in pages:
        answer = client.get(page).content.decode()
        assert f"Our e-mails to {ben.email} came back" in answer
        assert reverse("account_email") in answer
    assert client.get(reverse("try_address_again")).status_code == 405
    assert preferences.is_refused(ben)
    answer = client.post(reverse("try_address_again"), follow=True).content.decode()
    assert "We write to your address again." in answer
    assert "came back" not in answer
    due(ben)
    digest.deliver()
    assert sink.envelopes == [ben.email]


def test_another_address_is_written_to(ben, news, sink):
    comes_back(ben, sink)
    Leader.objects.filter(pk=ben.pk).update(email="ben@elsewhere.example")
    due(ben)
    digest.deliver()
    assert sink.envelopes == ["ben@elsewhere.example"]


def test_a_code_to_sign_in_still_goes_to_a_refused_address(ben, client, sink):
    preferences.mark_refused(ben, ben.email, "550")
    client.post(reverse("account_request_login_code"), {"email": ben.email})
    assert sink.envelopes == [ben.email]


def test_a_code_is_sent_again_where_nobody_knows_whether_it_was_taken(ben, client, sink):
    sink.after_data = None
    answer = client.post(reverse("account_request_login_code"), {"email": ben.email})
    assert answer.status_code == 503
    assert sink.heard == [ben.email] * 2


def test_a_server_that_drops_one_letter_after_another_gets_no_more_of_them(news, sink):
    people = crowd(12, "silent.example")
    sink.after_data = None
    digest.deliver()
    assert Counter(states()) == {"ambiguous": 3, "due": 9}
    sink.after_data = sink.TAKEN
    digest.deliver()
    assert Counter(states()) == {"ambiguous": 3, "sent": 9}
    assert len(sink.heard) == len(set(sink.heard)) == len(people)


# --- One domain and another -------------------------------------------------------------------------------


def in_the_middle_of_a_minute(time_machine) -> datetime:
    """Stop the clock within a minute to come, and return its beginning."""
    minute = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=5)
    time_machine.move_to(minute + timedelta(seconds=20), tick=False)
    return minute


def test_a_domain_gets_so_many_in_a_minute_and_others_do_not_wait(news, sink, settings, time_machine):
    minute = in_the_middle_of_a_minute(time_machine)
    settings.MAIL_PER_DOMAIN_AND_MINUTE = 3
    crowd(5, "busy.example")
    crowd(2, "quiet.example")
    digest.deliver()
    digest.deliver()
    sent = [address.partition("@")[2] for address in sink.envelopes]
    assert sorted(sent) == ["busy.example"] * 3 + ["quiet.example"] * 2
    late = Digest.objects.filter(state="due")
    assert {row.due_at for row in late} == {minute + timedelta(seconds=60)}
    assert {row.attempts for row in late} == {0}
    time_machine.move_to(minute + timedelta(seconds=60), tick=False)
    digest.deliver()
    assert states() == ["sent"] * 7


def test_notices_and_digests_share_the_room_of_a_domain(news, sink, settings, time_machine):
    in_the_middle_of_a_minute(time_machine)
    settings.MAIL_PER_DOMAIN_AND_MINUTE = 1
    [leader] = crowd(1, "shared.example")
    post = news.posts.get()
    Notice.objects.create(leader=leader, kind="mention", space=news.space, thread=news, post=post)
    Letter.objects.create(leader=leader)
    letters.deliver()
    digest.deliver()
    assert (Letter.objects.get().state, states()) == ("sent", ["due"])


def all_answer(people, sink, answer: str) -> None:
    """What the server says of each of them."""
    for leader in Leader.objects.filter(pk__in=[each.pk for each in people]):
        sink.answers[leader.email] = answer


@pytest.mark.parametrize(("answer", "tries"), [("421 Too many connections", 0), ("450 Not now", 1)])
def test_a_domain_that_says_not_now_thrice_rests_and_others_do_not(news, sink, answer, tries):
    tired = crowd(6, "tired.example")
    awake = crowd(4, "awake.example")
    Digest.objects.filter(leader__in=tired).update(attempts=tries)
    all_answer(tired, sink, answer)
    digest.deliver()
    assert states() == ["deferred"] * 3 + ["due"] * 3 + ["sent"] * 4
    assert len(sink.envelopes) == len(awake)
    for row in Digest.objects.filter(state="due"):
        assert row.due_at > timezone.now() + timedelta(minutes=1)
        assert row.note.startswith("tired.example asked for a rest: 4")
    sink.answers.clear()
    digest.deliver()
    assert len(sink.envelopes) == 4
    now_due()
    digest.deliver()
    assert states() == ["sent"] * 10


@pytest.mark.parametrize("answer", ["450 4.2.0 Greylisted, see the help", "451 4.7.1 Please try again later"])
def test_whom_a_server_has_not_heard_of_it_takes_at_the_second_try(news, sink, answer):
    people = crowd(20, "wary.example")
    all_answer(people, sink, answer)
    digest.deliver()
    assert states() == ["deferred"] * 20
    assert {row.attempts for row in Digest.objects.all()} == {1}
    sink.answers.clear()
    now_due()
    digest.deliver()
    assert states() == ["sent"] * 20


def test_a_domain_that_puts_all_newcomers_off_rests_after_fifty(ben):
    mood, row = domains.Mood(), Digest(leader=ben, attempts=1)
    later = Delivery(Outcome.DEFERRED, "451 Later", 451, is_of_address=True)
    assert [mood.asks_for_rest(row, later) for _ in range(51)] == [False] * 50 + [True]


def test_full_mailboxes_do_not_put_a_whole_domain_to_rest(news, sink):
    people = crowd(5, "full.example")
    for leader in people[:4]:
        sink.answers[Leader.objects.get(pk=leader.pk).email] = "452 Mailbox full"
    digest.deliver()
    assert states() == ["deferred"] * 4 + ["sent"]


def test_an_answer_in_between_starts_the_count_anew(ben):
    mood, row = domains.Mood(), Digest(leader=ben)
    heard = [Delivery(Outcome.DEFERRED, code=450)] * 2 + [Delivery(Outcome.SENT)]
    assert not any(mood.asks_for_rest(row, each) for each in heard * 3)


def test_a_newer_letter_meanwhile_ends_the_older_that_goes_back(ben):
    older = Letter.objects.create(leader=ben, due_at=timezone.now())
    [held] = ledgers.claim(letters.LEDGER)
    Letter.objects.create(leader=ben)
    ledgers.give_back(letters.LEDGER, [held])
    older.refresh_from_db()
    assert (older.state, older.note) == ("skipped", ledgers.NEWER)


def test_a_batch_that_is_worked_at_stays_held(ben, cleo, news, sink):
    for leader in (ben, cleo):
        due(leader)
    rows = ledgers.claim(digest.LEDGER)
    Digest.objects.filter(leader=ben).update(lease_until=timezone.now() + timedelta(seconds=9))
    [kept] = ledgers.renew(digest.LEDGER, rows)
    assert kept.leader == cleo
    assert (
        Digest.objects.get(leader=cleo).lease_until
        == kept.lease_until
        > timezone.now() + timedelta(minutes=1)
    )


def test_a_letter_costs_few_statements(news, sink):
    def statements(number: int) -> int:
        crowd(number, f"of{number}.example")
        with CaptureQueriesContext(connection) as asked:
            digest.deliver()
        return len(asked)

    more = statements(4 * delivery.TOGETHER) - statements(3 * delivery.TOGETHER)
    assert more <= delivery.TOGETHER + 12  # one before each, and some for them together
    assert set(states()) == {"sent"}


def test_what_a_server_has_not_heard_of_waits_as_before_when_it_goes_away(news, sink):
    crowd(4, "some.example")
    rows = Digest.objects.order_by("pk").values_list("attempts", "tried_at", "marks", "item_count")
    before = list(rows)
    sink.stop()
    digest.deliver()
    assert states() == ["deferred", "due", "due", "due"]
    assert list(rows)[1:] == before[1:]


def test_what_was_tried_before_stays_so_when_it_is_withdrawn(ben, news):
    long_ago = timezone.now() - timedelta(hours=5)
    due(ben, attempts=3, tried_at=long_ago)
    [row] = ledgers.claim(digest.LEDGER)
    content = digest.LEDGER.compose([ben])[ben.pk]
    assert handovers.hand_over(digest.LEDGER, [(row, content)]) == {row.pk}
    row.refresh_from_db()
    assert (row.state, row.attempts, row.tried_at, row.item_count) == ("sending", 4, long_ago, 1)
    handovers.withdraw(digest.LEDGER, [row])
    row.refresh_from_db()
    assert (row.state, row.attempts, row.tried_at, row.item_count) == ("claimed", 3, long_ago, 0)


def test_what_a_dead_worker_still_had_in_hand_is_sent_by_another(ben, cleo, dara, news, sink):
    for leader in (ben, cleo, dara):
        due(leader)
    rows = ledgers.claim(digest.LEDGER)
    contents = digest.LEDGER.compose([row.leader for row in rows])
    held = handovers.hand_over(digest.LEDGER, [(row, contents[row.leader_id]) for row in rows])
    assert held == {row.pk for row in rows}
    assert handovers.let_go(rows[0])  # the server has begun to hear of the first, and the worker is killed
    Digest.objects.update(lease_until=timezone.now())
    digest.deliver()
    assert states() == ["ambiguous", "sent", "sent"]
    assert sorted(sink.envelopes) == [cleo.email, dara.email]
    assert not any(handovers.let_go(row) for row in rows)  # should that worker live after all


def test_what_a_dead_worker_had_noted_as_taken_is_sent_and_not_unknown(ben, cleo, dara, news, sink):
    for leader in (ben, cleo, dara):
        due(leader)
    rows = ledgers.claim(digest.LEDGER)
    contents = digest.LEDGER.compose([row.leader for row in rows])
    handovers.hand_over(digest.LEDGER, [(row, contents[row.leader_id]) for row in rows])
    assert handovers.let_go(rows[0])
    rows[0].sent_at = timezone.now()
    assert handovers.let_go(
        rows[1], taken=rows[0]
    )  # the server hears of the second, and the worker is killed
    assert not handovers.let_go(rows[0])
    Digest.objects.update(lease_until=timezone.now())
    digest.deliver()
    rows[0].refresh_from_db()
    found = [Digest.objects.get(pk=row.pk).state for row in rows]
    assert (found, len(sink.letters)) == (["sent", "ambiguous", "sent"], 1)
    assert Notice.objects.filter(mailed_at=None).count() == 0
    assert not InHand.objects.exists()


def test_a_worker_that_slept_notes_nothing_as_taken_that_is_another_s(ben, cleo, news):
    due(ben)
    due(cleo)
    rows = ledgers.claim(digest.LEDGER)
    contents = digest.LEDGER.compose([row.leader for row in rows])
    handovers.hand_over(digest.LEDGER, [(row, contents[row.leader_id]) for row in rows])
    assert handovers.let_go(rows[0])
    rows[0].sent_at = timezone.now()
    Digest.objects.filter(pk=rows[0].pk).update(lease_until=timezone.now())
    handovers.close_unanswered(digest.LEDGER)
    assert handovers.let_go(rows[1], taken=rows[0])
    assert not InHand.objects.exists()


def handed_over(leader) -> Digest:
    [row] = ledgers.claim(digest.LEDGER)
    content = digest.LEDGER.compose([leader])[leader.pk]
    assert handovers.hand_over(digest.LEDGER, [(row, content)]) == {row.pk}
    return row


def test_a_worker_that_slept_takes_nothing_out_of_the_hand_of_another(ben, news):
    due(ben)
    slept = handed_over(ben)
    Digest.objects.update(lease_until=timezone.now())
    handovers.close_unanswered(digest.LEDGER)
    awake = handed_over(ben)
    assert not handovers.let_go(slept)
    assert handovers.withdraw(digest.LEDGER, [slept]) == []
    assert handovers.let_go(awake)


@pytest.mark.django_db(transaction=True)
def test_behind_a_pooler_where_nothing_stays_prepared_letters_leave_as_well(news, sink, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    people = crowd(2 * delivery.TOGETHER + 1, "pooled.example")
    digest.deliver()
    assert states() == ["sent"] * len(people)
    assert {Leader.objects.get(pk=leader.pk).unvisited for leader in people} == {1}
    assert not InHand.objects.exists()


def test_garbage_is_looked_for_again_after_a_run_and_no_words_are_kept(news, sink, monkeypatch):
    crowd(2, "some.example")
    seen = []
    compose = digest.Digests.compose
    monkeypatch.setattr(
        digest.Digests, "compose", lambda self, them: seen.append(gc.isenabled()) or compose(self, them)
    )
    digest.deliver()
    assert (seen, gc.isenabled()) == ([False], True)
    assert editions._begins.cache_info().currsize == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_is_closed_with_the_next_ones_or_not_at_all(ben, cleo, news):
    due(ben)
    due(cleo)
    first, second = ledgers.claim(digest.LEDGER)
    contents = digest.LEDGER.compose([first.leader, second.leader])
    handovers.hand_over(digest.LEDGER, [(first, contents[first.leader_id])])
    assert handovers.let_go(first)
    first.sent_at = timezone.now()
    contents[second.leader_id].places[0].more = 2**40  # than which no row has more
    with pytest.raises(DataError):
        handovers.hand_over(digest.LEDGER, [(second, contents[second.leader_id])], taken=[first])
    assert states() == ["sending", "claimed"]
    assert Leader.objects.get(pk=first.leader_id).unvisited == 0
    contents[second.leader_id].places[0].more = 0
    handovers.hand_over(digest.LEDGER, [(second, contents[second.leader_id])], taken=[first])
    assert states() == ["sent", "sending"]
    assert Leader.objects.get(pk=first.leader_id).unvisited == 1


def test_of_two_that_wait_the_newer_is_claimed_and_the_older_closed(ben):
    due(ben)
    Digest.objects.create(leader=ben, period="2026-01-02")
    [row] = ledgers.claim(digest.LEDGER)
    assert row.period == "2026-01-02"
    older = Digest.objects.exclude(pk=row.pk).get()
    assert (older.state, older.note, older.lease_until) == ("skipped", ledgers.NEWER, None)


def test_after_a_crash_of_the_database_nothing_counts_as_in_hand(ben, news, sink):
    due(ben)
    [row] = ledgers.claim(digest.LEDGER)
    handovers.hand_over(digest.LEDGER, [(row, digest.LEDGER.compose([ben])[ben.pk])])
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'community_inhand'")
        assert cursor.fetchone() == ("u",)  # PostgreSQL empties it then, as here
        cursor.execute("DELETE FROM community_inhand")
    Digest.objects.update(lease_until=timezone.now())
    digest.deliver()
    assert (states(), sink.heard) == (["ambiguous"], [])


def test_a_crowd_costs_no_question_each_for_its_domain(news, sink):
    crowd(4, "one.example")
    rows = ledgers.claim(digest.LEDGER)
    with CaptureQueriesContext(connection) as asked:
        assert domains.share_out(rows) == (rows, [])
    assert len(asked) == 0


def test_a_time_zone_that_vanished_is_said_on_the_settings_page(ana, browse):
    MailPreferences.objects.create(leader=ana, digest="daily")
    pages = [reverse("settings"), reverse("settings_mail")]
    assert not any("is not known any more" in browse(ana).get(page).content.decode() for page in pages)
    for gone in ("Asia/Nowhere", "", "../../etc/passwd", "Europe", "x" * 64):
        Leader.objects.filter(pk=ana.pk).update(time_zone=gone)
        for page in pages:
            answer = browse(ana).get(page)
            assert answer.status_code == 200
            assert "is not known any more. Times and your digest follow UTC" in answer.content.decode()


def test_no_notice_waits_for_the_end_of_a_long_run(ana, ben, news, mailoutbox, monkeypatch):
    monkeypatch.setattr(ledgers, "BATCH", 10)
    crowd(25, "many.example")
    sent_before = []
    digest.deliver(between=lambda: sent_before.append(len(mailoutbox)))
    assert sent_before == [0, 10, 20, 25]


def test_who_sends_digests_also_tells_of_a_reply(ana, ben, news, mailoutbox):
    crowd(1, "some.example")
    make_reply(news, ben)
    tasks.send_digests()
    assert (len(mailoutbox), Notice.objects.filter(leader=ana, kind="reply").count()) == (1, 1)


def test_what_the_server_gets_is_on_the_disk_whatever_an_operator_set(ben, news):
    due(ben)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        handed_over(ben)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)  # within this transaction, in which the story runs
        cursor.execute("SET synchronous_commit = remote_write")
        handovers.ON_DISK.rows()
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("remote_write",)
