"""The last step of joining: from an account with an e-mail address to a leader among others."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from leaders import preferences, profiles, rules
from leaders.accounts import NEWCOMER
from leaders.models import HouseRules, Leader
from leaders.models.account import sort_key
from leaders.permissions import may_join, require

TRIES = 5


@transaction.atomic
def join(
    leader: Leader,
    *,
    name: str,
    role: str,
    organisation: str,
    profession: str,
    time_zone: str,
    digest: str,
    accepted: HouseRules,
) -> Leader:
    """Make an account a leader, with the answers, the rules accepted and the e-mails chosen."""
    leader = Leader.objects.select_for_update().get(pk=leader.pk)
    require(may_join(leader))
    leader.name, leader.sort_name = name, sort_key(name)
    leader.role, leader.profession, leader.time_zone = role, profession, time_zone
    profiles.work_at(leader, organisation)
    leader.joined_at = timezone.now()
    _save_with_handle(leader)
    rules.accept(leader, accepted)
    preferences.choose_digest(leader, digest, source="joining")
    return leader


def _save_with_handle(leader: Leader) -> None:
    """Keep a handle that an admin gave; find a free one for the others, though two may want it at once."""
    for attempt in range(TRIES):
        if not leader.handle or leader.handle.startswith(NEWCOMER) or attempt:
            leader.handle = Leader.objects.free_handle(leader.name)
        try:
            with transaction.atomic():
                return leader.save()
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return None
