"""What every decision of a moderator shares, in its order: hold, refuse, change, show, record."""

from community import permissions, threads
from community.models import (
    TO_MANY,
    Case,
    Decision,
    ErrandKind,
    HostLine,
    Message,
    Post,
    Reported,
    Revision,
    Room,
    Space,
    Thread,
    WellDone,
)
from community.permissions import Conflict
from community.rooms import messages
from community.sockets import live
from community.tasks import enqueue
from community.telling import notices
from leaders.models import Leader

Item = Reported | Thread
Verb = Decision.Verb

OUTCOMES = {
    Verb.HIDE: "A moderator read it and has hidden it.",
    Verb.RESTORE: "A moderator read it and has let it stand.",
    Verb.DISMISS: "A moderator read it and has let it stand.",
    Verb.SUSPEND: "A moderator read it and has acted.",
}


def hold(item: Item) -> None:
    """Hold the item, read anew; always the whole before its part, as those do who write."""
    if isinstance(item, Post):
        Thread.objects.select_for_update(no_key=True).get(pk=item.thread_id)
    if isinstance(item, Message):
        Room.objects.select_for_update(no_key=True).get(pk=item.room_id)
    thread_id = getattr(item, "thread_id", None)
    try:
        item.refresh_from_db(from_queryset=type(item).objects.select_for_update(no_key=True))
    except WellDone.DoesNotExist:
        raise Conflict("It was taken away meanwhile.") from None
    if getattr(item, "thread_id", None) != thread_id:
        raise Conflict("This post was moved to another thread meanwhile. Please look again.")
    if isinstance(item, Thread) and item.merged_into_id:
        raise Conflict("This thread was merged into another one meanwhile.")
    if isinstance(item, Thread) and item.is_moving:
        raise Conflict(f"{permissions.MOVING} Please decide about it afterwards.")


def hold_revision(revision: Revision) -> None:
    """Hold the post of a former text and then the text, as those do who edit."""
    hold(revision.post)
    revision.refresh_from_db(
        fields=["hidden_at"], from_queryset=Revision.objects.select_for_update(no_key=True)
    )


def hold_case(case: Case) -> None:
    """Hold the item of a case and then the case, so that nobody decides about either meanwhile."""
    hold(case.item)
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(no_key=True))


def hold_leader(leader: Leader) -> None:
    """Hold a leader, read anew."""
    leader.refresh_from_db(from_queryset=Leader.objects.select_for_update(no_key=True))


def refuse_closed(case: Case) -> None:
    """Conflict, if somebody has closed the case meanwhile."""
    if not case.is_open:
        decision = case.decisions.select_related("by").first()
        who = f" by {decision.by}" if decision else ""
        raise Conflict(f"This case was closed already{who}.")


def change(thread: Thread, **values) -> None:
    """Set fields of a thread and have open pages fetch it."""
    for name, value in values.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(values))
    show_change(thread)


def show_change(item: Item) -> None:
    """Count anew what is shown, and have open pages fetch it."""
    notices.recount(item)
    match item:
        case Post():
            threads.recount(item.thread)
            for post in [item, *Post.objects.filter(quotes__quoted=item)]:
                live.push(live.thread_topic(post.thread_id), {"type": "post", "number": post.number})
        case Thread():
            live.push(live.thread_topic(item.pk), {"type": "thread"})
        case Message():
            messages.touch(item)


def show_links(item: Item) -> None:
    """Have open chats show or take away the links from what a thread carries on."""
    match item:
        case Post(number=1):
            messages.lead_on(messages.begun_by(item.thread_id))
        case Thread():
            messages.lead_on(messages.begun_by(item))


def record(
    verb: Verb,
    item: Item | None,
    *,
    by: Leader,
    reason: str,
    space: Space | None = None,
    leader: Leader | None = None,
    **detail,
) -> Decision:
    """Write the decision down, close the cases that it answers, and promise to tell those concerned."""
    cases = _answered_cases(verb, item)
    decision = Decision.objects.create(
        verb=verb,
        by=by,
        reason=reason.strip(),
        space=space or (item.space if item else None),
        leader=leader,
        case=cases[0] if cases else None,
        detail=detail,
        **(which(item) if item else {}),
    )
    if decision.concerns:
        enqueue(ErrandKind.TELL_AUTHOR, decision.pk)
    if verb in TO_MANY:
        enqueue(ErrandKind.TELL_CARRIED, decision.pk)
    for case in cases:
        case.closed_at, case.outcome = decision.at, OUTCOMES[verb]
        case.save(update_fields=["closed_at", "outcome"])
        enqueue(ErrandKind.TELL_REPORTERS, case.pk)
        notices.recount(case)
    return decision


def which(item: Item) -> dict[str, Item]:
    """The field of a decision or a case in which an item stands, with the item."""
    return {noun(item).replace(" ", "_"): item}


def noun(item: Item) -> str:
    """The word for an item."""
    return {HostLine: "line", WellDone: "well done"}.get(type(item), type(item).__name__.lower())


def _answered_cases(verb: Verb, item: Item | None) -> list[Case]:
    if item is None or verb not in OUTCOMES:
        return []
    about = {"post__thread": item} if isinstance(item, Thread) else which(item)
    return list(Case.objects.open().filter(**about).select_for_update(no_key=True))
