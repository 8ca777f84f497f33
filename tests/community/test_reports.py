"""Reports: the cases that they form, and the doors for reporting and deciding."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from community import moderation
from community.models import Case, Decision, Message, Report, Room, Space, SpaceMembership, SpaceRole
from tests.cast import make_leader
from tests.making import make_reply, make_thread


@pytest.fixture
def thread(ana, space):
    return make_thread(space, ana, title="How do you begin a meeting?")


@pytest.fixture
def post(thread, ben):
    return make_reply(thread, ben)


@pytest.fixture
def message(space, ben):
    room = Room.objects.create(space=space, last_number=1, version=1)
    return Message.objects.create(
        room=room, number=1, version=1, author=ben, body="Morning", body_html="<p>Morning</p>"
    )


# --- Cases --------------------------------------------------------------------------------------------


def test_five_reports_are_one_case_as_grave_as_the_gravest(commons, ana):
    post = make_thread(commons, ana).posts.get()
    people = [make_leader(name) for name in ("Ivo One", "Jan Two", "Kit Three", "Lea Four", "Mia Five")]
    for person, category in zip(people, ["spam", "other", "risk", "unsafe", "spam"], strict=True):
        moderation.report(post, by=person, category=category)
    case = Case.objects.get()
    assert case.reports.count() == 5
    assert (case.priority, case.about, case.space) == (1, ana, commons)


def test_a_second_report_of_one_member_is_the_first(post, ana):
    first = moderation.report(post, by=ana, category="spam", words="Look.")
    again = moderation.report(post, by=ana, category="risk", words="Look again.")
    assert again == first
    assert Report.objects.get().words == "Look."


def test_a_report_after_the_decision_opens_a_new_case(post, ana, dara):
    first = moderation.report(post, by=ana, category="spam").case
    moderation.dismiss(first, by=dara, reason="Not spam.")
    second = moderation.report(post, by=ana, category="spam").case
    assert first != second
    assert second.is_open


def test_nobody_reports_their_own_words_nor_what_they_cannot_see(post, ben, cleo):
    for person in (ben, cleo):
        with pytest.raises(PermissionDenied):
            moderation.report(post, by=person, category="spam")
    assert not Case.objects.exists()


def test_a_case_about_a_moderator_does_not_reach_that_moderator(space, ana, dara, cleo):
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    post = make_thread(space, dara).posts.get()
    case = moderation.report(post, by=ana, category="harassment").case
    assert case not in Case.objects.visible_to(dara)
    assert case in Case.objects.visible_to(cleo)
    decision = moderation.dismiss(case, by=cleo, reason="Sharp, not bullying.")
    assert decision not in Decision.objects.visible_to(dara)
    assert decision in Decision.objects.visible_to(cleo)


def test_one_moderator_takes_a_case_and_the_other_is_told(post, ana, dara, cleo, space):
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    case = moderation.report(post, by=ana, category="spam").case
    moderation.assign(case, by=dara)
    assert moderation.assign(case, by=dara).assignee == dara
    with pytest.raises(PermissionDenied, match="Dara Elling has taken this case already"):
        moderation.assign(case, by=cleo)


# --- The door for reporting ---------------------------------------------------------------------------


def test_a_member_reports_a_post_without_javascript(browse, post, ana):
    page = browse(ana).get(reverse("report_post", args=[post.pk]))
    assert "Somebody may be at risk" in page.content.decode()
    answer = browse(ana).post(
        page.wsgi_request.path, {"category": "spam", "words": "An advert."}, follow=True
    )
    assert "Thank you. The moderators" in answer.content.decode()
    assert Report.objects.get().words == "An advert."


def test_a_member_reports_a_message(browse, message, ana):
    answer = browse(ana).post(reverse("report_message", args=[message.pk]), {"category": "unsafe"})
    assert answer.status_code == 302
    assert Case.objects.get().message == message


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": "Kept <words>"}, "Choose what fits best."),
        ({"category": "nonsense", "words": "Kept <words>"}, "Select a valid choice"),
        ({"category": "spam", "words": "Kept <words>" * 200}, "longer than 2,000"),
    ],
)
def test_an_incomplete_report_keeps_what_was_typed(browse, post, ana, fields, sentence):
    answer = browse(ana).post(reverse("report_post", args=[post.pk]), fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Kept &lt;words&gt;" in answer.content.decode()
    assert not Case.objects.exists()


def test_outsiders_get_the_same_404_as_for_nothing(browse, post, cleo):
    for pk in (post.pk, 999_999, 10**30):
        assert browse(cleo).get(reverse("report_post", args=[pk])).status_code == 404
        assert browse(cleo).post(reverse("report_post", args=[pk]), {"category": "spam"}).status_code == 404


def test_an_author_is_refused_in_a_sentence(browse, post, ben):
    answer = browse(ben).post(reverse("report_post", args=[post.pk]), {"category": "spam"})
    assert answer.status_code == 403
    assert "You cannot report your own words." in answer.content.decode()


# --- The doors for deciding ---------------------------------------------------------------------------

OF_THREADS = ("hide", "close", "pin", "move")


@pytest.fixture
def doors(thread, post, message):
    """The address of every decision that is possible now."""
    return [
        *(reverse(f"{verb}_thread", args=[thread.pk]) for verb in OF_THREADS),
        reverse("hide_post", args=[post.pk]),
        reverse("hide_message", args=[message.pk]),
    ]


def test_a_moderator_decides_by_a_reason(browse, doors, dara, commons):
    for door in doors:
        assert browse(dara).get(door).status_code == 200
        answer = browse(dara).post(door, {"reason": "A good reason.", "to": commons.pk})
        assert answer.status_code == 302, door
    assert Decision.objects.count() == len(doors)


def test_without_a_reason_nothing_is_decided(browse, doors, dara):
    for door in doors:
        for reason in ("", "   ", "x" * 1001):
            answer = browse(dara).post(door, {"reason": reason})
            assert answer.status_code == 422
            assert "There is a problem" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_reason_that_is_too_long_is_kept(browse, post, dara):
    answer = browse(dara).post(reverse("hide_post", args=[post.pk]), {"reason": "<why>" + "x" * 1000})
    assert "&lt;why&gt;xxx" in answer.content.decode()
    assert "longer than 1,000" in answer.content.decode()


def test_members_are_refused_in_a_sentence_and_outsiders_find_nothing(browse, doors, ana, cleo, finn):
    for door in doors:
        for method in (browse(ana).get, browse(ana).post):
            answer = method(door, {"reason": "Because."})
            assert answer.status_code == 403
            assert "Only the moderators of this space may do that." in answer.content.decode()
        assert browse(cleo).post(door, {"reason": "Because."}).status_code == 404
        assert browse(finn).post(door, {"reason": "Because."}).status_code == 404
    assert not Decision.objects.exists()


def test_the_suspended_and_strangers_do_not_come_in(client, browse, doors, eli):
    for door in doors:
        assert client.post(door, {"reason": "Because."}).status_code == 302
    for door in doors:
        assert browse(eli).post(door, {"reason": "Because."}).status_code == 403
    assert not Decision.objects.exists()


def test_what_is_hidden_already_is_told_with_the_typed_reason(browse, post, dara):
    moderation.hide(post, by=dara, reason="First.")
    answer = browse(dara).post(reverse("hide_post", args=[post.pk]), {"reason": "Second."})
    assert answer.status_code == 409
    assert "This post is hidden already." in answer.content.decode()
    assert "Second." in answer.content.decode()
    assert Decision.objects.count() == 1


def test_a_thread_is_offered_only_places_where_it_may_go(browse, ana, dara, space, commons):
    thread = make_thread(commons, ana)
    elsewhere = Space.objects.create(name="South", slug="south", kind="private", description="Others.")
    page = browse(dara).get(reverse("move_thread", args=[thread.pk])).content.decode()
    assert space.name in page
    assert elsewhere.name not in page
    answer = browse(dara).post(
        reverse("move_thread", args=[thread.pk]), {"to": elsewhere.pk, "reason": "There."}
    )
    assert answer.status_code == 422
    assert "Choose a space from the list." in answer.content.decode()


def test_the_thread_page_offers_moderation_to_moderators_alone(browse, thread, post, ana, dara):
    address = f"{thread.get_absolute_url()}?page=1"
    hide = reverse("hide_post", args=[post.pk])
    close = reverse("close_thread", args=[thread.pk])
    for_dara = browse(dara).get(address).content.decode()
    assert hide in for_dara
    assert close in for_dara
    for_ana = browse(ana).get(address).content.decode()
    assert hide not in for_ana
    assert close not in for_ana


def test_a_title_of_one_word_is_not_taken_for_a_verb(browse, space, ana, ben):
    thread = make_thread(space, ana, title="Close")
    answer = browse(ben).get(thread.get_absolute_url(), follow=True)
    assert answer.status_code == 200
    assert "Close" in answer.content.decode()
