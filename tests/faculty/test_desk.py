"""The desk: what waits there for whom, and the doors through which it is decided."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import members, moderation
from community.models import (
    Case,
    Decision,
    JoinRequest,
    Message,
    Room,
    Space,
    SpaceKind,
    SpaceMembership,
    SpaceRole,
)
from faculty import desk
from tests.cast import make_leader
from tests.making import make_reply, make_thread

HIDE = {"verb": "hide", "reason": "It names a patient."}


@pytest.fixture
def thread(ana, space):
    return make_thread(space, ana, title="How do you begin a meeting?")


@pytest.fixture
def post(thread, ben):
    return make_reply(thread, ben, body="With Mrs Oakapple's results.")


@pytest.fixture
def case(post, ana):
    return moderation.report(post, by=ana, category="confidential", words="A patient's name.").case


@pytest.fixture
def asked(cleo, dara):
    circle = Space.objects.create(name="Nurses", slug="nurses", kind=SpaceKind.RESTRICTED, description="Us.")
    SpaceMembership.objects.create(space=circle, leader=dara, role=SpaceRole.MODERATOR)
    return JoinRequest.objects.create(space=circle, leader=cleo, words="I lead <b>nurses</b>.")


@pytest.fixture
def second(cleo, space):
    """Cleo as a second moderator of the cohort's space."""
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    return cleo


def text(answer) -> str:
    return answer.content.decode()


# --- Who comes in -------------------------------------------------------------------------------------

PAGES = ("desk", "desk_log", "desk_register")


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_for_moderators_alone(client, browse, page, ana, cleo, dara, eli, finn):
    assert client.get(reverse(page)).status_code == 302
    for person in (ana, cleo, finn):
        answer = browse(person).get(reverse(page))
        assert answer.status_code == 403
        assert "The desk is for the faculty who moderate spaces." in text(answer)
    assert browse(eli).get(reverse(page)).status_code == 403
    assert browse(dara).get(reverse(page)).status_code == 200
    assert browse(dara).post(reverse(page)).status_code == 405


def test_members_do_not_enter_cases_requests_or_suspensions(browse, case, asked, ana, finn):
    doors = [
        reverse("desk_case", args=[case.pk]),
        reverse("desk_request", args=[asked.pk]),
        reverse("lift_suspension", args=["eli"]),
    ]
    for door in doors:
        for person in (ana, finn):
            assert browse(person).get(door).status_code == 403
    for name in ("take_case", "decide_case"):
        assert browse(ana).post(reverse(name, args=[case.pk]), HIDE).status_code == 403
    assert not Decision.objects.exists()


def test_a_moderator_of_another_space_finds_nothing(browse, case, asked, thread, cleo, commons):
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=commons, leader=cleo, role=SpaceRole.MODERATOR)
    assert case.post.thread.title not in text(browse(cleo).get(reverse("desk")))
    for door in (reverse("desk_case", args=[case.pk]), reverse("desk_case", args=[999_999])):
        assert browse(cleo).get(door).status_code == 404
    assert browse(cleo).post(reverse("decide_case", args=[case.pk]), HIDE).status_code == 404
    assert browse(cleo).get(reverse("desk_request", args=[asked.pk])).status_code == 404
    assert not Decision.objects.exists()


def test_a_report_about_a_moderator_never_reaches_that_moderator(browse, dara, second, ana, space):
    words = make_thread(space, dara, title="A sharp word").posts.get()
    case = moderation.report(words, by=ana, category="harassment").case
    door = reverse("desk_case", args=[case.pk])
    assert "A sharp word" not in text(browse(dara).get(reverse("desk")))
    assert browse(dara).get(door).status_code == 404
    assert (
        browse(dara).post(reverse("decide_case", args=[case.pk]), {**HIDE, "verb": "dismiss"}).status_code
        == 404
    )
    assert "A sharp word" in text(browse(second).get(reverse("desk")))
    moderation.dismiss(case, by=second, reason="Sharp, not bullying.")
    assert "not bullying" not in text(browse(dara).get(reverse("desk_log")))
    assert "not bullying" not in text(browse(dara).get(reverse("desk_register")))


# --- What waits ---------------------------------------------------------------------------------------


