"""Who may decide about other people's words, and about people."""

from django.core.exceptions import PermissionDenied

from community.models import (
    Case,
    Decision,
    Message,
    Post,
    Relocation,
    Reported,
    Space,
    SpaceKind,
    Thread,
)
from community.permissions.spaces import may_moderate, may_write
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, no


class Conflict(PermissionDenied):
    """What one wants to decide has been decided meanwhile; the sentence says how."""


def may_decide(leader: Leader, item: Reported | Thread) -> Verdict:
    """The moderators of its space, but not about their own words; of no space, what was reported."""
    if not (verdict := _may_moderate(leader, item)):
        return verdict
    if item.author_id == leader.pk:
        return no("These are your own words. Another moderator must decide about them.")
    if getattr(item, "withdrawn_at", None):
        return no("Its author has taken it back.")
    return ALLOWED


def _may_moderate(leader: Leader, item: Reported | Thread) -> Verdict:
    if item.space:
        return may_moderate(leader, item.space)
    about = {"message": item} if isinstance(item, Message) else {"well_done": item}
    if not Case.objects.visible_to(leader).filter(**about).exists():
        return no("Only moderators whom it does not concern may do that, to what was reported.")
    return ALLOWED


def may_move(leader: Leader, thread: Thread, space: Space) -> Verdict:
    """The moderators of its space, to where they may write, if nobody reads it there who could not before."""
    return may_moderate(leader, thread.space) and _may_carry(leader, thread.space, space)


def may_split(leader: Leader, thread: Thread) -> Verdict:
    """The moderators of its space, while it is shown: a new thread would be."""
    if thread.is_hidden:
        return may_moderate(leader, thread.space) and no("This thread is hidden. Show it again first.")
    return may_moderate(leader, thread.space)


def may_merge(leader: Leader, thread: Thread, into: Thread) -> Verdict:
    """The moderators of both, if nobody reads it there who could not before."""
    if not (verdict := may_moderate(leader, thread.space) and may_moderate(leader, into.space)):
        return verdict
    if thread.pk == into.pk:
        return no("A thread cannot be merged into itself.")
    if thread.is_hidden or into.is_hidden:
        return no("One of the two is hidden. Show it again first.")
    return may_write(leader, into.space) and _may_carry(leader, thread.space, into.space)


def may_hurry_move(leader: Leader, relocation: Relocation) -> Verdict:
    """The moderators of the threads between which posts are on their way, whoever of them began it."""
    there = may_moderate(leader, relocation.to.space)
    return may_moderate(leader, relocation.thread.space) and there


def may_stop_move(leader: Leader, relocation: Relocation) -> Verdict:
    """The same; of a thread that goes back, also of the space that it left."""
    if (verdict := may_hurry_move(leader, relocation)) and relocation.source:
        return may_moderate(leader, relocation.source)
    return verdict


def _may_carry(leader: Leader, source: Space, target: Space) -> Verdict:
    if source.pk == target.pk:
        return ALLOWED
    if source.kind == SpaceKind.SEALED:
        return no("What was said in a sealed space stays there.")
    if not (verdict := may_write(leader, target)):
        return verdict
    if target.readers().exclude(pk__in=source.readers().values("pk")).exists():
        return no("People would read it there who could not read it before.")
    return ALLOWED


def may_suspend(leader: Leader, member: Leader, space: Space | None) -> Verdict:
    """Moderators, but neither themselves, nor faculty, nor admins, nor people who were never in the space.

    Without a space: for what somebody was reported for in a conversation.
    """
    if not (verdict := may_moderate(leader, space) if space else _may_judge(leader, member)):
        return verdict
    if member.pk == leader.pk:
        return no("You cannot suspend yourself.")
    if member.is_faculty or member.is_staff:
        return no("Faculty and admins can only be suspended by an admin.")
    if space and not (member.is_suspended or _takes_part(member, space)):
        return no("You can only suspend people who take part in this space.")
    return ALLOWED


def may_lift(leader: Leader, member: Leader, space: Space | None) -> Verdict:
    """The moderators of the space in which the suspension was decided; without one, of conversations."""
    if space and not (verdict := may_moderate(leader, space)):
        return verdict
    latest = Decision.objects.filter(leader=member, verb=Decision.Verb.SUSPEND).first()
    if space is None and not (latest and Decision.objects.visible_to(leader).filter(pk=latest.pk).exists()):
        return no("Only the moderators of conversations may do that.")
    if latest is None or latest.space_id != (space.pk if space else None):
        return no("This suspension was decided elsewhere. Ask an admin to lift it.")
    return ALLOWED


def _may_judge(leader: Leader, member: Leader) -> Verdict:
    if not Case.objects.visible_to(leader).filter(space=None, about=member).exists():
        return no("Only moderators may do that, to people who were reported.")
    return ALLOWED


def _takes_part(member: Leader, space: Space) -> bool:
    return (
        Space.objects.belonging_to(member).filter(pk=space.pk).exists()
        or Post.objects.filter(space=space, author=member).exists()
        or Message.objects.filter(room__space=space, author=member).exists()
    )
