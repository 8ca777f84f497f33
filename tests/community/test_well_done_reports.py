"""Kind words that are not kind can be reported; faculty whom they do not concern decide."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import deletions, errands, members, moderation, well_done
from community.models import Case, Decision, Notice, NoticeKind, Report, SpaceMembership, WellDone
from community.permissions import Conflict
from tests.cast import make_moderator

pytestmark = pytest.mark.django_db

WORDS = "For once <b>you</b> were on time."


@pytest.fixture
def said(ana, ben):
    said = well_done.say(ben, by=ana, words=WORDS, uuid=uuid.uuid4())
    errands.run()
    return said


@pytest.fixture
def hugh(commons):
    """A second moderator of the open space."""
    return make_moderator("Hugh Ives", commons)


def door(said) -> str:
    return reverse("report_well_done", args=[said.pk])


def test_the_receiver_reports_it_and_faculty_hide_it(ana, ben, cleo, dara, said, browse):
    well_done.show(said, by=ben, shown=True)
    assert door(said) in browse(ben).get("/well-done/").text
    form = browse(ben).get(door(said)).text
    assert "Report a well done" in form
    assert "For once &lt;b&gt;you&lt;/b&gt; were" in form
    answer = browse(ben).post(door(said), {"category": "harassment", "words": "Again."}, follow=True)
    assert answer.redirect_chain == [("/well-done/", 302)]
    assert "Faculty moderators will read it and tell you." in answer.text
    case = Case.objects.get()
    assert (case.well_done, case.space, case.about) == (said, None, ana)
    errands.run()
    assert [notice.leader for notice in Notice.objects.filter(kind=NoticeKind.CASE)] == [dara]
    assert "· Well done" in browse(dara).get("/notices/").text
    assert "What was said to Ben Carrow" in browse(dara).get(reverse("desk")).text
    desk = browse(dara).get(reverse("desk_case", args=[case.pk])).text
    assert "For once &lt;b&gt;you&lt;/b&gt; were" in desk
    assert "of this conversation" not in desk
    decided = {"verb": "hide", "reason": "Not kind."}
    assert browse(dara).post(reverse("decide_case", args=[case.pk]), decided).status_code == 302
    for reader, page in ((ben, "/well-done/"), (ana, "/well-done/?show=said"), (cleo, "/leaders/ben/")):
        assert "on time" not in browse(reader).get(page).text
    assert "What was said to Ben Carrow" in browse(dara).get(reverse("desk_log")).text
    errands.run()
    told = dict(
        Notice.objects.exclude(kind__in=[NoticeKind.CASE, NoticeKind.WELL_DONE]).values_list(
            "leader", "words"
        )
    )
    assert told == {
        ana.pk: "A moderator has hidden your well done. The reason: Not kind.",
        ben.pk: "Thank you for your report. A moderator read it and has hidden it.",
    }


def test_hidden_its_notice_goes_and_shown_again_all_is_back(ben, cleo, dara, said, browse):
    well_done.show(said, by=ben, shown=True)
    case = moderation.report(said, by=cleo, category="other").case
    moderation.hide(said, by=dara, reason="Off.")
    assert "on time" not in browse(ben).get("/notices/").text
    with pytest.raises(Conflict, match="This well done is hidden already"):
        moderation.hide(said, by=dara, reason="Off.")
    moderation.restore(case.item, by=dara, reason="On.")
    assert "on time" in browse(ben).get("/notices/").text
    assert "on time" in browse(cleo).get("/leaders/ben/").text
    assert Decision.objects.filter(well_done=said).count() == 2


def test_whoever_sees_it_on_a_profile_reports_it_too(ana, ben, cleo, dara, finn, said, browse):
    assert browse(cleo).get(door(said)).status_code == 404
    well_done.show(said, by=ben, shown=True)
    assert door(said) in browse(cleo).get("/leaders/ben/").text
    for leader in (ana, ben):
        assert door(said) not in browse(leader).get("/leaders/ben/").text
    for reader in (cleo, finn, cleo):
        assert browse(reader).post(door(said), {"category": "other"}).url == "/leaders/ben/"
    assert (Case.objects.count(), Report.objects.count()) == (1, 2)


def test_neither_of_the_two_decides_nor_sees_the_case(ana, dara, hugh, browse):
    """Dara, of the faculty, said it or was told; then only somebody else reads the report."""
    for by, to, reporter in ((dara, ana, ana), (ana, dara, dara)):
        said = well_done.say(to, by=by, words=WORDS, uuid=uuid.uuid4())
        case = moderation.report(said, by=reporter, category="other").case
        assert list(case.deciders()) == [hugh]
        assert browse(dara).get(reverse("desk_case", args=[case.pk])).status_code == 404
        assert WORDS[:8] not in browse(dara).get(reverse("desk")).text
        decided = {"verb": "dismiss", "reason": "Fine."}
        assert browse(dara).post(reverse("decide_case", args=[case.pk]), decided).status_code == 404
        assert browse(hugh).get(reverse("desk_case", args=[case.pk])).status_code == 200
        moderation.dismiss(case, by=hugh, reason="Fine.")
        assert f"case={case.pk}" not in browse(dara).get(reverse("desk_log")).text
    assert not Decision.objects.visible_to(dara).exists()


def test_nobody_reports_their_own_nor_what_they_cannot_see(ana, ben, cleo, eli, said, browse):
    assert browse(ana).get(door(said)).status_code == 403
    assert browse(ana).post(door(said), {"category": "other"}).status_code == 403
    assert browse(eli).post(door(said), {"category": "other"}).status_code == 403
    assert browse(cleo).post(door(said), {"category": "other"}).status_code == 404
    assert browse(ben).post(door(said), {"category": ""}).status_code == 422
    well_done.stop_hearing(ana, by=ben)
    assert browse(ben).post(door(said), {"category": "other"}).status_code == 404
    assert not Case.objects.exists()


def test_where_nobody_may_decide_the_reporter_is_told_whom_to_write_to(ben, said, browse):
    answer = browse(ben).post(door(said), {"category": "other"}, follow=True)
    assert "no faculty moderator who may read it now" in answer.text


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_taken_away_after_a_report_it_is_kept_for_the_moderators_alone(ana, ben, dara, said, browse, who):
    case = moderation.report(said, by=ben, category="other").case
    leader = {"ana": ana, "ben": ben}[who]
    assert browse(leader).post(reverse("remove_well_done", args=[said.pk])).status_code == 302
    for reader, page in ((ben, "/well-done/"), (ana, "/well-done/?show=said"), (ben, "/notices/")):
        assert "on time" not in browse(reader).get(page).text
    assert browse(leader).post(reverse("remove_well_done", args=[said.pk])).status_code == 404
    desk = browse(dara).get(reverse("desk_case", args=[case.pk])).text
    assert "on time" in desk
    assert "Taken away since" in desk
    moderation.hide(Case.objects.get().item, by=dara, reason="Not kind.")
    assert not Case.objects.open().exists()


def test_taken_away_by_both_at_once_it_is_gone_once(ana, ben, said):
    for leader in (ana, ben):
        well_done.remove(WellDone(pk=said.pk, by=ana, to=ben), by=leader)
    assert not WellDone.objects.exists()


def test_a_report_that_meets_a_removal_is_refused_in_a_sentence(ben, said):
    WellDone.objects.all().delete()
    with pytest.raises(Conflict, match="taken away meanwhile"):
        moderation.report(said, by=ben, category="other")


def test_the_words_are_forgotten_once_it_is_decided_and_long_gone(ben, dara, said):
    case = moderation.report(said, by=ben, category="other").case
    well_done.remove(said, by=ben)
    WellDone.objects.update(removed_at=timezone.now() - timedelta(days=91))
    assert deletions.forget_well_done() == 0
    moderation.dismiss(case, by=dara, reason="Gone.")
    assert deletions.forget_well_done() == 1
    assert WellDone.objects.get().words == ""
    assert deletions.forget_well_done() == 0


def test_moderators_can_suspend_for_it(ana, ben, dara, said, browse):
    case = moderation.report(said, by=ben, category="harassment").case
    until = timezone.now() + timedelta(days=3)
    members.suspend(ana, by=dara, space=None, until=until, reason="Enough.", case=case)
    ana.refresh_from_db()
    assert ana.is_suspended
    assert "Well done" in browse(dara).get(reverse("desk")).text
    assert browse(dara).get(reverse("desk_register")).status_code == 200
    members.lift(ana, by=dara, space=None, reason="Long enough.")


def test_an_admin_is_told_that_one_waits_for_nobody_and_nothing_else(ben, dara, hugh, finn, browse):
    said = well_done.say(ben, by=dara, words=WORDS, uuid=uuid.uuid4())
    moderation.report(said, by=ben, category="risk")
    assert "nobody may read it" not in browse(finn).get("/admin/community/space/").text
    SpaceMembership.objects.filter(leader=hugh).delete()
    page = browse(finn).get("/admin/community/space/").text
    assert "nobody may read it" in page
    assert "on time" not in page
