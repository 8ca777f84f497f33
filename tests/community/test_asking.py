"""Rights are asked once on a page, by the same rule as everywhere, and anew on the next."""

import sys
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collaborate.middleware import AskOnce
from community import catch_up, lists, moderation, reading, rows
from community.models import (
    Case,
    Notice,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
    TermsAcceptance,
    Thread,
    asking,
    makers,
    spaces,
    waiting,
)
from community.models.moderation import count_open_cases
from community.models.spaces import moderated_ids, readable_ids
from community.models.waiting import Inquiry, count_unread
from community.permissions import may_reply
from leaders.models import Leader
from tests.making import make_reply, make_thread


def ids(spaces) -> set[int]:
    return set(spaces.values_list("pk", flat=True))


@pytest.fixture
def sealed(ben, dara):
    """A sealed space whose rules ben accepted, and dara, its moderator, did not."""
    sealed = Space.objects.create(name="Quiet", slug="quiet", kind=SpaceKind.SEALED, mail_rule="nothing")
    SpaceMembership.objects.create(space=sealed, leader=ben)
    SpaceMembership.objects.create(space=sealed, leader=dara, role=SpaceRole.MODERATOR)
    TermsAcceptance.objects.create(space=sealed, leader=ben)
    return sealed


def test_what_is_asked_quickly_is_what_the_rule_says(ana, ben, cleo, dara, eli, finn, space, commons, sealed):
    past = timezone.now() - timedelta(days=1)
    SpaceMembership.objects.create(space=space, leader=cleo, starts_at=past, ends_at=past)
    SpaceMembership.objects.create(space=space, leader=finn, starts_at=timezone.now() + timedelta(days=1))
    for leader in (ana, ben, cleo, dara, eli, finn):
        assert set(readable_ids(leader)) == ids(Space.objects.visible_to(leader))
        assert set(moderated_ids(leader)) == ids(Space.objects.moderated_by(leader))
        with asking.remembering():
            assert set(readable_ids(leader)) == ids(Space.objects.visible_to(leader))
            assert set(moderated_ids(leader)) == ids(Space.objects.moderated_by(leader))
    assert readable_ids(ben) == {space.pk, commons.pk, sealed.pk}
    assert readable_ids(cleo) == {commons.pk}
    assert moderated_ids(dara) == {space.pk, commons.pk}
    assert not readable_ids(eli)
    assert not moderated_ids(eli)


def test_a_right_that_ends_between_two_pages_is_gone_on_the_second(ana, space, browse):
    page = f"{make_thread(space, ana).get_absolute_url()}?page=1"
    client = browse(ana)
    assert client.get(page).status_code == 200
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(page).status_code == 404


def test_a_page_asks_once(ana, space, django_assert_num_queries):
    with asking.remembering(), django_assert_num_queries(1):
        assert readable_ids(ana) == readable_ids(ana)
    with django_assert_num_queries(2):
        assert readable_ids(ana) == readable_ids(ana)


def test_nothing_is_remembered_of_one_leader_for_another(ana, cleo, space, commons):
    with asking.remembering():
        assert space.pk in readable_ids(ana)
        assert space.pk not in readable_ids(cleo)


def test_nothing_is_remembered_after_a_page_that_fails(ana, rf):
    def broken(request):
        readable_ids(ana)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        AskOnce(broken)(rf.get("/"))
    assert not asking.is_remembering()


def test_a_verb_asks_each_time(rf):
    seen = []
    middleware = AskOnce(lambda request: seen.append(asking.is_remembering()))
    for method in ("get", "head", "post", "put", "delete", "patch"):
        middleware(getattr(rf, method)("/"))
    assert seen == [True, True, False, False, False, False]


def test_who_may_not_see_a_thread_may_not_reply(ana, cleo, dara, space):
    plain, hidden, merged = (make_thread(space, ana) for _ in range(3))
    hidden.hidden_at, merged.merged_into = timezone.now(), plain
    for thread in (hidden, merged):
        thread.save()
    for thread in (plain, hidden, merged):
        for leader in (ana, cleo, dara):
            seen = Thread.objects.visible_to(leader).filter(pk=thread.pk).exists()
            unseen = may_reply(leader, thread).reason == "Only members of this space can read it."
            assert seen is not unseen


