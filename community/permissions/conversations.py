"""Who may begin a conversation with whom, and bring others into one."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from community.models import KeptOut, NobodyNew, Room, Unheard
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no

PEOPLE_AT_MOST = 8  # in one conversation


def reachable(leader: Leader) -> QuerySet[Leader]:
    """Those with whom a leader may begin a conversation."""
    barred = Q(pk__in=KeptOut.objects.filter(leader=leader).values("other"))
    barred |= Q(pk__in=KeptOut.objects.filter(other=leader).values("leader"))
    barred |= Q(pk__in=Unheard.objects.filter(giver=leader).values("leader"))
    barred |= Q(pk__in=NobodyNew.objects.values("leader"))
    others = Leader.objects.visible_to(leader) & Leader.objects.active()
    return others.exclude(barred).exclude(pk=leader.pk)


def may_begin(leader: Leader, people: list[Leader]) -> Verdict:
    """With one to seven others who are there and take part in new conversations."""
    if not may_come_in(leader):
        return no("You cannot begin a conversation now.")
    if not people or leader in people:
        return no("Choose somebody to talk with.")
    if len(people) >= PEOPLE_AT_MOST:
        return no(f"A conversation has at most {PEOPLE_AT_MOST} people. For more, use a space.")
    found = set(reachable(leader).filter(pk__in=[person.pk for person in people]))
    for number, person in enumerate(people):
        if person not in found or _are_apart(person, people[:number]):
            return _not_with(leader, person)
    return ALLOWED


def may_add(leader: Leader, room: Room, person: Leader | None = None) -> Verdict:
    """Whoever is in a conversation, up to eight people; `person` once somebody is chosen."""
    here = set(room.participants.now().values_list("leader", flat=True))
    if not (room.is_direct and may_come_in(leader) and leader.pk in here):
        return no("Only those who are in a conversation can add somebody.")
    if len(here) >= PEOPLE_AT_MOST:
        return no(f"A conversation has at most {PEOPLE_AT_MOST} people. For more, use a space.")
    if person is None:
        return ALLOWED
    if person.pk in here:
        return no(f"{person} is in this conversation already.")
    if not reachable(leader).filter(pk=person.pk).exists() or _are_apart(person, here):
        return _not_with(leader, person)
    return ALLOWED


def may_leave(leader: Leader, room: Room) -> Verdict:
    """Whoever is in a conversation."""
    if not (room.is_direct and room.participants.now().filter(leader=leader).exists()):
        return no("You are not in this conversation any more.")
    return ALLOWED


def _are_apart(person: Leader, others: Collection) -> bool:
    """Whether one of these keeps the other out, or no longer hears them: nobody else brings them together."""
    kept = Q(leader=person, other__in=others) | Q(other=person, leader__in=others)
    unheard = Q(leader=person, giver__in=others) | Q(giver=person, leader__in=others)
    return KeptOut.objects.filter(kept).exists() or Unheard.objects.filter(unheard).exists()


def _not_with(leader: Leader, person: Leader) -> Verdict:
    # One sentence for all others: it must not say who keeps whom out, nor who is suspended.
    if KeptOut.objects.filter(leader=leader, other=person).exists():
        return no(f"You keep {person} out of new conversations. You can change that in your settings.")
    return no(f"{person} takes part in no new conversation at present.")
