"""The cast and where they meet, as plain functions; tests/conftest.py makes fixtures of them."""

from datetime import timedelta

from django.utils import timezone

from community.models import Space, SpaceKind, SpaceMembership, SpaceRole
from leaders.models import Cohort, CohortMembership, Leader


def make_leader(name: str, **fields) -> Leader:
    """Somebody who has joined."""
    handle = name.lower().split()[0]
    fields = {
        "handle": handle,
        "joined_at": timezone.now() - timedelta(days=30),
        "stage": "current",
        **fields,
    }
    return Leader.objects.create_user(f"{handle}@example.org", "collaborate-demo", name=name, **fields)


def make_cohort() -> Cohort:
    """A cohort that began twenty days ago."""
    start = timezone.localdate() - timedelta(days=20)
    return Cohort.objects.create(name="North 2026", slug="north-2026", starts_on=start)


def make_member(cohort: Cohort, name: str, **fields) -> Leader:
    """Somebody who has been in a cohort since it began."""
    leader = make_leader(name, **fields)
    CohortMembership.objects.create(cohort=cohort, leader=leader, starts_on=cohort.starts_on)
    return leader


def make_moderator(name: str, *spaces: Space) -> Leader:
    """Somebody of the faculty, who moderates these spaces."""
    leader = make_leader(name, is_faculty=True)
    for space in spaces:
        SpaceMembership.objects.create(space=space, leader=leader, role=SpaceRole.MODERATOR)
    return leader


def make_private_space(cohort: Cohort) -> Space:
    """The private space of a cohort."""
    fields = {"description": "For the cohort.", "mail_rule": "everything"}
    space = Space.objects.create(name="North cohort", slug="north", kind=SpaceKind.PRIVATE, **fields)
    space.cohorts.add(cohort)
    return space


def make_commons() -> Space:
    """The open space for every leader."""
    fields = {"description": "For all.", "mail_rule": "everything"}
    return Space.objects.create(name="The commons", slug="commons", kind=SpaceKind.OPEN, **fields)
