"""Real Celery workers, beside a real mail server: what was promised is delivered, and once."""

import pytest
from django.utils import timezone

from community import tasks
from community.models import Digest, Errand, InHand, Notice
from leaders import preferences
from tests.making import make_reply, make_thread
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def wants(leader):
    preferences.choose_digest(leader, "daily", source="joining")
    return Digest.objects.create(leader=leader, period="2026-01-01")


def test_a_reply_becomes_a_notice_and_a_digest_a_letter(ana, ben, space, sink, workers):
    workers()
    make_reply(make_thread(space, ana, "Saying no kindly"), ben, "Well said.")
    until(lambda: Notice.objects.filter(leader=ana, kind="reply").exists() and not Errand.objects.exists())
    row = wants(ana)
    tasks.send_digests.delay()
    until(lambda: Digest.objects.get().state == "sent")
    [letter] = sink.letters
    assert letter["To"] == "Ana Brook <ana@example.org>"
    assert row.message_key.hex in letter["Message-ID"]


def test_a_worker_killed_in_mid_digest_sends_none_twice(ana, ben, dara, space, sink, workers):
    for leader in (ana, ben):
        make_thread(space, leader)
    rows = [wants(leader) for leader in (ana, ben, dara)]
    first = workers()
    sink.hold()
    tasks.send_digests.delay()
    until(lambda: sink.held)
    first.kill()
    sink.release()
    assert (Digest.objects.filter(state="sending").count(), InHand.objects.count()) == (3, 2)
    Digest.objects.exclude(lease_until=None).update(lease_until=timezone.now())
    workers()
    tasks.send_digests.delay()
    until(lambda: not Digest.objects.filter(state__in=["due", "claimed", "sending"]).exists())
    assert sorted(Digest.objects.values_list("state", flat=True)) == ["ambiguous", "sent", "sent"]
    assert len(sink.envelopes) == len(set(sink.envelopes)) <= len(rows)