def test_the_gravest_and_then_the_oldest_case_comes_first(dara, ana, ben, space):
    def flag(category, hours):
        post = make_thread(space, ben).posts.get()
        case = moderation.report(post, by=ana, category=category).case
        Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=hours))
        return case

    spam, new_risk, old_risk = flag("spam", 90), flag("risk", 1), flag("risk", 5)
    assert list(desk.queue(dara)) == [old_risk, new_risk, spam]


def test_the_desk_says_how_many_reported_and_who_has_taken_it(browse, case, post, dara):
    moderation.report(post, by=dara, category="risk")
    browse(dara).post(reverse("take_case", args=[case.pk]))
    page = text(browse(dara).get(reverse("desk")))
    assert "2 reports" in page
    assert "Somebody may be at risk" in page
    assert "Dara Elling has it" in page


def test_the_second_to_take_a_case_is_told(browse, case, dara, second):
    browse(dara).post(reverse("take_case", args=[case.pk]))
    answer = browse(second).post(reverse("take_case", args=[case.pk]), follow=True)
    assert "Dara Elling has taken this case already." in text(answer)


def test_an_empty_desk_says_so(browse, dara):
    assert "Nothing waits for you" in text(browse(dara).get(reverse("desk")))


def test_the_desk_asks_the_database_no_more_for_more_cases(
    browse, dara, ana, commons, django_assert_max_num_queries
):
    client = browse(dara)
    for count in (1, 6):
        for number in range(count):
            post = make_thread(commons, make_leader(f"Newcomer{count}{number} Fern")).posts.get()
            moderation.report(post, by=ana, category="spam")
            JoinRequest.objects.create(space=commons, leader=make_leader(f"Asking{count}{number} Fern"))
        with django_assert_max_num_queries(16):
            assert client.get(reverse("desk")).status_code == 200


# --- One case -----------------------------------------------------------------------------------------


def test_a_case_shows_the_words_their_context_and_the_reporters(browse, case, thread, dara):
    page = text(browse(dara).get(reverse("desk_case", args=[case.pk])))
    assert "With Mrs Oakapple" in page
    assert "A beginning." in page
    assert "A patient&#39;s name." in page
    assert "Ana Brook" in page


@pytest.mark.parametrize(
    ("verb", "hidden", "suspended"),
    [("hide", True, False), ("dismiss", False, False), ("suspend", False, True)],
)
def test_each_decision_closes_the_case_and_leaves_one_row(
    browse, case, post, ben, dara, verb, hidden, suspended
):
    typed = {"verb": verb, "reason": "A good reason.", "length": "7"}
    answer = browse(dara).post(reverse("decide_case", args=[case.pk]), typed)
    assert answer.status_code == 302
    for row in (case, post, ben):
        row.refresh_from_db()
    assert (post.is_hidden, ben.is_suspended, case.is_open) == (hidden, suspended, False)
    decision = Decision.objects.get()
    assert (decision.verb, decision.case, decision.by) == (verb, case, dara)


