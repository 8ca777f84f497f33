"""The demonstration: a lived-in community of invented people, the same at every load."""

from collections import Counter
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from community.models import (
    Case,
    Decision,
    JoinRequest,
    Mention,
    Message,
    Notice,
    Post,
    Reading,
    Room,
    RoomKind,
    Session,
    Space,
    SpaceKind,
    Thanks,
    Thread,
)
from community.models.waiting import count_conversations
from faculty import demo
from faculty.models import FacultyMember
from leaders.models import Cohort, CohortMembership, Collaborative, HouseRules, Leader, Organisation, Signpost


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demonstration, loaded once for this file, in a transaction around those of its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(timezone.now(), tell=print)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def community(loaded, db):
    """What a test sees and may change for itself."""


def person(handle: str) -> Leader:
    return Leader.objects.get(handle=handle)


def test_it_is_large_enough_to_look_lived_in(community):
    assert Leader.objects.count() >= 40
    assert {stage for (stage,) in Leader.objects.values_list("stage")} == {"current", "emergent", "future"}
    assert Leader.objects.values("profession").distinct().count() >= 14
    assert (Cohort.objects.count(), Organisation.objects.count(), Collaborative.objects.count()) == (3, 5, 2)
    assert Collaborative.objects.values("region").distinct().count() == 2
    assert Space.objects.count() == 8
    assert set(Space.objects.values_list("kind", flat=True)) == set(SpaceKind.values)
    assert all(space.description and space.rules for space in Space.objects.all())
    assert Thread.objects.count() >= 60
    assert Post.objects.count() >= 600
    assert Message.objects.count() >= 150
    assert FacultyMember.objects.count() == 15
    assert Signpost.objects.filter(phone__in=["999", "111", "116 123"]).count() == 3
    assert HouseRules.objects.current().version == 1


def test_the_cast_signs_in_and_nobody_else_does(community, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert person("ana").check_password("collaborate-demo")
    usable = {leader.handle for leader in Leader.objects.all() if leader.has_usable_password()}
    assert usable == {"ana", "ben", "cleo", "dara", "eli", "finn"}
    addresses = EmailAddress.objects.filter(verified=True, primary=True, email__endswith="@example.org")
    assert addresses.count() == Leader.objects.count()


def test_each_of_the_cast_stands_where_stories_need_them(community):
    ana, ben, cleo, dara = (person(handle) for handle in ("ana", "ben", "cleo", "dara"))
    kestrel = Space.objects.get(slug="kestrel")
    together = CohortMembership.objects.current().filter(cohort__slug="kestrel", leader__in=[ana, ben, cleo])
    assert together.count() == 2
    assert kestrel in Space.objects.visible_to(ana)
    assert kestrel not in Space.objects.visible_to(cleo)
    assert set(Space.objects.visible_to(ana)) <= set(Space.objects.moderated_by(dara))
    assert person("eli").is_suspended
    assert person("finn").is_staff
    assert JoinRequest.objects.filter(leader=cleo, decided_at=None).exists()


def test_ana_finds_something_new(community):
    ana = person("ana")
    new = [
        reading
        for reading in Reading.objects.filter(leader=ana).select_related("thread")
        if 0 < reading.read_up_to < reading.thread.last_number
    ]
    unopened = Thread.objects.visible_to(ana).exclude(readings__leader=ana)
    assert new
    assert unopened
    unread = Notice.objects.visible_to(ana).unread()
    assert {"mention", "thanks", "reply"} <= set(unread.values_list("kind", flat=True))


def test_dara_finds_work_on_the_desk(community):
    dara = person("dara")
    cases = Case.objects.visible_to(dara)
    assert cases.open().count() >= 3
    assert cases.exclude(closed_at=None).count() >= 2
    assert Decision.objects.visible_to(dara).filter(verb="hide", case__isnull=False).exists()
    assert Post.objects.exclude(hidden_at=None).count() == 1
    assert Thread.objects.exclude(closed_at=None).count() == 1
    for newcomer in ("tobias", "rosa"):
        first = Post.objects.filter(author=person(newcomer)).earliest("created_at")
        assert first.thread.last_number == 1
        assert first.created_at < timezone.now() - timedelta(hours=24)


def test_no_real_person_says_anything(community):
    real = set(FacultyMember.objects.values_list("name", flat=True))
    assert not real & set(Leader.objects.values_list("name", flat=True))
    assert not FacultyMember.objects.exclude(leader=None).exists()
    words = "\n".join(
        [*Post.objects.values_list("body", flat=True), *Message.objects.values_list("body", flat=True)]
    )
    assert not [name for name in real if name in words]
    assert not Post.objects.exclude(author__email__endswith="@example.org").exists()


def test_numbers_have_no_gaps_and_counters_are_right(community):
    for thread in Thread.objects.prefetch_related("posts"):
        posts = list(thread.posts.all())
        shown = [post for post in posts if not post.is_hidden]
        assert [post.number for post in posts] == list(range(1, thread.last_number + 1))
        assert [post.created_at for post in posts] == sorted(post.created_at for post in posts)
        assert {post.space_id for post in posts} == {thread.space_id}
        assert (thread.shown_count, thread.last_post_id) == (len(shown), shown[-1].pk)
        assert (thread.last_post_at, thread.author_id) == (shown[-1].created_at, posts[0].author_id)
    for room in Room.objects.prefetch_related("messages"):
        numbers = [message.number for message in room.messages.all()]
        assert numbers == [message.version for message in room.messages.all()]
        assert numbers == list(range(1, room.last_number + 1))
        assert room.version == room.last_number


def test_people_write_only_where_they_belong_and_after_they_joined(community):
    Leader.objects.update(suspended_until=None)
    for space in Space.objects.all():
        inside = {leader.pk for leader in Leader.objects.all() if space in Space.objects.visible_to(leader)}
        writers = set(Post.objects.filter(space=space).values_list("author", flat=True))
        talkers = set(Message.objects.filter(room__space=space).values_list("author", flat=True))
        named = set(Mention.objects.filter(post__space=space).values_list("leader", flat=True))
        thankful = set(Thanks.objects.filter(post__space=space).values_list("by", flat=True))
        readers = set(Reading.objects.filter(thread__space=space).values_list("leader", flat=True))
        assert writers | talkers | named | thankful | readers <= inside
    for post in Post.objects.select_related("author"):
        assert post.author.joined_at <= post.created_at


def test_no_text_is_said_twice_and_all_of_it_is_rendered(community):
    bodies = Counter(
        [*Post.objects.values_list("body", flat=True), *Message.objects.values_list("body", flat=True)]
    )
    assert [body for body, times in bodies.items() if times > 1 and len(body) > 12] == []
    assert max(Counter(Post.objects.values_list("body", flat=True)).values()) == 1
    assert not Post.objects.filter(Q(body_html="") | Q(body__regex=r"> #\d")).exists()
    assert Post.objects.filter(body_html__contains="data-leader").exists()
    assert Post.objects.filter(quotes__isnull=False, body_html__contains="data-quote").exists()
    assert Post.objects.annotate(times=Count("revisions")).filter(version__gt=1, times=1).count() == 2


def test_a_session_is_to_come_and_two_people_talk(community):
    session = Session.objects.get()
    assert session.starts_at > timezone.now()
    assert session.host == person("dara")
    room = Room.objects.get(kind=RoomKind.DIRECT)
    assert {each.leader for each in room.participants.now()} == {person("ana"), person("ben")}
    assert [count_conversations(person(handle)) for handle in ("ana", "ben")] == [1, 0]
