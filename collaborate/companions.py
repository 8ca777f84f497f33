"""The cohorts of a leader, and who is in them too, for the first page."""

from django.db.models import QuerySet

from community.models import asking
from leaders import profiles
from leaders.models import Cohort, CohortMembership, Leader
from leaders.models.cohorts import today
from leaders.profiles import Profile

SHOWN = 12


def of(me: Leader) -> list[tuple[Cohort, list[Profile]]]:
    """Each cohort that a leader belongs to today, with the first few of the others in it."""
    return [(cohort, _beside(me, cohort)) for cohort in _COHORTS.objects(leader=me.pk, day=today())]


def _beside(me: Leader, cohort: Cohort) -> list[Profile]:
    return profiles.seen_by(me, _COMPANIONS.objects(leader=me.pk, cohort=cohort.pk, day=today()))


def _cohorts(leader: Leader) -> QuerySet[Cohort]:
    return Cohort.objects.of(leader, asking.DAY)


def _companions(leader: Leader) -> QuerySet[Leader]:
    others = CohortMembership.objects.current(asking.DAY).filter(cohort=asking.COHORT).exclude(leader=leader)
    people = Leader.objects.visible_to(leader).filter(pk__in=others.values("leader"))
    return people.select_related("organisation")[:SHOWN]


_COHORTS, _COMPANIONS = asking.Question(_cohorts), asking.Question(_companions)