def test_a_case_about_a_message_is_decided_the_same_way(browse, space, ana, ben, dara):
    room = Room.objects.create(space=space, last_number=1, version=1)
    message = Message.objects.create(
        room=room, number=1, version=1, author=ben, body="Morning", body_html="<p>Morning</p>"
    )
    case = moderation.report(message, by=ana, category="spam").case
    assert "Morning" in text(browse(dara).get(reverse("desk_case", args=[case.pk])))
    assert browse(dara).post(reverse("decide_case", args=[case.pk]), HIDE).status_code == 302
    message.refresh_from_db()
    assert message.is_hidden


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "Kept."}, "Choose what to do."),
        ({"verb": "hide", "reason": " "}, "Give a reason."),
        ({"verb": "explode", "reason": "Kept."}, "That is not possible any more."),
        ({"verb": "suspend", "reason": "Kept."}, "Choose for how long."),
        ({"verb": "suspend", "length": "date", "reason": "Kept."}, "Write the date."),
        ({"verb": "suspend", "length": "date", "date": "soon", "reason": "Kept."}, "such as 2026-12-24"),
        ({"verb": "suspend", "length": "date", "date": "2001-01-01", "reason": "Kept."}, "from tomorrow on"),
        ({"verb": "suspend", "length": "date", "date": "9999-12-31", "reason": "Kept."}, "within a year"),
        ({"verb": "suspend", "length": "99999999999", "reason": "Kept."}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_nothing_decided(browse, case, dara, typed, sentence):
    answer = browse(dara).post(reverse("decide_case", args=[case.pk]), typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert typed["reason"] in text(answer)
    assert not Decision.objects.exists()


def test_the_second_decision_on_a_case_is_refused_in_a_sentence(browse, case, dara, second):
    moderation.dismiss(case, by=second, reason="Fine.")
    answer = browse(dara).post(
        reverse("decide_case", args=[case.pk]), {"verb": "dismiss", "reason": "Fine too."}
    )
    assert answer.status_code == 422
    assert "That is not possible any more." in text(answer)
    assert "Fine too." in text(answer)
    assert Decision.objects.count() == 1


def test_a_closed_case_can_be_reversed_from_its_page(browse, case, post, dara):
    moderation.hide(post, by=dara, reason="It names a patient.")
    page = text(browse(dara).get(reverse("desk_case", args=[case.pk])))
    assert "Closed on" in page
    assert "Show it again" in page
    browse(dara).post(
        reverse("decide_case", args=[case.pk]), {"verb": "restore", "reason": "An invented name."}
    )
    post.refresh_from_db()
    assert not post.is_hidden


# --- Requests and suspensions -------------------------------------------------------------------------


def test_a_request_is_read_and_answered(browse, asked, cleo, dara):
    assert "Cleo Dunmore" in text(browse(dara).get(reverse("desk")))
    door = reverse("desk_request", args=[asked.pk])
    assert "I lead &lt;b&gt;nurses" in text(browse(dara).get(door))
    assert browse(dara).post(door, {"verb": "admit"}).status_code == 422
    assert browse(dara).post(door, {"verb": "admit", "reason": "Welcome."}).status_code == 302
    assert asked.space in Space.objects.visible_to(cleo)
    assert browse(dara).post(door, {"verb": "decline", "reason": "Twice."}).status_code == 404


def test_a_suspension_is_listed_and_lifted(browse, dara, ben, space):
    until = timezone.now() + timedelta(days=7)
    members.suspend(ben, by=dara, space=space, until=until, reason="Three warnings.")
    assert "Three warnings." in text(browse(dara).get(reverse("desk")))
    door = reverse("lift_suspension", args=["ben"])
    assert browse(dara).post(door, {"reason": ""}).status_code == 422
    assert browse(dara).post(door, {"reason": "We talked."}).status_code == 302
    ben.refresh_from_db()
    assert not ben.is_suspended
    assert browse(dara).get(door).status_code == 404


def test_a_suspension_by_an_admin_is_not_on_the_desk(browse, dara, eli):
    assert "Eli Farrow" not in text(browse(dara).get(reverse("desk")))
    assert browse(dara).post(reverse("lift_suspension", args=["eli"]), {"reason": "So."}).status_code == 404


# --- The log ------------------------------------------------------------------------------------------


def test_the_log_tells_of_each_decision_and_filters_by_space(browse, case, dara, commons, ana):
    moderation.hide(case.post, by=dara, reason="It names a patient.")
    moderation.pin(make_thread(commons, ana, title="Read me first"), by=dara, reason="A welcome.")
    everything = text(browse(dara).get(reverse("desk_log")))
    assert "It names a patient." in everything
    assert "Read me first" in everything
    in_commons = text(browse(dara).get(reverse("desk_log"), {"space": "commons"}))
    assert "It names a patient." not in in_commons
    assert "Read me first" in in_commons


def test_the_register_is_a_file_without_formulas(browse, case, dara, commons, ana):
    thread = make_thread(commons, ana, title="Read me first")
    moderation.hide(case.post, by=dara, reason='=HYPERLINK("http://x")')
    moderation.pin(thread, by=dara, reason="A welcome.")
    answer = browse(dara).get(reverse("desk_register"))
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(text(answer))))
    assert [row["decision"] for row in rows] == ["Pinned", "Hidden"]
    assert rows[1]["reason"] == '\'=HYPERLINK("http://x")'
    assert rows[1]["address"] == f"/posts/{case.post_id}/"
