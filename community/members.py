"""What moderators decide about people: who is kept out for a while, and who is let into a space."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from community import decisions, permissions
from community.decisions import Verb
from community.models import Case, Decision, ErrandKind, JoinRequest, Space, SpaceMembership
from community.permissions import Conflict, require
from community.sockets import live
from community.tasks import enqueue
from leaders.models import Leader


@transaction.atomic
def suspend(
    leader: Leader, *, by: Leader, space: Space | None, until: datetime, reason: str, case: Case | None = None
) -> Decision:
    """Keep somebody out of everything until a moment, after which they come in again by themselves."""
    decisions.hold_leader(leader)
    require(permissions.may_suspend(by, leader, space))
    if leader.is_suspended:
        raise Conflict(f"{leader} is suspended already, until {_moment(leader.suspended_until, by)}.")
    if until <= timezone.now():
        raise Conflict("A suspension must end in the future.")
    leader.suspended_until, leader.suspension_reason = until, reason
    leader.save(update_fields=["suspended_until", "suspension_reason"])
    live.rights_changed(leader.pk)
    item = case.item if case else None
    return decisions.record(
        Verb.SUSPEND, item, by=by, reason=reason, space=space, leader=leader, until=until.isoformat()
    )


@transaction.atomic
def lift(leader: Leader, *, by: Leader, space: Space | None, reason: str) -> Decision:
    """End a suspension before its time."""
    decisions.hold_leader(leader)
    require(permissions.may_lift(by, leader, space))
    if not leader.is_suspended:
        raise Conflict(f"{leader} is not suspended.")
    was_until = leader.suspended_until
    leader.suspended_until, leader.suspension_reason = None, ""
    leader.save(update_fields=["suspended_until", "suspension_reason"])
    live.rights_changed(leader.pk)
    item = None if space else Decision.objects.filter(leader=leader, verb=Verb.SUSPEND).first().item
    return decisions.record(
        Verb.LIFT, item, by=by, reason=reason, space=space, leader=leader, until=was_until.isoformat()
    )


@transaction.atomic
def admit(request: JoinRequest, *, by: Leader, reason: str) -> Decision:
    """Let somebody into the space that they asked to join."""
    decision = _answer(request, Verb.ADMIT, by=by, reason=reason)
    SpaceMembership.objects.get_or_create(
        space=request.space,
        leader=request.leader,
        ends_at=None,
        defaults={"reason": "Asked to join.", "added_by": by},
    )
    live.rights_changed(request.leader_id)
    return decision


@transaction.atomic
def decline(request: JoinRequest, *, by: Leader, reason: str) -> Decision:
    """Answer no to somebody who asked to join a space; they may ask again."""
    return _answer(request, Verb.DECLINE, by=by, reason=reason)


def _answer(request: JoinRequest, verb: Verb, *, by: Leader, reason: str) -> Decision:
    request.refresh_from_db(from_queryset=JoinRequest.objects.select_for_update(no_key=True))
    require(permissions.may_moderate(by, request.space))
    if request.decided_at:
        raise Conflict(f"{request.decided_by} has answered this request already.")
    request.decided_at, request.decided_by = timezone.now(), by
    request.accepted, request.reason = verb == Verb.ADMIT, reason
    request.save(update_fields=["decided_at", "decided_by", "accepted", "reason"])
    enqueue(ErrandKind.TELL_MEMBER, request.pk)
    return decisions.record(verb, None, by=by, reason=reason, space=request.space, leader=request.leader)


def _moment(value: datetime, reader: Leader) -> str:
    return f"{value.astimezone(reader.zone):%-d %B %Y, %H:%M}"
