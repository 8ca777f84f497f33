"""The number in the header equals the lines of the list, whatever anybody does, and open pages hear of it."""

import json
import random
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from community import answers, errands, levels, moderation, posts, reading, threads, well_done
from community.models import Case, Level, Notice, Post, Thanks, Thread, ThreadKind, WellDone, asking
from community.models.waiting import count_unread
from community.rooms import chat
from community.telling import notices
from leaders import cohorts
from leaders.models import CohortMembership
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

ROUNDS = 2


@pytest.fixture
def heard(monkeypatch):
    """The topics to which something was pushed since one looked."""
    topics: set[str] = set()
    for place in ("community.sockets.live.push", "leaders.live.push"):
        monkeypatch.setattr(place, lambda topic, event: topics.add(topic))
    return topics


class Play:
    """One random step after another, each by a verb that pages call."""

    def __init__(self, chance, cast, dara, finn, spaces):
        self.chance, self.cast, self.dara, self.finn, self.spaces = chance, cast, dara, finn, spaces

    def post(self) -> Post:
        return self.chance.choice(list(Post.objects.filter(hidden_at=None, thread__hidden_at=None)))

    def thread(self, **which) -> Thread:
        which = {"hidden_at": None, "merged_into": None, **which}
        return self.chance.choice(list(Thread.objects.filter(**which).order_by("pk")))

    def somebody(self):
        return self.chance.choice(self.cast)

    def words(self) -> str:
        return f"Words. @{self.somebody().handle}" if self.chance.random() < 0.4 else "Words."

    def start(self):
        place, kind = self.chance.choice(self.spaces), self.chance.choice(ThreadKind.values)
        make_thread(place, self.somebody(), f"Thread {uuid.uuid4().hex[:6]}", self.words(), kind=kind)

    def reply(self):
        make_reply(self.thread(), self.somebody(), self.words())

    def thank(self):
        posts.thank(self.post(), by=self.somebody(), words="Why.")

    def take_thanks_back(self):
        given = self.chance.choice(list(Thanks.objects.all()))
        posts.take_thanks_back(given.post, by=given.by)

    def read(self):
        thread = self.thread()
        reading.mark_read(thread, by=self.somebody(), first=1, last=thread.last_number)

    def mark_unread(self):
        reading.mark_unread(self.thread(), by=self.somebody(), number=1)

    def open_one(self):
        notices.open_notice(self.chance.choice(list(Notice.objects.all())))

    def open_all(self):
        notices.open_all(self.somebody())

    def mute(self):
        notices.mute(self.thread(), by=self.somebody())

    def watch(self):
        levels.follow(self.thread(), by=self.somebody(), level=Level.WATCHING)
        levels.follow_space(self.chance.choice(self.spaces), by=self.somebody(), level=Level.WATCHING)

    def answer(self):
        thread = self.thread(kind=ThreadKind.QUESTION)
        replies = list(thread.posts.filter(number__gt=1, hidden_at=None))
        answers.mark_answer(self.chance.choice(replies), by=self.dara)

    def hide(self):
        moderation.hide(self.post(), by=self.dara, reason="Off.")

    def restore(self):
        hidden = Post.objects.filter(hidden_at__isnull=False, withdrawn_at=None)
        moderation.restore(self.chance.choice(list(hidden)), by=self.dara, reason="On.")

    def hide_thread(self):
        moderation.hide(self.thread(), by=self.dara, reason="Off.")

    def restore_thread(self):
        hidden = self.thread(hidden_at__isnull=False, withdrawn_at=None)
        moderation.restore(hidden, by=self.dara, reason="On.")

    def move(self):
        moderation.move(self.thread(), to=self.spaces[0], by=self.dara, reason="There.")

    def split(self):
        moderation.split(self.thread(), by=self.dara, reason="Two.", title="Second", start=2)

    def merge(self):
        moderation.merge(self.thread(), into=self.thread(), by=self.dara, reason="One.")

    def praise(self):
        well_done.say(self.somebody(), by=self.somebody(), words="The rota.", uuid=uuid.uuid4())

    def unpraise(self):
        said = self.chance.choice(list(WellDone.objects.all()))
        well_done.remove(said, by=said.to)

    def stop_hearing(self):
        well_done.stop_hearing(self.somebody(), by=self.somebody())

    def hear_again(self):
        well_done.hear_again(self.somebody(), by=self.somebody())

    def report(self):
        moderation.report(self.post(), by=self.somebody(), category="other", words="Look.")

    def dismiss(self):
        moderation.dismiss(self.chance.choice(list(Case.objects.open())), by=self.dara, reason="Fine.")

    def say(self):
        chat.say(chat.room_of(self.spaces[0]), by=self.somebody(), body="Hello", uuid=uuid.uuid4())

    def leave_cohort(self):
        mine = self.chance.choice(list(CohortMembership.objects.current()))
        cohorts.end(mine, by=self.finn, reason="Moved.")

    def edit(self):
        post = self.post()
        threads.edit(post, by=post.author, body=self.words() + uuid.uuid4().hex, version=post.version)


