"""Spaces in the administration: their places and people, and nothing of what is said in them."""

import pytest
from django.contrib import admin
from django.utils import timezone

from community.models import Digest, JoinRequest, Space, SpaceMembership, SpaceRole
from leaders import live
from leaders.models import CohortMembership, Leader
from tests.making import make_reply, make_thread

SPACES = "/admin/community/space/"


@pytest.fixture
def told(monkeypatch):
    """The leaders whose open pages were asked to check their rights."""
    told = []
    monkeypatch.setattr(live, "rights_changed", told.append)
    monkeypatch.setattr("community.sockets.live.rights_changed", told.append)
    return told


def fields_of(space, **changed) -> dict:
    """What the page of a space posts."""
    fields = {
        name: getattr(space, name) for name in ("name", "slug", "description", "rules", "kind", "mail_rule")
    }
    fields |= {
        "cohorts": [cohort.pk for cohort in space.cohorts.all()],
        "order": space.order,
        "has_chat": "on",
    }
    for prefix in ("memberships", "memberships-2"):
        fields |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return fields | {"closed_at_0": "", "closed_at_1": ""} | changed


def new_member(leader, role) -> dict:
    now = timezone.localtime()
    return {
        "memberships-TOTAL_FORMS": 1,
        "memberships-0-leader": leader.pk,
        "memberships-0-role": role,
        "memberships-0-starts_at_0": f"{now:%Y-%m-%d}",
        "memberships-0-starts_at_1": "00:00:00",
    }


def save(browse, finn, space, **changed):
    return browse(finn).post(f"{SPACES}{space.pk}/change/", fields_of(space, **changed))


def test_list_shows_what_matters(browse, finn, space, dara, django_assert_max_num_queries):
    client = browse(finn)
    with django_assert_max_num_queries(14):
        page = client.get(SPACES).content.decode()
    for words in ("North cohort", "Private", "North 2026", "Dara Elling"):
        assert words in page


def test_admin_makes_a_space(browse, finn, cohort, ana):
    fields = fields_of(Space(name="New ground", slug="new", description="To begin.", kind="private", pk=0))
    fields["cohorts"] = [cohort.pk]
    assert browse(finn).post(f"{SPACES}add/", fields).status_code == 302
    assert Space.objects.get(slug="new") in Space.objects.visible_to(ana)


def test_admin_invites_one_person(browse, finn, space, cleo, told):
    assert save(browse, finn, space, **new_member(cleo, "member")).status_code == 302
    assert space in Space.objects.visible_to(cleo)
    assert SpaceMembership.objects.get(leader=cleo).added_by == finn
    assert told == [cleo.pk]


def test_only_faculty_are_made_moderators(browse, finn, space, cleo):
    answer = save(browse, finn, space, **new_member(cleo, "moderator"))
    assert answer.status_code == 422
    assert "Cleo Dunmore is not faculty. Only faculty moderate" in answer.content.decode()
    Leader.objects.filter(pk=cleo.pk).update(is_faculty=True)
    assert save(browse, finn, space, **new_member(cleo, "moderator")).status_code == 302
    assert space in Space.objects.moderated_by(Leader.objects.get(pk=cleo.pk))


def test_ending_an_invitation_closes_the_space(browse, finn, space, cleo, told):
    membership = SpaceMembership.objects.create(space=space, leader=cleo)
    now = timezone.localtime()
    started = timezone.localtime(membership.starts_at)
    changed = {
        "memberships-2-TOTAL_FORMS": 1,
        "memberships-2-INITIAL_FORMS": 1,
        "memberships-2-0-id": membership.pk,
        "memberships-2-0-space": space.pk,
        "memberships-2-0-role": SpaceRole.MEMBER,
        "memberships-2-0-starts_at_0": f"{started:%Y-%m-%d}",
        "memberships-2-0-starts_at_1": "00:00:00",
        "memberships-2-0-ends_at_0": f"{now:%Y-%m-%d}",
        "memberships-2-0-ends_at_1": f"{now:%H:%M:%S}",
        "memberships-2-0-reason": "Moved abroad",
    }
    assert save(browse, finn, space, **changed).status_code == 302
    assert space not in Space.objects.visible_to(cleo)
    assert told == [cleo.pk]


def test_taking_a_cohort_away_closes_the_space_for_it(browse, finn, space, ana, ben, told):
    assert save(browse, finn, space, cohorts=[]).status_code == 302
    assert space not in Space.objects.visible_to(ana)
    assert set(told) == {ana.pk, ben.pk}


def test_closing_an_open_space_to_others_tells_everybody(browse, finn, commons, ana, cleo, told):
    assert save(browse, finn, commons, kind="private").status_code == 302
    assert commons not in Space.objects.visible_to(cleo)
    assert {ana.pk, cleo.pk} <= set(told)


