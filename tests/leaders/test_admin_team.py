"""Admins who are no superusers: they look after people and places, and nothing beyond."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from community.models import Space
from leaders.models import Leader


@pytest.fixture
def gwen(cleo):
    call_command("programme_team", cleo.email)
    return Leader.objects.get(pk=cleo.pk)


def test_team_opens_the_pages_of_its_work(browse, gwen, space, cohort):
    client = browse(gwen)
    for page in (
        "leaders/leader",
        "leaders/cohort",
        "leaders/leaderimport",
        "community/space",
        "leaders/signpost",
    ):
        assert client.get(f"/admin/{page}/").status_code == 200
        assert client.get(f"/admin/{page}/add/").status_code == 200
    for page in (f"leaders/cohort/{cohort.pk}", f"community/space/{space.pk}"):
        assert "memberships-0-leader" in client.get(f"/admin/{page}/change/").content.decode()


def test_team_adds_to_a_cohort(browse, gwen, ana, cohort, space):
    fields = {"to": cohort.pk, "role": "host", "starts_on": timezone.localdate(), "reason": "Hosts it"}
    fields |= {"action": "add_to_cohort", "_selected_action": [gwen.pk], "sure": "yes"}
    browse(gwen).post("/admin/leaders/leader/", fields)
    assert space in Space.objects.visible_to(gwen)


def test_team_makes_no_admins(browse, gwen, finn, ana):
    client = browse(gwen)
    assert 'name="is_staff"' not in client.get(f"/admin/leaders/leader/{ana.pk}/change/").content.decode()
    assert client.get("/admin/auth/group/").status_code == 403
    assert client.post(f"/admin/leaders/leader/{finn.pk}/change/", {"name": "X"}).status_code == 403


def test_repeating_the_command_changes_nothing(gwen):
    before = set(gwen.groups.get().permissions.all())
    call_command("programme_team")
    assert set(gwen.groups.get().permissions.all()) == before


def test_unknown_address_is_named_and_nothing_is_written(db):
    with pytest.raises(CommandError, match="Nobody is here as nobody@"):
        call_command("programme_team", "nobody@example.org")
