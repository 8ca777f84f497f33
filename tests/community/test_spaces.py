"""Who sees, reads and enters which space."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from community import host_lines, permissions, spaces
from community.models import JoinRequest, Post, Room, Space, SpaceKind, SpaceMembership, Thread
from leaders.models import CohortMembership
from tests.making import make_session, make_thread


@pytest.fixture
def restricted(db):
    return Space.objects.create(name="Managers", slug="managers", kind=SpaceKind.RESTRICTED, description="…")


@pytest.fixture
def sealed(ana):
    sealed = Space.objects.create(
        name="Low days",
        slug="low",
        kind=SpaceKind.SEALED,
        description="…",
        rules="Stay kind.",
        mail_rule="nothing",
    )
    SpaceMembership.objects.create(space=sealed, leader=ana)
    return sealed


def readable(leader):
    return set(Space.objects.visible_to(leader).values_list("slug", flat=True))


def test_everybody_reads_open_spaces_and_members_their_own(ana, cleo, space, commons):
    assert readable(ana) == {"commons", "north"}
    assert readable(cleo) == {"commons"}


def test_the_suspended_and_those_who_have_not_joined_read_nothing(eli, cleo, space, commons):
    cleo.joined_at = None
    assert readable(eli) == readable(cleo) == set()


def test_an_ended_membership_counts_as_none_everywhere_at_once(ana, ben, space):
    make_thread(space, ana)
    assert Thread.objects.visible_to(ben).count() == 1
    CohortMembership.objects.filter(leader=ben).update(ends_on=timezone.localdate())
    for model in (Space, Thread, Post, Room):
        assert not model.objects.visible_to(ben).exists()
    assert ben not in spaces.readers(space)


def test_a_membership_that_has_not_begun_opens_nothing(ben, space):
    CohortMembership.objects.filter(leader=ben).update(starts_on=timezone.localdate() + timedelta(days=1))
    assert readable(ben) == set()


def test_an_ended_cohort_opens_nothing(ben, cohort, space):
    cohort.ends_on = timezone.localdate()
    cohort.save()
    assert readable(ben) == set()


def test_sealed_spaces_are_unlisted_and_open_after_a_yes_to_their_rules(ana, cleo, sealed):
    assert sealed not in Space.objects.listed_to(cleo)
    assert sealed in Space.objects.listed_to(ana)
    assert sealed not in Space.objects.visible_to(ana)
    spaces.accept_terms(sealed, by=ana)
    assert sealed in Space.objects.visible_to(ana)
    with pytest.raises(PermissionDenied):
        spaces.accept_terms(sealed, by=cleo)


def test_admins_read_no_more_than_others(finn, space, sealed):
    assert readable(finn) == set()


def test_moderators_act_only_where_they_are_moderators(dara, ana, space, restricted):
    assert permissions.may_moderate(dara, space)
    assert not permissions.may_moderate(dara, restricted)
    assert permissions.may_moderate(ana, space).reason == "Only the moderators of this space may do that."


def test_a_moderator_who_is_no_longer_faculty_is_none(dara, space):
    dara.is_faculty = False
    assert not permissions.may_moderate(dara, space)


def test_one_asks_once_to_join_a_restricted_space(cleo, restricted):
    spaces.ask_to_join(restricted, by=cleo, words="I manage a practice.")
    with pytest.raises(PermissionDenied, match="asked already"):
        spaces.ask_to_join(restricted, by=cleo)
    assert JoinRequest.objects.count() == 1


def test_nobody_asks_to_join_a_private_space(cleo, space):
    with pytest.raises(PermissionDenied):
        spaces.ask_to_join(space, by=cleo)


def test_a_closed_space_is_read_not_written(ana, space):
    space.closed_at = timezone.now()
    space.save()
    assert permissions.may_read(ana, space)
    assert permissions.may_write(ana, space).reason == "This space is closed. It can still be read."


def test_the_page_of_a_space_asks_for_all_it_shows_at_once(
    browse, ana, dara, space, django_assert_max_num_queries
):
    make_thread(space, ana)
    visitor = browse(ana)
    visitor.get(space.get_absolute_url())
    with django_assert_max_num_queries(4):
        visitor.get(space.get_absolute_url())
    make_session(space, dara, title="Rotas in winter", begins_in=60)
    host_lines.write(space, by=dara, words="Be kind this week.", uuid=uuid.uuid4())
    visitor.get(space.get_absolute_url())
    with django_assert_max_num_queries(6):
        page = visitor.get(space.get_absolute_url()).content.decode()
    assert "Rotas in winter" in page
    assert "Be kind this week." in page
