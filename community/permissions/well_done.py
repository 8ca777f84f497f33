"""Who may say well done to whom, and decide where it stands."""

from community.models import (
    Post,
    Thread,
    WellDone,
)
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_come_in, no


def may_say_well_done(leader: Leader, person: Leader, about: Post | Thread | None = None) -> Verdict:
    """To whomever one can see but oneself; about what both can see."""
    if not Leader.objects.visible_to(leader).filter(pk=person.pk).exists():
        return no("You cannot see this person.")
    if person.pk == leader.pk:
        return no("One cannot say well done to oneself. It is for a colleague to say.")
    if about and not both_see(about, leader, person):
        return no("You cannot both see what you link to.")
    return ALLOWED


def both_see(item: Post | Thread, *leaders: Leader) -> bool:
    """Whether each of them can see a post or a thread that nobody hid."""
    items = type(item).objects
    return all(items.visible_to(each).shown().filter(pk=item.pk).exists() for each in leaders)


def may_show(leader: Leader, said: WellDone) -> Verdict:
    """Whoever it was said to."""
    if not may_come_in(leader) or said.to_id != leader.pk:
        return no("Only the person to whom it was said decides where it stands.")
    return ALLOWED


def may_take_away(leader: Leader, said: WellDone) -> Verdict:
    """Whoever said it, and whoever it was said to."""
    if not may_come_in(leader) or leader.pk not in (said.to_id, said.by_id):
        return no("Only the two people whom it concerns can remove it.")
    return ALLOWED