def test_the_number_in_the_header_is_that_of_the_list(ana, ben, dara, space):
    thread = make_thread(space, ana)
    make_reply(thread, ben)
    Notice.objects.create(
        leader=ana, kind="reply", space=space, thread=thread, post=thread.posts.get(number=2)
    )
    Notice.objects.create(leader=ana, kind="membership", space=space, words="You now belong.")
    Notice.objects.create(leader=dara, kind="membership", space=space, words="You now belong.")
    for leader, number in ((ana, 2), (ben, 0), (dara, 1)):
        assert count_unread(leader) == Notice.objects.visible_to(leader).unread().count() == number
    ana.cohort_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert count_unread(ana) == Notice.objects.visible_to(ana).unread().count() == 1


def test_the_number_at_the_desk_is_that_of_its_list(ana, ben, cleo, dara, space):
    for author in (ana, dara):
        moderation.report(make_thread(space, author).posts.get(), by=ben, category="spam")
    assert count_open_cases(dara) == Case.objects.visible_to(dara).open().count() == 1
    assert [count_open_cases(leader) for leader in (ana, ben, cleo)] == [0, 0, 0]


def test_the_queries_of_a_page_do_not_grow_with_its_rows(ana, ben, space, browse):
    thread = make_thread(space, ana)
    client, counts = browse(ben), []
    for _ in range(3):
        for _ in range(6):
            make_reply(thread, ana)
        make_thread(space, ana)
        pages = [f"{thread.get_absolute_url()}?page=1", space.get_absolute_url(), "/"]
        for page in pages:
            client.get(page)
        asked = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][0] <= 8


def test_every_question_is_built_once(db):
    import_module("collaborate.urls")  # and so whatever a page asks
    rooms = [
        module for name, module in sys.modules.items() if name.startswith(("community.", "collaborate."))
    ]
    found = [each for room in rooms for each in vars(room).values()]
    asked = [each for each in found if isinstance(each, asking.Question)]
    asked += [each for inquiry in found if isinstance(inquiry, Inquiry) for each in inquiry.questions]
    for question in asked:
        question.build()
    assert len(asked) > 30
    assert all(question.is_kept for question in asked)


def test_a_question_that_would_stop_the_clock_is_built_each_time(ana, ben):
    def joined(_leader):
        return Leader.objects.filter(joined_at__lt=timezone.now()).values_list("pk")

    question = asking.Question(joined)
    assert len(question.rows(leader=ana.pk)) == 2
    assert not question.is_kept
    with time_machine.travel(timezone.now() - timedelta(days=365)):
        assert question.rows(leader=ana.pk) == []


def test_a_thread_has_the_facts_of_its_reader(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ben)
    for leader in (ana, ben):
        slow = reading.with_first_unread(leader, Thread.objects.filter(pk=thread.pk)).get()
        quick = reading.seen(leader, thread.pk)
        for name in ("mark", "is_marked", "level", "own_level", "first_unread", "unread"):
            assert getattr(quick, name) == getattr(slow, name)
        assert not quick.has_draft


def test_the_latest_new_threads_are_the_same_however_they_are_found(ana, ben, space, monkeypatch):
    known, *fresh = [make_thread(space, ben, title=f"Thread {n}") for n in range(6)]
    reading.mark_read(fresh[3], by=ana, first=1, last=1)
    reading.new_among_latest(ana)  # built now, with the number that holds
    for looked_at in (1, 2, 4, 200):
        monkeypatch.setattr(reading, "LOOKED_AT_FIRST", looked_at)
        for number in (1, 3, 9):
            found = reading.latest_new(ana, number, besides=[known.pk])
            assert found == [thread.pk for thread in (fresh[4], fresh[2], fresh[1], fresh[0])][:number]
            every = [thread.pk for thread in (fresh[4], fresh[2], fresh[1], fresh[0], known)]
            assert reading.newest(ana, number) == every[:number]


def in_lists(leader, threads) -> list[Thread]:
    """Threads with some columns of their own, and of what is joined."""

    def build(leader):
        found = reading.listed(leader).filter(pk__in=[asking.THREADS]).order_by()
        lean = found.select_related(None).defer(None).select_related("space", "last_post__author")
        joined = ("space__name", "space__slug", "last_post__number", *COLUMNS_OF_AUTHORS)
        return lean.only("space", "title", "is_pinned", "last_number", "last_post", *joined)

    return asking.Question(build).objects(threads=threads, **reading.asker(leader))