@pytest.mark.parametrize("changed", [{"kind": "sealed", "mail_rule": "nothing"}, {"has_chat": ""}])
def test_sealing_a_space_or_closing_its_chat_tells_those_who_read_there(
    browse, finn, space, ana, ben, cleo, dara, told, changed
):
    assert save(browse, finn, space, **changed).status_code == 302
    assert set(told) == {ana.pk, ben.pk, dara.pk}


def test_cohort_page_links_a_space(browse, finn, cohort, cleo, ana, told):
    place = Space.objects.create(name="Annexe", slug="annexe", kind="private", description="More.")
    page = f"/admin/leaders/cohort/{cohort.pk}/change/"
    assert "spaces that this cohort opens" in browse(finn).get(page).content.decode().lower()
    fields = {"name": cohort.name, "slug": cohort.slug, "starts_on": cohort.starts_on}
    for prefix in ("Space_cohorts", "memberships", "memberships-2"):
        fields |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    fields |= {"Space_cohorts-TOTAL_FORMS": 1, "Space_cohorts-0-space": place.pk}
    answer = browse(finn).post(page, fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert place in Space.objects.visible_to(ana)
    assert set(told) == {ana.pk}


def test_sealed_space_that_mails_is_refused_in_a_sentence(browse, finn, space):
    answer = save(browse, finn, space, kind="sealed", mail_rule="everything")
    assert answer.status_code == 422
    assert "Nothing of a sealed space may leave by e-mail." in answer.content.decode()


def test_spaces_are_closed_not_deleted(browse, finn, space):
    assert browse(finn).post(f"{SPACES}{space.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in browse(finn).get(SPACES).content.decode()


def test_no_page_shows_what_was_said(browse, finn, space, ana, ben, cleo):
    thread = make_thread(space, ana, title="Canary title", body="Canary words")
    make_reply(thread, ben, body="Canary reply")
    asked = JoinRequest.objects.create(space=space, leader=cleo, words="Canary reasons")
    digest = Digest.objects.create(leader=ana, period="2026-11-22")
    client = browse(finn)
    pages = ["/admin/", f"{SPACES}{space.pk}/change/", f"/admin/community/joinrequest/{asked.pk}/change/"]
    pages += [f"/admin/community/digest/{digest.pk}/change/", f"/admin/leaders/leader/{ana.pk}/change/"]
    pages += [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    for address in [*pages, f"/admin/leaders/leader/{ana.pk}/history/", f"{SPACES}{space.pk}/history/"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Canary" not in answer.content.decode()


def test_ledgers_are_read_and_never_written(browse, finn, space, cleo, ana):
    asked = JoinRequest.objects.create(space=space, leader=cleo)
    digest = Digest.objects.create(leader=ana, period="2026-11-22", state="skipped", note="Nothing new")
    client = browse(finn)
    assert "Nothing new" in client.get("/admin/community/digest/").content.decode()
    for address in (f"joinrequest/{asked.pk}", f"digest/{digest.pk}"):
        for deed in ("change", "delete"):
            assert client.post(f"/admin/community/{address}/{deed}/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/community/digest/add/").status_code == 403


def test_space_page_does_not_ask_more_for_more_members(browse, finn, space, django_assert_max_num_queries):
    client = browse(finn)
    page = f"{SPACES}{space.pk}/change/"
    client.get(page)
    for number in range(20):
        leader = Leader.objects.create_user(f"l{number}@example.org", name=f"L {number}")
        SpaceMembership.objects.create(space=space, leader=leader)
        CohortMembership.objects.create(cohort=space.cohorts.get(), leader=leader)
    with django_assert_max_num_queries(20):
        assert client.get(page).status_code == 200


def test_the_hours_of_a_chat_are_set_here(browse, finn, space):
    hours = {"chat_days": ["1", "5"], "chat_from": "12:30", "chat_to": "14:00", "time_zone": "Europe/Dublin"}
    assert save(browse, finn, space, **hours).status_code == 302
    space.refresh_from_db()
    assert str(space.chat_hours) == "Open Monday and Friday, 12:30 to 14:00"
    assert space.chat_hours.zone.key == "Europe/Dublin"
    assert save(browse, finn, space).status_code == 302
    space.refresh_from_db()
    assert space.chat_hours is None


@pytest.mark.parametrize(
    "hours",
    [
        {"chat_days": ["1"]},
        {"chat_days": ["9"], "chat_from": "12:30", "chat_to": "14:00"},
        {"chat_days": ["1"], "chat_from": "14:00", "chat_to": "12:30"},
        {"time_zone": "Europe/Atlantis"},
    ],
)
def test_odd_hours_are_refused(browse, finn, space, hours):
    assert save(browse, finn, space, **hours).status_code == 422
    space.refresh_from_db()
    assert space.chat_hours is None
