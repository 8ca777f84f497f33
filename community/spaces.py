"""Spaces: who can read one, and how one comes in."""

from django.db import transaction
from django.db.models import QuerySet

from community import permissions
from community.models import JoinRequest, Space, TermsAcceptance
from community.permissions import require
from leaders.models import Leader


def readers(space: Space) -> QuerySet[Leader]:
    """Everybody who can read a space, by name."""
    return space.readers().order_by("sort_name", "pk")


def mentionable(space: Space):
    """A function that finds, among handles, the leaders who can read the space."""
    return lambda handles: readers(space).filter(handle__in=handles)


@transaction.atomic
def ask_to_join(space: Space, *, by: Leader, words: str = "") -> JoinRequest:
    """Ask the moderators of a restricted space to be let in."""
    Leader.objects.select_for_update().get(pk=by.pk)
    require(permissions.may_ask_to_join(by, space))
    require(permissions.may_go_on_asking(by))
    return JoinRequest.objects.create(space=space, leader=by, words=words)


@transaction.atomic
def accept_terms(space: Space, *, by: Leader) -> TermsAcceptance:
    """Say yes to the rules of a sealed space, which opens it."""
    require(permissions.may_accept_terms(by, space))
    return TermsAcceptance.objects.get_or_create(space=space, leader=by)[0]
