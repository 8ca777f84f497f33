"""Accounts that admins prepare for people who have not joined yet."""

from allauth.account.models import EmailAddress
from django.db import transaction

from leaders.models import Leader
from leaders.models.account import sort_key
from leaders.permissions import may_enrol, require


def enrol(leader: Leader, *, by: Leader) -> Leader:
    """Give somebody an account without a password: a code by e-mail signs them in, joining does the rest."""
    return enrol_all([leader], by=by)[0]


@transaction.atomic
def enrol_all(leaders: list[Leader], *, by: Leader) -> list[Leader]:
    """Enrol many at once, in a few queries."""
    require(may_enrol(by))
    taken = set(Leader.objects.values_list("handle", flat=True))
    for leader in leaders:
        leader.email = leader.email.lower()
        leader.handle = leader.handle or Leader.objects.free_handle(leader.name, taken)
        leader.sort_name = sort_key(leader.name)
        leader.set_unusable_password()
        taken.add(leader.handle)
    Leader.objects.bulk_create(leaders)
    addresses = [EmailAddress(user=each, email=each.email, primary=True, verified=False) for each in leaders]
    EmailAddress.objects.bulk_create(addresses)
    return leaders
