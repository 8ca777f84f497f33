"""Who belongs to a cohort: adding, ending, correcting. What a cohort opens, it opens and closes at once."""

from datetime import date

from django.db import transaction

from leaders import live
from leaders.models import Cohort, CohortMembership, CohortRole, Leader
from leaders.models.cohorts import today
from leaders.permissions import may_add_to_cohort, may_curate_cohorts, may_end_membership, require


@transaction.atomic
def add(
    leader: Leader,
    *,
    to: Cohort,
    by: Leader,
    role: str = CohortRole.MEMBER,
    reason: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> CohortMembership:
    """Make a leader a member of a cohort, from today unless another day is given."""
    _wait_for_turn(leader)
    require(may_add_to_cohort(by, leader, to))
    membership = CohortMembership(leader=leader, cohort=to, role=role, reason=reason, ends_on=ends_on)
    membership.starts_on = starts_on or today()
    return keep(membership, by=by)


@transaction.atomic
def add_all(members: list[tuple[Leader, Cohort]], *, by: Leader, reason: str) -> None:
    """Make many leaders, who are in none of these cohorts, members from today on."""
    require(may_curate_cohorts(by))
    CohortMembership.objects.bulk_create(
        CohortMembership(leader=leader, cohort=cohort, added_by=by, reason=reason)
        for leader, cohort in members
    )
    for leader, _ in members:
        live.rights_changed(leader.pk)


@transaction.atomic
def end(membership: CohortMembership, *, by: Leader, reason: str, on: date | None = None) -> CohortMembership:
    """End a membership on a day, today unless another is given; from that day on it counts no more."""
    _wait_for_turn(membership.leader)
    membership.refresh_from_db()
    require(may_end_membership(by, membership))
    membership.ends_on = max(on or today(), membership.starts_on)
    membership.reason = "; ".join(filter(None, [membership.reason, reason]))[:300]
    return keep(membership, by=by)


@transaction.atomic
def keep(membership: CohortMembership, *, by: Leader) -> CohortMembership:
    """Store a new or corrected membership, and have the leader's open pages check their rights."""
    require(may_curate_cohorts(by))
    membership.added_by = membership.added_by or by
    membership.full_clean()
    membership.save()
    live.rights_changed(membership.leader_id)
    return membership


def rights_changed(cohort: Cohort) -> None:
    """Have the open pages of everybody who is or was in the cohort check their rights."""
    for leader_id in set(cohort.memberships.values_list("leader", flat=True)):
        live.rights_changed(leader_id)


def _wait_for_turn(leader: Leader) -> None:
    # Two admins at once: the second sees what the first has done.
    Leader.objects.select_for_update(no_key=True).get(pk=leader.pk)
