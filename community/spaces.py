"""Spaces: who can read one, and how one comes in."""

from django.db import transaction
from django.db.models import Q, QuerySet

from community import permissions
from community.models import JoinRequest, Space, SpaceKind, SpaceMembership, TermsAcceptance
from community.permissions import require
from leaders.models import CohortMembership, Leader


def readers(space: Space) -> QuerySet[Leader]:
    """Everybody who can read a space, by name."""
    everybody = Leader.objects.active().order_by("sort_name", "pk")
    if space.kind == SpaceKind.OPEN:
        return everybody
    direct = SpaceMembership.objects.current().filter(space=space).values("leader")
    through = CohortMembership.objects.current().filter(cohort__spaces=space).values("leader")
    members = everybody.filter(Q(pk__in=direct) | Q(pk__in=through))
    if space.kind == SpaceKind.SEALED:
        members = members.filter(pk__in=TermsAcceptance.objects.filter(space=space).values("leader"))
    return members


def mentionable(space: Space):
    """A function that finds, among handles, the leaders who can read the space."""
    return lambda handles: readers(space).filter(handle__in=handles)


@transaction.atomic
def ask_to_join(space: Space, *, by: Leader, words: str = "") -> JoinRequest:
    """Ask the moderators of a restricted space to be let in."""
    Leader.objects.select_for_update().get(pk=by.pk)
    require(permissions.may_ask_to_join(by, space))
    return JoinRequest.objects.create(space=space, leader=by, words=words)


@transaction.atomic
def accept_terms(space: Space, *, by: Leader) -> TermsAcceptance:
    """Say yes to the rules of a sealed space, which opens it."""
    require(permissions.may_accept_terms(by, space))
    return TermsAcceptance.objects.get_or_create(space=space, leader=by)[0]
