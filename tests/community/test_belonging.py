"""Whoever is let into a cohort or a space, or leaves one, is told once, through whatever door it happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community import errands, members, spaces
from community.models import Notice, Space, SpaceMembership
from community.telling import places
from leaders import cohorts
from leaders.models import CohortMembership

pytestmark = pytest.mark.django_db


def heard(leader) -> list[str]:
    places.tell_of_places()
    places.tell_of_places()
    found = Notice.objects.visible_to(leader).filter(kind="membership").order_by("pk")
    return list(found.values_list("words", flat=True))


def test_a_new_member_of_a_cohort_is_told_once_and_told_of_the_end(cleo, finn, cohort):
    membership = cohorts.add(cleo, to=cohort, by=finn)
    assert heard(cleo) == ["You now belong to the cohort North 2026."]
    cohorts.end(membership, by=finn, reason="Moved.")
    assert heard(cleo)[1:] == ["Your time in the cohort North 2026 has ended."]


def test_those_who_belong_for_long_are_told_nothing(ana, ben):
    assert heard(ana) == heard(ben) == []


def test_who_comes_back_at_once_is_not_told_of_an_end(ana, cohort):
    today = timezone.localdate()
    CohortMembership.objects.filter(leader=ana).update(ends_on=today)
    CohortMembership.objects.create(leader=ana, cohort=cohort, starts_on=today)
    assert heard(ana) == ["You now belong to the cohort North 2026."]


def test_a_place_in_a_space_and_its_end(cleo, space):
    membership = SpaceMembership.objects.create(space=space, leader=cleo)
    assert heard(cleo) == ["You now belong to North cohort."]
    membership.ends_at = timezone.now()
    membership.save()
    assert heard(cleo)[1:] == ["Your place in North cohort has ended."]


def test_who_asked_to_join_is_told_the_answer_alone(cleo, dara, space):
    Space.objects.update(kind="restricted")
    space.refresh_from_db()
    spaces.ask_to_join(space, by=cleo, words="")
    members.admit(cleo.join_requests.get(), by=dara, reason="Yes.")
    errands.run()
    assert heard(cleo) == ["You now belong to North cohort."]


def test_the_name_of_a_sealed_space_is_not_kept_in_a_line(cleo, db):
    sealed = Space.objects.create(name="After a knock", slug="knock", kind="sealed", mail_rule="nothing")
    SpaceMembership.objects.create(space=sealed, leader=cleo)
    assert heard(cleo) == ["You now belong to a sealed space."]


def test_what_happened_before_the_last_days_is_no_news(cleo, space):
    SpaceMembership.objects.create(space=space, leader=cleo, starts_at=timezone.now() - timedelta(days=3))
    assert heard(cleo) == []
