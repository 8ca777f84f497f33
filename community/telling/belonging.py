"""What changed lately in where people belong: found by looking, whoever changed it and through which door."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.models import JoinRequest, Notice, NoticeKind, Space, SpaceKind, SpaceMembership
from leaders.models import CohortMembership, Leader
from leaders.models.cohorts import today

LATELY = timedelta(days=2)  # longer than a worker is down; what is older is no news


def changes() -> list[Notice]:
    """One line for each place that opened or closed to somebody lately, and of which they were not told."""
    found = [*_cohorts(), *_spaces()]
    told = set(
        Notice.objects.filter(cause__in=[notice.cause for notice in found]).values_list("leader", "cause")
    )
    return [notice for notice in found if (notice.leader_id, notice.cause) not in told]


def _cohorts() -> list[Notice]:
    day = today()
    lately = CohortMembership.objects.filter(leader__in=Leader.objects.active()).select_related("cohort")
    begun = lately.current().filter(starts_on__gt=day - LATELY)
    ended = lately.filter(ends_on__gt=day - LATELY, ends_on__lte=day)
    again = CohortMembership.objects.current().filter(cohort=OuterRef("cohort"), leader=OuterRef("leader"))
    return [
        *(_line(each, "cohort", "begun", f"You now belong to the cohort {each.cohort}.") for each in begun),
        *(
            _line(each, "cohort", "ended", f"Your time in the cohort {each.cohort} has ended.")
            for each in ended.filter(~Exists(again))
        ),
    ]


def _spaces() -> list[Notice]:
    now = timezone.now()
    lately = SpaceMembership.objects.filter(leader__in=Leader.objects.active()).select_related("space")
    # Who asked to join is told the answer anyway.
    asked = JoinRequest.objects.filter(
        space=OuterRef("space"), leader=OuterRef("leader"), accepted=True, decided_at__gt=now - LATELY
    )
    begun = lately.current().filter(~Exists(asked), starts_at__gt=now - LATELY)
    ended = lately.filter(ends_at__gt=now - LATELY, ends_at__lte=now)
    again = SpaceMembership.objects.current().filter(space=OuterRef("space"), leader=OuterRef("leader"))
    return [
        *(_line(each, "space", "begun", f"You now belong to {_name(each.space)}.") for each in begun),
        *(
            _line(each, "space", "ended", f"Your place in {_name(each.space)} has ended.")
            for each in ended.filter(~Exists(again))
        ),
    ]


def _line(membership: CohortMembership | SpaceMembership, what: str, how: str, words: str) -> Notice:
    cause = f"{what}:{membership.pk}:{how}"
    space = getattr(membership, "space", None)
    told = {"kind": NoticeKind.MEMBERSHIP, "cause": cause, "words": words}
    return Notice(leader_id=membership.leader_id, space=space, **told)


def _name(space: Space) -> str:
    """The line stays when the membership has ended: it must not tell the name of what is not listed."""
    return "a sealed space" if space.kind == SpaceKind.SEALED else str(space)
