"""Members can report the line of a host; a moderator who did not write it decides."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import errands, host_lines, moderation
from community.mail import from_hosts
from community.models import Case, Decision, HostLine, Notice, NoticeKind, Report, SpaceMembership, SpaceRole
from community.permissions import Conflict
from leaders.models import CohortMembership

pytestmark = pytest.mark.django_db

WORDS = "This week <b>we</b> talk about rotas."


@pytest.fixture
def line(dara, space):
    return host_lines.write(space, by=dara, words=WORDS, uuid=uuid.uuid4())


@pytest.fixture
def second(cleo, space):
    """Cleo as a second moderator of the space."""
    cleo.is_faculty = True
    cleo.save()
    SpaceMembership.objects.create(space=space, leader=cleo, role=SpaceRole.MODERATOR)
    return cleo


def door(line) -> str:
    return reverse("report_line", args=[line.pk])


def test_a_member_reports_a_line_and_another_moderator_hides_it(ana, dara, second, space, line, browse):
    page = browse(ana).get(space.get_absolute_url()).text
    assert door(line) in page
    form = browse(ana).get(door(line)).text
    assert "Report a line" in form
    assert "This week &lt;b&gt;we&lt;/b&gt; talk" in form
    assert browse(ana).post(door(line), {"category": "other", "words": "Look"}).status_code == 302
    case = Case.objects.get()
    assert (case.line, case.space, case.about) == (line, space, dara)
    errands.run()
    assert [notice.leader for notice in Notice.objects.filter(kind=NoticeKind.CASE)] == [second]
    desk = browse(second).get(reverse("desk_case", args=[case.pk])).text
    assert "The line of a host in North cohort" in desk
    assert "This week &lt;b&gt;we&lt;/b&gt; talk" in desk
    assert "The line of a host in North cohort" in browse(second).get(reverse("desk")).text
    decided = {"verb": "hide", "reason": "Not fit."}
    assert browse(second).post(reverse("decide_case", args=[case.pk]), decided).status_code == 302
    assert WORDS[:9] not in browse(ana).get(space.get_absolute_url()).text
    assert from_hosts.lines([ana], {(ana.pk, space.pk): space}) == {}
    assert "The line of a host in North cohort" in browse(second).get(reverse("desk_log")).text
    errands.run()
    told = dict(Notice.objects.exclude(kind=NoticeKind.CASE).values_list("leader", "words"))
    assert told == {
        dara.pk: "A moderator has hidden your line. The reason: Not fit.",
        ana.pk: "Thank you for your report. A moderator read it and has hidden it.",
    }


def test_it_can_be_shown_again_while_its_week_lasts(ana, second, space, line, browse):
    case = moderation.report(line, by=ana, category="other").case
    moderation.hide(line, by=second, reason="Off.")
    with pytest.raises(Conflict):
        moderation.hide(line, by=second, reason="Off.")
    moderation.restore(case.item, by=second, reason="On.")
    assert WORDS[:9] in browse(ana).get(space.get_absolute_url()).text
    assert Decision.objects.filter(line=line).count() == 2


def test_its_host_neither_reports_nor_decides(ana, dara, second, space, line, browse):
    assert door(line) not in browse(dara).get(space.get_absolute_url()).text
    assert browse(dara).get(door(line)).status_code == 403
    assert browse(dara).post(door(line), {"category": "other"}).status_code == 403
    case = moderation.report(line, by=ana, category="other").case
    assert browse(dara).get(reverse("desk_case", args=[case.pk])).status_code == 404
    assert not Report.objects.exclude(by=ana).exists()


def test_two_reports_are_one_case_and_the_second_of_one_member_is_the_first(ana, ben, second, line):
    for leader in (ana, ben, ana):
        moderation.report(line, by=leader, category="other")
    assert (Case.objects.count(), Report.objects.count()) == (1, 2)


@pytest.mark.parametrize("why", ["outside", "left", "over", "hidden", "ended"])
def test_what_one_cannot_see_is_not_found(ana, cleo, dara, space, line, browse, why):
    reader = cleo if why == "outside" else ana
    match why:
        case "left":
            CohortMembership.objects.filter(leader=ana).update(ends_on=timezone.localdate())
        case "over":
            HostLine.objects.update(at=timezone.now() - timedelta(days=8))
        case "hidden":
            HostLine.objects.update(hidden_at=timezone.now())
        case "ended":
            host_lines.end(line, by=dara)
    assert browse(reader).get(door(line)).status_code == 404
    assert browse(reader).post(door(line), {"category": "other"}).status_code == 404
    assert not Case.objects.exists()


def test_a_report_needs_a_reason(ana, line, browse):
    assert browse(ana).post(door(line), {"category": ""}).status_code == 422
    assert not Case.objects.exists()