COLUMNS_OF_AUTHORS = [f"last_post__author__{name}" for name in ("handle", "name", "photo", "visibility")]


def test_a_question_gives_the_same_objects_as_its_query(ana, ben, space):
    thread = make_thread(space, ana)
    for _ in range(3):
        make_reply(thread, ben)
    slow = {each.pk: each for each in reading.listed(ana)}
    [quick] = in_lists(ana, [thread.pk])
    for name in ("title", "mark", "is_new", "is_answered", "unread", "level", "last_number", "is_pinned"):
        assert getattr(quick, name) == getattr(slow[thread.pk], name)
    assert (quick.last_post.number, quick.last_post.author.name) == (4, ben.name)
    assert quick.last_post.author.visibility == ben.visibility
    assert quick.space.get_absolute_url() == space.get_absolute_url()


def test_objects_of_a_question_can_be_read_further_changed_and_saved(ana, ben, space):
    make_thread(space, ana, title="Before", body="Words.")
    [thread] = in_lists(ben, [Thread.objects.get().pk])
    assert thread == Thread.objects.get()
    assert "created_at" not in thread.last_post.__dict__
    assert thread.last_post.created_at == Thread.objects.get().last_post.created_at
    assert not thread.last_post.author.photo
    assert (thread._state.adding, thread._state.db) == (False, "default")
    thread.title = "After"
    thread.save()
    assert Thread.objects.get().title == "After"


def test_a_model_that_is_listened_to_is_made_by_django():
    made = []
    post_init.connect(listen := lambda instance, **_: made.append(instance), sender=Thread)
    try:
        thread = makers.Quick(Thread).from_db("default", ["id", "title"], (7, "Before"))
    finally:
        post_init.disconnect(listen, sender=Thread)
    assert made == [thread]
    assert makers.Quick(Thread).from_db("default", ["id", "title"], (7, "Before")) == thread


def test_a_list_shows_only_what_its_reader_may_see(ana, cleo, dara, space):
    plain, hidden = make_thread(space, ana), make_thread(space, ana)
    hidden.hidden_at = timezone.now()
    hidden.save()
    for leader, seen in ((ana, [plain.pk]), (dara, [plain.pk]), (cleo, [])):
        assert [row.pk for row in rows.of(leader, [hidden.pk, plain.pk])] == seen
    front = lists.front(ana, space.slug)
    assert (front, front.first_threads, front.thread_count) == (space, [plain.pk], 1)
    assert lists.front(cleo, space.slug) is None


def test_what_is_asked_is_prepared_once_on_a_connection(ana, space):
    readable_ids(ana)
    with CaptureQueriesContext(connection) as asked:
        readable_ids(ana)
    [statement] = [query["sql"] for query in asked]
    assert statement.startswith("EXECUTE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        prepared = [name for (name,) in cursor.fetchall()]
    assert prepared.count(spaces._READ._name) == 1


def test_what_is_prepared_is_planned_once_for_all_values(ana, space):
    for _ in range(8):
        count_unread(ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        plans = {name: counts for name, *counts in cursor.fetchall()}
    generic, custom = plans[waiting._WAITING.questions[False]._name]
    assert generic
    assert not custom


def test_behind_a_pooler_nothing_is_prepared(ana, space, monkeypatch):
    expected = readable_ids(ana)
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as asked:
        assert readable_ids(ana) == expected
    [statement] = [query["sql"] for query in asked]
    assert statement.startswith("SELECT")


def test_who_has_little_that_is_new_has_all_compared_once(ana, ben, space, monkeypatch):
    threads = [make_thread(space, ben, title=f"Thread {n}") for n in range(4)]
    reading.new_among_latest(ana)  # built now, with the number that holds
    monkeypatch.setattr(reading, "LOOKED_AT_FIRST", 1)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked, asking.remembering():
            assert catch_up.count(ana) == 4
            assert reading.latest_new(ana, 9) == [thread.pk for thread in reversed(threads)]
    assert len(asked) == 4  # what one may read, the latest, which of them are new, all that is new
