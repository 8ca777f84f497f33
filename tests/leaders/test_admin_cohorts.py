"""Cohorts: adding, ending, changing a stage, by the verbs and by the administration's pages."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from community.models import Space
from leaders import cohorts, live, stages
from leaders.models import Cohort, CohortMembership, Leader, StageRecord
from tests.leaders.test_admin_people import LEADERS, fields_of
from tests.making import make_thread

MEMBERSHIPS = "/admin/leaders/cohortmembership/"


@pytest.fixture
def space(space):
    """Without its chat, which is another story."""
    space.has_chat = False
    space.save()
    return space


@pytest.fixture
def told(monkeypatch):
    told = []
    monkeypatch.setattr(live, "rights_changed", told.append)
    return told


def test_adding_opens_the_spaces_of_a_cohort(finn, cleo, cohort, space, told):
    membership = cohorts.add(cleo, to=cohort, by=finn, reason="Asked by her trust")
    assert membership.added_by == finn
    assert space in Space.objects.visible_to(cleo)
    assert told == [cleo.pk]


def test_ending_closes_them_at_once(finn, ben, space, told):
    membership = ben.cohort_memberships.get()
    cohorts.end(membership, by=finn, reason="Moved abroad")
    assert space not in Space.objects.visible_to(ben)
    assert membership.reason == "Moved abroad"
    assert told == [ben.pk]


def test_ending_holds_wherever_the_leader_is(finn, ben, space, browse):
    ben.time_zone = "Pacific/Honolulu"
    ben.save()
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False):
        cohorts.end(ben.cohort_memberships.get(), by=finn, reason="Moved abroad")
        with timezone.override(ben.zone):
            assert space not in Space.objects.visible_to(ben)


def test_ending_on_a_later_day_keeps_it_until_then(finn, ben, space):
    membership = ben.cohort_memberships.get()
    cohorts.end(membership, by=finn, reason="At the end", on=timezone.localdate() + timedelta(days=2))
    assert space in Space.objects.visible_to(ben)


def test_what_was_ended_today_can_begin_again_today(finn, ben, cohort, space):
    cohorts.end(ben.cohort_memberships.get(), by=finn, reason="By mistake")
    cohorts.add(ben, to=cohort, by=finn, reason="Back")
    assert space in Space.objects.visible_to(ben)


def test_nobody_is_in_a_cohort_twice(finn, ben, cohort):
    with pytest.raises(PermissionDenied, match="Ben Carrow is in North 2026 already"):
        cohorts.add(ben, to=cohort, by=finn)
    membership = cohorts.end(ben.cohort_memberships.get(), by=finn, reason="Left")
    with pytest.raises(PermissionDenied, match="has left North 2026 already"):
        cohorts.end(membership, by=finn, reason="Left")


def test_a_later_membership_is_not_overlapped(finn, cleo, cohort):
    later = timezone.localdate() + timedelta(days=5)
    cohorts.add(cleo, to=cohort, by=finn, starts_on=later)
    with pytest.raises(ValidationError, match="at that time already"):
        cohorts.add(cleo, to=cohort, by=finn)


def test_an_ended_cohort_takes_nobody(finn, cleo, cohort):
    cohort.ends_on = timezone.localdate()
    cohort.save()
    with pytest.raises(PermissionDenied, match="has ended"):
        cohorts.add(cleo, to=cohort, by=finn)


def test_others_curate_nothing(ana, cleo, dara, cohort):
    for leader in (ana, dara):
        with pytest.raises(PermissionDenied):
            cohorts.add(cleo, to=cohort, by=leader)
        with pytest.raises(PermissionDenied):
            cohorts.end(ana.cohort_memberships.get(), by=leader, reason="No")
        with pytest.raises(PermissionDenied):
            stages.change(cleo, to="future", by=leader, reason="No")
    assert not cleo.cohort_memberships.exists()
    assert not StageRecord.objects.exists()


def test_a_stage_is_recorded_with_its_reason(finn, ana):
    record = stages.change(ana, to="emergent", by=finn, reason="A year out", evidence="Her letter")
    ana.refresh_from_db()
    assert (ana.stage, record.by, record.reason) == ("emergent", finn, "A year out")
    with pytest.raises(PermissionDenied, match="at that stage already"):
        stages.change(ana, to="emergent", by=finn, reason="Again")


def chosen(*rows, action, **fields):
    return {"action": action, "_selected_action": [row.pk for row in rows], **fields}


def test_action_asks_first_and_writes_nothing(browse, finn, cleo, cohort):
    page = browse(finn).post(LEADERS, chosen(cleo, action="add_to_cohort", index=0))
    assert page.status_code == 200
    assert "Cleo Dunmore (cleo@example.org)" in page.content.decode()
    assert not cleo.cohort_memberships.exists()


def test_action_adds_and_tells_who_is_in_already(browse, finn, ben, cleo, cohort, space):
    fields = {"to": cohort.pk, "role": "mentor", "starts_on": timezone.localdate(), "reason": "Asked"}
    page = browse(finn).post(
        LEADERS, chosen(ben, cleo, action="add_to_cohort", sure="yes", **fields), follow=True
    )
    assert "Cleo Dunmore: added to North 2026 as mentor." in page.content.decode()
    assert "Ben Carrow is in North 2026 already." in page.content.decode()
    assert ben.cohort_memberships.count() == 1
    assert cleo.cohort_memberships.get().role == "mentor"
    assert "Asked" in LogEntry.objects.get(object_id=str(cleo.pk)).change_message
    assert browse(cleo).get(space.get_absolute_url()).status_code == 200


def test_action_without_a_reason_keeps_what_was_typed(browse, finn, cleo, cohort):
    fields = {"to": cohort.pk, "role": "mentor", "starts_on": "tomorrow", "reason": ""}
    page = browse(finn).post(LEADERS, chosen(cleo, action="add_to_cohort", sure="yes", **fields))
    assert page.status_code == 422
    assert 'value="tomorrow"' in page.content.decode()
    assert not cleo.cohort_memberships.exists()


def test_action_ends_a_membership_and_the_page_closes_at_once(browse, finn, ana, ben, space):
    make_thread(space, ana, title="Handing over a partnership")
    assert "Handing over" in browse(ben).get(space.get_absolute_url()).content.decode()
    fields = {"on": timezone.localdate(), "reason": "Moved abroad", "sure": "yes"}
    posted = chosen(ben.cohort_memberships.get(), action="end_membership", **fields)
    page = browse(finn).post(MEMBERSHIPS, posted, follow=True)
    assert "Reason: Moved abroad" in page.content.decode()
    assert space not in Space.objects.visible_to(ben)
    assert "Handing over" not in browse(ben).get(space.get_absolute_url()).content.decode()


def test_action_changes_a_stage(browse, finn, ana, ben):
    Leader.objects.filter(pk=ben.pk).update(stage="future")
    fields = {"to": "future", "reason": "As agreed", "evidence": ""}
    page = browse(finn).post(
        LEADERS, chosen(ana, ben, action="change_stage", sure="yes", **fields), follow=True
    )
    assert "Ben Carrow is at that stage already." in page.content.decode()
    assert ana.stage_records.get().stage == "future"
    assert not ben.stage_records.exists()


def test_all_that_a_filter_finds_can_be_chosen(browse, finn, ana, ben, cleo):
    fields = {"to": "future", "reason": "As agreed", "select_across": 1, "sure": "yes"}
    browse(finn).post(f"{LEADERS}?cohort=north-2026", chosen(ana, action="change_stage", **fields))
    assert set(Leader.objects.filter(stage="future")) == {ana, ben}


def test_cohort_page_adds_and_ends_members(browse, finn, ben, cleo, cohort, space, told):
    membership = ben.cohort_memberships.get()
    today = timezone.localdate()
    fields = {
        "name": cohort.name,
        "slug": cohort.slug,
        "starts_on": cohort.starts_on,
        "Cohort_spaces-TOTAL_FORMS": 0,
        "Cohort_spaces-INITIAL_FORMS": 0,
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-leader": cleo.pk,
        "memberships-0-role": "member",
        "memberships-0-starts_on": today,
        "memberships-0-reason": "Asked",
        "memberships-2-TOTAL_FORMS": 1,
        "memberships-2-INITIAL_FORMS": 1,
        "memberships-2-0-id": membership.pk,
        "memberships-2-0-cohort": cohort.pk,
        "memberships-2-0-role": "member",
        "memberships-2-0-starts_on": membership.starts_on,
        "memberships-2-0-ends_on": today,
        "memberships-2-0-reason": "Moved abroad",
    }
    fields = {
        name.replace("Cohort_spaces", space_prefix(browse(finn), cohort)): value
        for name, value in fields.items()
    }
    answer = browse(finn).post(f"/admin/leaders/cohort/{cohort.pk}/change/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert space in Space.objects.visible_to(cleo)
    assert space not in Space.objects.visible_to(ben)
    assert cleo.cohort_memberships.get().added_by == finn
    assert set(told) == {ben.pk, cleo.pk}


def test_a_form_that_claims_countless_lines_is_refused(browse, finn, cohort):
    counts = {"memberships-TOTAL_FORMS": "9" * 25, "memberships-INITIAL_FORMS": 0}
    answer = browse(finn).post("/admin/leaders/cohort/add/", {"name": "South 2027", **counts})
    lines = [each.formset for each in answer.context["inline_admin_formsets"]]
    assert answer.status_code == 422
    assert max(len(formset.forms) for formset in lines) == 100
    assert not Cohort.objects.filter(name="South 2027").exists()


def space_prefix(client, cohort) -> str:
    page = client.get(f"/admin/leaders/cohort/{cohort.pk}/change/")
    return page.context["inline_admin_formsets"][0].formset.prefix


def test_leader_page_adds_to_a_cohort(browse, finn, cleo, cohort, told):
    new = {
        "cohort_memberships-TOTAL_FORMS": 1,
        "cohort_memberships-0-cohort": cohort.pk,
        "cohort_memberships-0-role": "host",
        "cohort_memberships-0-starts_on": timezone.localdate(),
    }
    assert browse(finn).post(f"{LEADERS}{cleo.pk}/change/", fields_of(cleo, **new)).status_code == 302
    assert cleo.cohort_memberships.get().role == "host"
    assert cleo.pk in told


def test_cohort_page_does_not_ask_more_for_more_members(
    browse, finn, cohort, ana, django_assert_max_num_queries
):
    client = browse(finn)
    page = f"/admin/leaders/cohort/{cohort.pk}/change/"
    client.get(page)
    for number in range(30):
        leader = Leader.objects.create_user(f"l{number}@example.org", name=f"L {number}")
        CohortMembership.objects.create(cohort=cohort, leader=leader)
    with django_assert_max_num_queries(20):
        assert client.get(page).status_code == 200


def test_a_cohort_with_members_is_not_deleted(browse, finn, ana, cohort):
    assert browse(finn).post(f"/admin/leaders/cohort/{cohort.pk}/delete/", {"post": "yes"}).status_code == 403
    empty = Cohort.objects.create(name="Nobody", slug="nobody")
    assert browse(finn).post(f"/admin/leaders/cohort/{empty.pk}/delete/", {"post": "yes"}).status_code == 302


def test_memberships_are_never_deleted(browse, finn, ana):
    membership = ana.cohort_memberships.get()
    assert browse(finn).post(f"{MEMBERSHIPS}{membership.pk}/delete/", {"post": "yes"}).status_code == 403


def test_export_takes_no_cell_for_a_formula(browse, finn, ana, cohort):
    Leader.objects.filter(pk=ana.pk).update(role='=HYPERLINK("http://example.org")')
    answer = browse(finn).post(LEADERS, chosen(ana, action="export", index=0))
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"] == 'attachment; filename="leaders.csv"'
    assert "'=HYPERLINK" in text
    assert "North 2026" in text
    memberships = browse(finn).post(
        MEMBERSHIPS, chosen(ana.cohort_memberships.get(), action="export", index=0)
    )
    assert "ana@example.org,Ana Brook,north-2026,member" in memberships.content.decode()
