"""A real worker carries many posts, and is killed on the way."""

import pytest

from community import integrity, moderation, relocations
from community.models import Decision, Post, Relocation, Thread, Transfer
from tests.making import make_reply, make_thread
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 7_000


@pytest.fixture
def talk(space, ana, ben):
    """A thread of very many posts."""
    thread = make_thread(space, ana, "A year of rotas")
    values = {"space": space, "thread": thread, "author": ana, "body": "Yes.", "body_html": "<p>Yes.</p>\n"}
    Post.objects.bulk_create(Post(number=number, **values) for number in range(2, MANY + 2))
    Thread.objects.filter(pk=thread.pk).update(last_number=MANY + 1, shown_count=MANY + 1)
    make_reply(Thread.objects.get(pk=thread.pk), ben)
    return Thread.objects.get(pk=thread.pk)


def test_a_worker_killed_on_the_way_loses_and_doubles_nothing(talk, dara, workers):
    first = workers()
    moderation.split(talk, by=dara, reason="It is another subject.", title="The second year", start=2)
    until(lambda: Relocation.objects.filter(carried__gt=relocations.BATCH).exists())
    first.kill()
    way = Relocation.objects.get()
    assert relocations.BATCH < way.carried < way.total == MANY + 1
    assert way.to.posts.count() == way.carried
    workers()
    relocations.wake()
    until(lambda: Relocation.objects.get().ended_at)
    run = Transfer.objects.get()
    assert (run.first, run.last, run.to_first) == (2, MANY + 2, 1)
    assert (talk.posts.count(), way.to.posts.count()) == (1, MANY + 1)
    assert Decision.objects.get().detail["runs"] == [[2, MANY + 2, 1]]
    assert not [told for told in integrity.findings() if "shown" in told or "numbered" in told]


def test_what_a_killed_worker_left_is_stopped_and_no_worker_goes_on(talk, ben, dara, workers, monkeypatch):
    first = workers()
    moderation.split(talk, by=dara, reason="It is another subject.", title="The second year", start=2)
    until(lambda: Relocation.objects.filter(carried__gt=relocations.BATCH).exists())
    first.kill()
    way = Relocation.objects.get()
    moderation.stop_move(way, by=dara, reason="The rest belongs here.")
    carried = way.carried
    workers()
    monkeypatch.setattr(relocations, "AT_ONCE", 10)
    later = Thread.objects.get(pk=talk.pk)
    moderation.split(later, by=dara, reason="The last ones.", title="The end", start=MANY - 20)
    until(lambda: not Relocation.objects.going().exists())
    make_reply(Thread.objects.get(pk=talk.pk), ben)
    make_reply(Thread.objects.get(pk=way.to_id), ben)
    way.refresh_from_db()
    assert (way.carried, way.stopped_by, way.to.posts.count()) == (carried, dara, carried + 1)
    assert Decision.objects.get(verb="stop_move").detail["runs"] == [[2, carried + 1, 1]]
    assert not [told for told in integrity.findings() if "shown" in told or "numbered" in told]
