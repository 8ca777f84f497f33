"""A new case tells the moderators of its space, and nobody whom it should not reach."""

import uuid

import pytest

from community import errands, moderation, tasks
from community.mail import editions
from community.models import Case, Notice, NoticeKind, SpaceMembership, SpaceRole
from community.rooms import conversations
from community.telling import notices
from tests.making import make_thread


def text(answer) -> str:
    return answer.content.decode()


def told():
    errands.run()
    return {notice.leader for notice in Notice.objects.filter(kind=NoticeKind.CASE)}


@pytest.fixture
def second(cleo, space):
    """Cleo as a second moderator of the cohort's space."""
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    return cleo


@pytest.fixture
def case(ana, ben, dara, space):
    post = make_thread(space, ana, title="Saying no kindly").posts.get()
    return moderation.report(post, by=ben, category="harassment", words="Look at the zebra").case


def test_each_moderator_has_one_line_that_leads_to_the_case(browse, case, dara, second):
    moderation.report(case.post, by=dara, category="spam")
    assert told() == {dara, second}
    [notice] = Notice.objects.visible_to(dara).filter(kind=NoticeKind.CASE)
    assert Notice.objects.visible_to(dara).unread().count() == 1
    page = text(browse(dara).get("/notices/"))
    assert "A report waits at the desk: bullying or harassment" in page
    for word in ("zebra", "Saying no kindly", "Ben Carrow", "Ana Brook"):
        assert word not in page
    assert browse(dara).get(f"/notices/{notice.pk}/").url == f"/desk/cases/{case.pk}/"


def test_the_line_goes_with_the_case(case, dara):
    told()
    moderation.dismiss(case, by=dara, reason="Fine")
    assert not Notice.objects.visible_to(dara).filter(kind=NoticeKind.CASE).exists()


def test_nobody_is_told_of_a_report_about_themselves(ana, dara, second, space):
    words = make_thread(space, dara).posts.get()
    moderation.report(words, by=ana, category="harassment")
    assert told() == {second}
    Notice.objects.create(leader=dara, kind=NoticeKind.CASE, case=Case.objects.get(), space=space)
    assert not Notice.objects.visible_to(dara).exists()


def test_members_reporters_and_admins_are_not_told(case, ana, ben, finn, dara):
    assert told() == {dara}


def test_who_moderates_no_longer_sees_it_no_longer(browse, case, dara):
    told()
    notice = Notice.objects.get(kind=NoticeKind.CASE)
    SpaceMembership.objects.filter(leader=dara).delete()
    assert browse(dara).get(f"/notices/{notice.pk}/").status_code == 404


def test_it_is_in_no_digest(case, dara):
    told()
    assert editions.compose([dara])[dara.pk].personal == []


# --- Appointed later ----------------------------------------------------------------------------------------


def now_moderates(leader, space):
    leader.is_faculty = True
    leader.save()
    SpaceMembership.objects.create(space=space, leader=leader, role=SpaceRole.MODERATOR)


def test_whoever_moderates_later_is_told_once_of_what_waits(case, cleo, dara, space):
    assert told() == {dara}
    now_moderates(cleo, space)
    for _ in range(2):
        tasks.prompt_moderators()
    assert told() == {dara, cleo}
    assert Notice.objects.filter(kind=NoticeKind.CASE).count() == 2
    notices.open_all(cleo)
    tasks.prompt_moderators()
    assert not Notice.objects.visible_to(cleo).unread().exists()


def test_whoever_moderates_later_is_told_of_a_reported_conversation(ana, ben, cleo, commons):
    said = conversations.begin([ben], by=ana, body="A zebra", uuid=uuid.uuid4())
    moderation.report(said, by=ben, category="harassment")
    assert told() == set()
    now_moderates(cleo, commons)
    tasks.prompt_moderators()
    assert told() == {cleo}
    assert "zebra" not in str(Notice.objects.filter(leader=cleo).values())


def test_neither_those_who_talked_there_nor_those_it_is_about_are_told_later(ana, ben, commons):
    said = conversations.begin([ben], by=ana, body="A zebra", uuid=uuid.uuid4())
    moderation.report(said, by=ben, category="harassment")
    for leader in (ana, ben):
        now_moderates(leader, commons)
    tasks.prompt_moderators()
    assert told() == set()


def test_of_a_closed_case_nobody_is_told_later(case, cleo, dara, space):
    moderation.dismiss(case, by=dara, reason="Fine")
    now_moderates(cleo, space)
    tasks.prompt_moderators()
    assert cleo not in told()


# --- Nobody may decide ----------------------------------------------------------------------------------


def test_an_admin_learns_that_a_case_waits_without_a_moderator(browse, ana, ben, dara, finn, space, commons):
    words = make_thread(space, dara, title="A sharp word").posts.get()
    moderation.report(words, by=ana, category="harassment", words="About the zebra")
    pages = [text(browse(finn).get(f"/admin/community/space/{tail}")) for tail in ("", f"{space.pk}/change/")]
    assert "A case waits: name another moderator" in pages[0]
    assert pages[0].count("A case waits") == 1
    assert "A case waits in North cohort" in pages[1]
    for page in pages:
        assert "sharp" not in page
        assert "zebra" not in page
    assert "A case waits" not in text(browse(finn).get(f"/admin/community/space/{commons.pk}/change/"))


def test_with_a_second_moderator_there_is_nothing_to_learn(browse, ana, dara, finn, second, space):
    words = make_thread(space, dara).posts.get()
    moderation.report(words, by=ana, category="harassment")
    assert "A case waits" not in text(browse(finn).get("/admin/community/space/"))


def test_a_space_without_any_moderator_is_named_too(browse, ana, ben, finn, space):
    moderation.report(make_thread(space, ana).posts.get(), by=ben, category="spam")
    assert "A case waits" in text(browse(finn).get("/admin/community/space/"))