VERBS = sorted(
    name
    for name in vars(Play)
    if not name.startswith("_") and name not in {"post", "thread", "somebody", "words"}
)


def lines(leader, client) -> int:
    """How many unread lines the pages of the list show."""
    client.force_login(leader)
    page, shown = 1, 0
    while True:
        answer = client.get(reverse("notices"), {"page": page}).content.decode()
        shown += answer.count("row--new")
        if f"?page={page + 1}" not in answer:
            return shown
        page += 1


def test_the_badge_equals_the_list_after_whatever_anybody_does(
    ana, ben, cleo, dara, finn, space, commons, heard, client
):
    cast = [ana, ben, cleo, dara]
    play = Play(random.Random(7), cast, dara, finn, [space, commons])
    make_thread(space, ana)
    make_thread(commons, cleo)
    done = set()
    before = {leader.pk: count_unread(leader) for leader in cast}
    for name in [name for _ in range(ROUNDS) for name in play.chance.sample(VERBS, len(VERBS))]:
        heard.clear()
        # Not every step is possible everywhere: there is nothing to choose from, or somebody may not.
        with suppress(PermissionDenied, IndexError):
            getattr(play, name)()
            done.add(name)
        errands.run()
        for leader in cast:
            with asking.remembering():  # as on the page of the list
                listed = Notice.objects.visible_to(leader).unread().entries().count()
            assert count_unread(leader) == listed, name
            changed = before[leader.pk] != listed
            assert not changed or f"leader:{leader.pk}" in heard, f"{name}: nobody told {leader}"
            before[leader.pk] = listed
    assert len(done) > len(VERBS) * 0.6
    for leader in cast:
        assert lines(leader, client) == count_unread(leader)


def posts_looked_at(notices) -> int:
    """How many posts PostgreSQL takes up to find these notices."""

    def taken_up(step) -> int:
        of_posts = step.get("Relation Name") == Post._meta.db_table
        rows = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
        return of_posts * rows * step["Actual Loops"] + sum(map(taken_up, step.get("Plans", [])))

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_post")
    [found] = json.loads(notices.explain(analyze=True, format="json"))
    return taken_up(found["Plan"])


def test_what_was_said_long_before_in_a_thread_is_not_looked_at(ana, ben, space):
    threads = [make_thread(space, ana, f"Thread {number}") for number in range(20)]
    before = timezone.now() - timedelta(days=1)
    old = {"space": space, "author": ben, "body": "Before.", "created_at": before}
    for thread, count in zip(threads, [1_000, *[10] * 19], strict=True):
        Post.objects.bulk_create(Post(**old, thread=thread, number=2 + each) for each in range(count))
        Thread.objects.filter(pk=thread.pk).update(last_number=1 + count)
    make_reply(Thread.objects.get(pk=threads[0].pk), ben)
    errands.run()
    waiting = Notice.objects.visible_to(ana).unread()
    assert waiting.count() == count_unread(ana) == 1
    assert posts_looked_at(waiting) < 100
