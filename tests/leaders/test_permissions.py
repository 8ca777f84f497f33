"""Who may do what about people, in the words that they read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from leaders import permissions
from leaders.models import CohortMembership, Leader


def test_suspended_and_unfinished_see_nobody(ana, eli):
    fresh = Leader.objects.create_user("new@example.org", name="Not Yet")
    for viewer in (eli, fresh, AnonymousUser(), None):
        assert not Leader.objects.visible_to(viewer).exists()
        assert not permissions.may_come_in(viewer)


def test_closed_accounts_are_seen_by_nobody(ana, ben):
    Leader.objects.filter(pk=ben.pk).update(is_active=False)
    assert not Leader.objects.visible_to(ana).filter(pk=ben.pk).exists()


def test_only_admins_use_the_admin_pages(ana, dara, finn, eli):
    assert permissions.may_use_admin(finn)
    for person in (ana, dara, eli):
        assert permissions.may_use_admin(person).reason == "Only admins may use the administration pages."
    finn.suspended_until = timezone.now() + timedelta(days=1)
    assert not permissions.may_use_admin(finn)


def test_profile_is_changed_by_its_owner_only(ana, ben, finn, eli):
    assert permissions.may_change_profile(ana, by=ana)
    for person in (ben, finn):
        assert "only your own" in permissions.may_change_profile(ana, by=person).reason
    assert not permissions.may_change_profile(eli, by=eli)


def test_suspended_newcomer_does_not_join(db):
    until = timezone.now() + timedelta(days=1)
    newcomer = Leader.objects.create_user("new@example.org", suspended_until=until)
    assert permissions.may_join(newcomer).reason == "This account is suspended."


@pytest.mark.parametrize("end", ["membership", "cohort"])
def test_what_was_shown_to_the_cohort_is_hidden_when_it_ends(ana, ben, cohort, end):
    ana.visibility["role"] = "cohort"
    ana.save()
    assert Leader.objects.showing("role", to=ben).filter(pk=ana.pk).exists()
    today = timezone.localdate()
    if end == "cohort":
        cohort.ends_on = today
        cohort.save()
    else:
        CohortMembership.objects.filter(leader=ben).update(ends_on=today)
    assert not Leader.objects.showing("role", to=ben).filter(pk=ana.pk).exists()
