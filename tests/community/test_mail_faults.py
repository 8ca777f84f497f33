"""Digests through real faults: at most one reaches the server for a leader and period; rows say why not."""

import os
from collections import Counter
from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.utils import timezone

from community import tasks
from community.models import Digest, InHand
from leaders.models import Leader, MailPreferences
from tests.making import make_thread
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def news(ana, commons):
    """Something that everybody may be told, but ana."""
    return make_thread(commons, ana, "Saying no kindly")


def crowd(number: int, name: str = "reader") -> list[Leader]:
    """Leaders who chose a daily digest long ago."""
    long_ago = timezone.now() - timedelta(days=60)
    people = Leader.objects.bulk_create(
        Leader(email=f"{name}{each}@example.org", handle=f"{name}{each}", name="A Reader", joined_at=long_ago)
        for each in range(number)
    )
    MailPreferences.objects.bulk_create(
        MailPreferences(leader=leader, digest="daily", digest_hour=0, chosen_at=long_ago) for leader in people
    )
    return people


def due(people: list[Leader]) -> None:
    """A digest for each of them."""
    Digest.objects.bulk_create(Digest(leader=leader, period="2026-01-01") for leader in people)


def leases_end() -> None:
    """The two minutes for which a dead worker held its rows have passed."""
    Digest.objects.exclude(lease_until=None).update(lease_until=timezone.now())


def is_done() -> bool:
    return not Digest.objects.filter(state__in=["due", "claimed", "sending", "deferred"]).exists()


def states() -> Counter:
    return Counter(Digest.objects.values_list("state", flat=True))


def each_was_told_once_or_the_row_says_why(sink, people) -> None:
    assert len(sink.heard) == len(set(sink.heard))
    rows = Digest.objects.select_related("leader")
    assert Counter(row.leader_id for row in rows) == Counter(leader.pk for leader in people)
    for row in rows:
        if row.state == "sent":
            assert row.leader.email in sink.envelopes
        else:
            assert row.note, row.state
            assert row.leader.email not in sink.envelopes or row.state == "ambiguous"


def test_five_deaths_in_five_hundred_digests(news, sink, workers):
    people = crowd(500)
    due(people)
    for death in range(1, 6):
        worker = workers()
        sink.hold_at = 80 * death
        tasks.send_digests.delay()
        until(lambda: sink.held)
        if death % 2:  # it dies while the server has a letter, or in the middle of its work
            worker.kill()
            sink.release()
        else:
            sink.release()
            worker.kill()
        leases_end()
    workers()
    tasks.send_digests.delay()
    until(is_done)
    each_was_told_once_or_the_row_says_why(sink, people)
    assert states()["ambiguous"] <= 5 * 2  # at each death the letter with the server, and the one before it
    assert len(sink.envelopes) >= 495  # all but the one that the server had at each death
    assert not InHand.objects.exists()
    assert set(states()) == {"sent", "ambiguous"}


def test_two_beats_and_two_workers_open_and_send_one(news, sink, workers, beats):
    people = crowd(40)
    workers(), workers()
    ticking = [beats(), beats()]
    until(lambda: len(sink.envelopes) == len(people) and is_done())
    before = [beat.said("Sending due task") for beat in ticking]
    until(lambda: all(b.said("Sending due task") > a + 3 for a, b in zip(before, ticking, strict=True)))
    each_was_told_once_or_the_row_says_why(sink, people)
    assert states() == {"sent": len(people)}


def test_an_emptied_valkey_loses_nothing_and_doubles_nothing(news, sink, workers, beats):
    people = crowd(60)
    workers()
    sink.hold_at = 20
    tasks.open_digests.delay()
    until(lambda: sink.held)
    people += crowd(9, "latecomer")
    tasks.open_digests.delay()
    redis.from_url(os.environ["REDIS_URL"]).flushall()
    sink.release()
    beats()
    until(lambda: len(sink.envelopes) == len(people) and is_done())
    each_was_told_once_or_the_row_says_why(sink, people)
    assert states() == {"sent": len(people)}


def cut_off() -> None:
    """PostgreSQL ends all connections but ours, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)


def test_what_was_taken_is_noted_after_a_restart_of_the_database(news, sink, workers):
    people = crowd(60)
    due(people)
    workers()
    sink.hold_at = 26
    tasks.send_digests.delay()
    until(lambda: sink.held)
    cut_off()
    sink.release()
    until(lambda: states()["sent"] == 26)
    leases_end()
    tasks.send_digests.delay()
    until(is_done)
    each_was_told_once_or_the_row_says_why(sink, people)
    assert states() == {"sent": len(people)}


def test_a_server_that_is_down_then_refuses_some_is_slow_and_falls_silent(news, sink, workers):
    people = crowd(40)
    fine, busy, gone, unwanted, silent = (people[each::5] for each in range(5))
    sink.answers = {each.email: "451 Later" for each in busy}
    sink.answers |= {each.email: "550 5.1.1 No such person" for each in gone}
    sink.after_words = {each.email: "554 Looks like spam" for each in unwanted}
    sink.after_words |= {each.email: None for each in silent}
    sink.pause = 0.02
    due(people)
    sink.stop()
    workers()
    tasks.send_digests.delay()
    until(lambda: states() == {"deferred": 1, "due": 39})
    sink.restart()
    tries_again()
    until(lambda: not Digest.objects.filter(state__in=["due", "claimed", "sending"]).exists())
    each_was_told_once_or_the_row_says_why(sink, people)
    for group, state in ((fine, "sent"), (busy, "deferred"), (gone, "bounced"), (unwanted, "failed")):
        assert set(Digest.objects.filter(leader__in=group).values_list("state", flat=True)) == {state}
    assert set(Digest.objects.filter(leader__in=silent).values_list("state", flat=True)) == {"ambiguous"}
    assert MailPreferences.objects.exclude(refused_address="").count() == len(gone)
    sink.answers.clear()
    tries_again()
    until(is_done)
    each_was_told_once_or_the_row_says_why(sink, people)
    assert states() == {"sent": 16, "bounced": 8, "failed": 8, "ambiguous": 8}


def tries_again() -> None:
    """The time for which they were put off has passed."""
    Digest.objects.filter(state="deferred").update(due_at=timezone.now())
    tasks.send_digests.delay()
