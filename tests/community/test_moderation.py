"""What moderators decide, and what each decision leaves behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import FunctionType

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community import members, moderation, threads
from community.models import (
    Case,
    Decision,
    Errand,
    ErrandKind,
    JoinRequest,
    Message,
    Post,
    Reading,
    Relocation,
    Room,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
    Thread,
)
from community.permissions import Conflict
from tests.making import make_reply, make_thread

WEEK = timedelta(days=7)


@pytest.fixture
def thread(ana, ben, space):
    thread = make_thread(space, ana)
    make_reply(thread, ben)
    thread.refresh_from_db()
    return thread


@pytest.fixture
def post(thread):
    return thread.posts.get(number=2)


@pytest.fixture
def message(space, ben):
    room = Room.objects.create(space=space, last_number=1, version=1)
    return Message.objects.create(
        room=room, number=1, version=1, author=ben, body="Morning", body_html="<p>Morning</p>"
    )


@pytest.fixture
def request_of_cleo(cleo, dara):
    circle = Space.objects.create(name="Nurses", slug="nurses", kind=SpaceKind.RESTRICTED, description="Us.")
    SpaceMembership.objects.create(space=circle, leader=dara, role=SpaceRole.MODERATOR)
    return JoinRequest.objects.create(space=circle, leader=cleo, words="I lead nurses.")


def errands(kind):
    return list(Errand.objects.filter(kind=kind).values_list("target", flat=True))


# --- Each verb ------------------------------------------------------------------------------------------


def test_a_hidden_post_is_gone_for_members_and_stays_for_the_moderator(post, ana, ben, dara):
    moderation.hide(post, by=dara, reason="It names a patient.")
    assert not Post.objects.visible_to(ana).filter(pk=post.pk).exists()
    assert not Post.objects.visible_to(ben).filter(pk=post.pk).exists()
    assert Post.objects.visible_to(dara).filter(pk=post.pk).exists()


def test_hiding_the_last_post_sets_the_figures_of_its_thread_right(thread, post, dara):
    moderation.hide(post, by=dara, reason="It names a patient.")
    thread.refresh_from_db()
    assert (thread.shown_count, thread.last_post.number, thread.last_number) == (1, 1, 2)
    moderation.restore(post, by=dara, reason="A misreading.")
    thread.refresh_from_db()
    assert (thread.shown_count, thread.last_post) == (2, post)
    assert thread.last_post_at == post.created_at


def test_hiding_every_post_leaves_a_thread_without_a_last_post(thread, dara):
    for post in thread.posts.all():
        moderation.hide(post, by=dara, reason="Advertising.")
    thread.refresh_from_db()
    assert (thread.shown_count, thread.last_post, thread.last_post_at) == (0, None, thread.created_at)


def test_a_hidden_thread_takes_its_posts_with_it(thread, post, ben, dara):
    moderation.hide(thread, by=dara, reason="It went wrong.")
    assert not Thread.objects.visible_to(ben).filter(pk=thread.pk).exists()
    assert not Post.objects.visible_to(ben).filter(thread=thread).exists()
    moderation.restore(thread, by=dara, reason="It can be mended.")
    assert Post.objects.visible_to(ben).filter(thread=thread).count() == 2


def test_a_hidden_message_takes_the_next_version_of_its_room(message, dara):
    moderation.hide(message, by=dara, reason="It names a patient.")
    message.room.refresh_from_db()
    assert (message.version, message.room.version) == (2, 2)


def test_a_closed_thread_can_be_opened_again(thread, dara):
    moderation.close(thread, by=dara, reason="All is said.")
    assert Thread.objects.get().is_closed
    moderation.reopen(thread, by=dara, reason="There is news.")
    assert not Thread.objects.get().is_closed


def test_a_moved_thread_takes_posts_marks_and_open_cases_along(ana, dara, commons, space):
    thread = make_thread(commons, ana)
    make_reply(thread, ana)
    thread.refresh_from_db()
    post = thread.posts.get(number=1)
    Reading.objects.filter(thread=thread, leader=ana).update(read_up_to=2)
    case = moderation.report(post, by=dara, category="spam").case
    decision = moderation.move(thread, to=space, by=dara, reason="It concerns the cohort.")
    case.refresh_from_db()
    assert set(thread.posts.values_list("space__slug", flat=True)) == {"north"}
    assert Reading.objects.get(thread=thread, leader=ana).read_up_to == 2
    assert case.space == space
    assert case.is_open
    assert decision.space.slug == "commons"


def test_a_thread_never_moves_to_people_who_could_not_read_it(thread, dara, cleo, commons):
    with pytest.raises(PermissionDenied, match="could not read it before"):
        moderation.move(thread, to=commons, by=dara, reason="It belongs to everybody.")


def test_nothing_is_moved_out_of_a_sealed_space(ana, dara, commons, post):
    sealed = Space.objects.create(
        name="Quiet", slug="quiet", kind=SpaceKind.SEALED, description="Here only.", mail_rule="nothing"
    )
    SpaceMembership.objects.create(space=sealed, leader=dara, role=SpaceRole.MODERATOR)
    sealed.terms_accepted.create(leader=dara)
    thread = Thread.objects.create(space=sealed, author=ana, title="Between us")
    with pytest.raises(PermissionDenied, match="stays there"):
        moderation.move(thread, to=commons, by=dara, reason="Why not.")


def test_a_thread_moves_only_to_where_its_mover_may_write(thread, dara):
    elsewhere = Space.objects.create(
        name="South", slug="south", kind=SpaceKind.PRIVATE, description="Others."
    )
    with pytest.raises(PermissionDenied, match="Only members"):
        moderation.move(thread, to=elsewhere, by=dara, reason="Over there.")


def test_a_suspension_ends_by_itself_or_is_lifted(ben, dara, space):
    members.suspend(ben, by=dara, space=space, until=timezone.now() + WEEK, reason="Three warnings.")
    ben.refresh_from_db()
    assert ben.is_suspended
    assert ben.suspension_reason == "Three warnings."
    members.lift(ben, by=dara, space=space, reason="We talked.")
    ben.refresh_from_db()
    assert not ben.is_suspended


def test_a_suspension_decided_elsewhere_is_not_for_this_moderator_to_lift(eli, dara, space):
    with pytest.raises(PermissionDenied, match="decided elsewhere"):
        members.lift(eli, by=dara, space=space, reason="Enough.")


def test_faculty_strangers_and_the_already_suspended_are_not_suspended(dara, finn, cleo, eli, ben, space):
    until = timezone.now() + WEEK
    for person, sentence in [
        (dara, "yourself"),
        (finn, "by an admin"),
        (cleo, "take part"),
        (eli, "suspended already"),
    ]:
        with pytest.raises(PermissionDenied, match=sentence):
            members.suspend(person, by=dara, space=space, until=until, reason="No.")
    with pytest.raises(Conflict, match="in the future"):
        members.suspend(ben, by=dara, space=space, until=timezone.now(), reason="No.")
    assert not Decision.objects.exists()


def test_who_is_let_in_belongs_to_the_space(request_of_cleo, cleo, dara):
    members.admit(request_of_cleo, by=dara, reason="Welcome.")
    assert request_of_cleo.space in Space.objects.visible_to(cleo)
    assert errands(ErrandKind.TELL_MEMBER) == [request_of_cleo.pk]
    with pytest.raises(Conflict, match="Dara Elling has answered"):
        members.decline(request_of_cleo, by=dara, reason="Too late.")


def test_who_is_declined_stays_outside(request_of_cleo, cleo, dara):
    members.decline(request_of_cleo, by=dara, reason="For practice nurses only.")
    assert request_of_cleo.space not in Space.objects.visible_to(cleo)
    assert request_of_cleo.accepted is False


def edited(post):
    """The former text of a post that its author has edited."""
    return threads.edit(post, by=post.author, body="Better words.", version=post.version).revisions.latest(
        "version"
    )


# --- What every decision leaves ---------------------------------------------------------------------------


def story(verb, *, thread, post, ana, dara, space, commons, join_request):
    """Bring about what the verb needs, and return a call of it."""
    why = {"by": dara, "reason": "A good reason."}
    flag = {"by": ana, "category": "spam"}
    match verb:
        case "restore":
            moderation.hide(post, **why)
            return lambda: moderation.restore(post, **why)
        case "reopen":
            moderation.close(thread, **why)
            return lambda: moderation.reopen(thread, **why)
        case "unpin":
            moderation.pin(thread, **why)
            return lambda: moderation.unpin(thread, **why)
        case "lift":
            members.suspend(post.author, space=space, until=timezone.now() + WEEK, **why)
            return lambda: members.lift(post.author, space=space, **why)
        case "dismiss":
            case = moderation.report(post, **flag).case
            return lambda: moderation.dismiss(case, **why)
        case "move":
            return lambda: moderation.move(make_thread(commons, ana), to=space, **why)
        case "split":
            return lambda: moderation.split(thread, start=2, title="Another thread", **why)
        case "merge":
            return lambda: moderation.merge(make_thread(commons, ana), into=thread, **why)
        case "suspend":
            return lambda: members.suspend(post.author, space=space, until=timezone.now() + WEEK, **why)
        case "admit" | "decline":
            return lambda: getattr(members, verb)(join_request, **why)
        case "hide":
            return lambda: moderation.hide(post, **why)
        case "hide_revision":
            return lambda: moderation.hide_revision(edited(post), **why)
        case "restore_revision":
            revision = edited(post)
            moderation.hide_revision(revision, **why)
            return lambda: moderation.restore_revision(revision, **why)
        case "stop_move":
            other = make_thread(space, ana, "Where the others go")
            way = Relocation.objects.create(verb="split", thread=thread, to=other, by=ana, reason="Rotas.")
            return lambda: moderation.stop_move(way, **why)
        case "close" | "pin":
            return lambda: getattr(moderation, verb)(thread, **why)
    raise AssertionError(f"Tell a story about {verb}.")


MEMBERS_FLAG_AND_QUEUE = {"report", "assign"}
VERBS = sorted(
    name
    for module in (moderation, members)
    for name, thing in vars(module).items()
    if isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and name[0] != "_"
    if name not in MEMBERS_FLAG_AND_QUEUE
)


@pytest.fixture(params=VERBS)
def verb(request):
    return request.param


@pytest.fixture
def act(verb, thread, post, ana, dara, space, commons, request_of_cleo):
    """What dara is about to decide."""
    places = {"thread": thread, "post": post, "space": space, "commons": commons}
    return story(verb, ana=ana, dara=dara, join_request=request_of_cleo, **places)


def test_each_verb_leaves_exactly_one_decision(verb, act, dara):
    before = Decision.objects.count()
    decision = act()
    assert Decision.objects.count() == before + 1
    assert (decision.verb, decision.by, decision.reason) == (verb, dara, "A good reason.")


def test_every_kind_of_decision_has_a_verb():
    assert set(Decision.Verb.values) == set(VERBS)


def test_a_member_who_tries_is_refused_and_leaves_nothing(act, dara):
    SpaceMembership.objects.filter(leader=dara).update(role=SpaceRole.MEMBER)
    before = Decision.objects.count()
    with pytest.raises(PermissionDenied, match="Only the moderators"):
        act()
    assert Decision.objects.count() == before


def test_saying_the_same_twice_is_told_and_leaves_no_second_decision(thread, post, dara):
    moderation.hide(post, by=dara, reason="It names a patient.")
    with pytest.raises(Conflict, match="This post is hidden already"):
        moderation.hide(post, by=dara, reason="It names a patient.")
    moderation.pin(thread, by=dara, reason="Read me.")
    with pytest.raises(Conflict, match="pinned already"):
        moderation.pin(thread, by=dara, reason="Read me.")
    assert Decision.objects.count() == 2


def test_a_decision_needs_a_reason(post, dara):
    with pytest.raises(IntegrityError), transaction.atomic():
        moderation.hide(post, by=dara, reason="  ")
    assert not Post.objects.get(pk=post.pk).is_hidden


def test_nobody_decides_about_their_own_words(dara, space):
    thread = make_thread(space, dara)
    with pytest.raises(PermissionDenied, match="your own words"):
        moderation.hide(thread.posts.get(number=1), by=dara, reason="Hm.")


def test_the_log_cannot_be_changed_or_shortened(post, dara):
    decision = moderation.hide(post, by=dara, reason="It names a patient.")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(reason="Nothing happened.")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        decision.delete()
    assert Decision.objects.get().reason == "It names a patient."


def test_author_and_reporters_are_told_of_a_hiding(post, ana, ben, dara):
    case = moderation.report(post, by=ana, category="confidential").case
    decision = moderation.hide(post, by=dara, reason="It names a patient.")
    case.refresh_from_db()
    assert decision.case == case
    assert decision.concerns == ben
    assert errands(ErrandKind.TELL_AUTHOR) == [decision.pk]
    assert errands(ErrandKind.TELL_REPORTERS) == [case.pk]
    assert case.outcome == "A moderator read it and has hidden it."


def test_the_author_is_not_told_that_a_report_was_dismissed(post, ana, dara):
    case = moderation.report(post, by=ana, category="other").case
    moderation.dismiss(case, by=dara, reason="A fair opinion.")
    assert errands(ErrandKind.TELL_AUTHOR) == []
    assert errands(ErrandKind.TELL_REPORTERS) == [case.pk]


def test_hiding_a_thread_answers_the_cases_of_all_its_posts(thread, ana, ben, dara):
    first, second = thread.posts.order_by("number")
    cases = [
        moderation.report(first, by=ben, category="spam").case,
        moderation.report(second, by=ana, category="spam").case,
    ]
    moderation.hide(thread, by=dara, reason="An advertisement and its echo.")
    assert not Case.objects.open().exists()
    assert sorted(errands(ErrandKind.TELL_REPORTERS)) == sorted(case.pk for case in cases)


# --- Two at once -------------------------------------------------------------------------------------------


def at_once(*calls):
    """Run the calls in parallel, each on its own connection; what each returned or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=10)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_one_wins_and_the_other_is_told(thread, ana, dara, cleo, space):
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    pk = thread.posts.get(number=2).pk
    results = at_once(
        lambda: moderation.hide(Post.objects.get(pk=pk), by=dara, reason="Dara's reason."),
        lambda: moderation.hide(Post.objects.get(pk=pk), by=cleo, reason="Cleo's reason."),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Decision"]
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hiding_and_a_dismissal_at_once_are_one_decision_or_say_so(thread, ana, dara):
    post = thread.posts.get(number=2)
    pk = moderation.report(post, by=ana, category="spam").case.pk
    results = at_once(
        lambda: moderation.hide(Post.objects.get(pk=post.pk), by=dara, reason="Spam."),
        lambda: moderation.dismiss(Case.objects.get(pk=pk), by=dara, reason="Not spam."),
    )
    case = Case.objects.get()
    assert not case.is_open
    assert case.decisions.count() == 1
    assert all(isinstance(result, Decision | Conflict) for result in results)


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_form_one_case(thread, ana, ben, cleo, dara, space):
    SpaceMembership.objects.create(space=space, leader=cleo)
    pk = thread.posts.get(number=1).pk
    results = at_once(
        *[
            lambda who=who: moderation.report(Post.objects.get(pk=pk), by=who, category="spam")
            for who in (ben, ben, cleo, dara)
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert Case.objects.get().reports.count() == 3


# --- What open pages are told ---------------------------------------------------------------------------


@pytest.fixture
def pushed(monkeypatch):
    events = []
    monkeypatch.setattr("community.sockets.live.push", lambda topic, event: events.append((topic, event)))
    return events


def test_open_pages_fetch_a_hidden_post_anew_and_every_quote_of_it(thread, post, ana, dara, commons, pushed):
    quoting = make_thread(commons, dara, title="Elsewhere").posts.get()
    quoting.quotes.create(quoted=post)
    pushed.clear()
    moderation.hide(post, by=dara, reason="It names a patient.")
    assert (f"thread:{thread.pk}", {"type": "post", "number": 2}) in pushed
    assert (f"thread:{quoting.thread_id}", {"type": "post", "number": 1}) in pushed


def test_open_pages_hear_of_decisions_about_the_whole_thread(thread, dara, pushed):
    moderation.close(thread, by=dara, reason="All is said.")
    moderation.hide(thread, by=dara, reason="It went wrong.")
    assert pushed == [(f"thread:{thread.pk}", {"type": "thread"})] * 2
