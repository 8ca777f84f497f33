"""Accounts that admins prepare for people who have not joined yet."""

from allauth.account.models import EmailAddress
from django.db import transaction

from leaders.models import Leader
from leaders.models.account import sort_key
from leaders.permissions import may_enrol, require


@transaction.atomic
def enrol(leader: Leader, *, by: Leader) -> Leader:
    """Give somebody an account without a password: a code by e-mail signs them in, joining does the rest."""
    require(may_enrol(by))
    leader.email = leader.email.lower()
    leader.handle = leader.handle or Leader.objects.free_handle(leader.name)
    leader.sort_name = sort_key(leader.name)
    leader.set_unusable_password()
    leader.save()
    EmailAddress.objects.create(user=leader, email=leader.email, primary=True, verified=False)
    return leader
