"""What moderators decide about words: each verb leaves one decision in the log, and tells whom it affects."""

from django.db import transaction
from django.utils import timezone

from community import decisions, patients, permissions, relocations
from community.decisions import Item, Verb
from community.models import (
    PRIORITY,
    Case,
    Decision,
    ErrandKind,
    Post,
    Relocation,
    Report,
    Reported,
    Revision,
    Room,
    Space,
    Thread,
    ThreadKind,
    WellDone,
)
from community.permissions import Conflict, require
from community.tasks import enqueue
from leaders.models import Leader

SHOWN_AROUND = 3  # messages before and after one that was reported in a conversation


@transaction.atomic
def report(item: Reported, *, by: Leader, category: str, words: str = "") -> Report:
    """Flag an item; all open flags of one item form one case; a member's second flag is the first."""
    decisions.hold(item)
    require(permissions.may_report(by, item))
    require(permissions.may_go_on_reporting(by))
    case = _open_case(item) or _new_case(item, category, by)
    flag, _ = Report.objects.get_or_create(
        case=case, by=by, defaults={"category": category, "words": words.strip()}
    )
    if PRIORITY[flag.category] < case.priority:
        case.priority = PRIORITY[flag.category]
        case.save(update_fields=["priority"])
    return flag


@transaction.atomic
def assign(case: Case, *, by: Leader) -> Case:
    """Take a case that nobody else has taken."""
    decisions.hold_case(case)
    require(permissions.may_decide(by, case.item))
    decisions.refuse_closed(case)
    if case.assignee_id not in (None, by.pk):
        raise Conflict(f"{case.assignee} has taken this case already.")
    case.assignee = by
    case.save(update_fields=["assignee"])
    return case


@transaction.atomic
def dismiss(case: Case, *, by: Leader, reason: str) -> Decision:
    """Close a case without touching its item."""
    decisions.hold_case(case)
    require(permissions.may_decide(by, case.item))
    decisions.refuse_closed(case)
    return decisions.record(Verb.DISMISS, case.item, by=by, reason=reason)


@transaction.atomic
def hide(item: Item, *, by: Leader, reason: str) -> Decision:
    """Take a post, a message or a whole thread out of everybody's sight but the moderators'."""
    decisions.hold(item)
    require(permissions.may_decide(by, item))
    if item.is_hidden:
        raise Conflict(f"This {decisions.noun(item)} is hidden already.")
    item.hidden_at = timezone.now()
    item.save(update_fields=["hidden_at"])
    decisions.show_change(item)
    decisions.show_links(item)
    return decisions.record(Verb.HIDE, item, by=by, reason=reason)


@transaction.atomic
def restore(item: Item, *, by: Leader, reason: str) -> Decision:
    """Show again what was hidden."""
    decisions.hold(item)
    require(permissions.may_decide(by, item))
    if not item.is_hidden:
        raise Conflict(f"This {decisions.noun(item)} is not hidden.")
    was_hidden_at, item.hidden_at = item.hidden_at, None
    item.save(update_fields=["hidden_at"])
    decisions.show_change(item)
    decisions.show_links(item)
    return decisions.record(Verb.RESTORE, item, by=by, reason=reason, hidden_at=was_hidden_at.isoformat())


@transaction.atomic
def hide_revision(revision: Revision, *, by: Leader, reason: str) -> Decision:
    """Take one former text of a post out of its history, for everybody but the moderators."""
    decisions.hold_revision(revision)
    require(permissions.may_decide(by, revision.post))
    if revision.is_hidden:
        raise Conflict("This text is hidden already.")
    revision.hidden_at = timezone.now()
    revision.save(update_fields=["hidden_at"])
    return decisions.record(Verb.HIDE_REVISION, revision.post, by=by, reason=reason, version=revision.version)


@transaction.atomic
def restore_revision(revision: Revision, *, by: Leader, reason: str) -> Decision:
    """Show a hidden text in the history of its post again."""
    decisions.hold_revision(revision)
    require(permissions.may_decide(by, revision.post))
    if not revision.is_hidden:
        raise Conflict("This text is not hidden.")
    was_hidden_at, revision.hidden_at = revision.hidden_at.isoformat(), None
    revision.save(update_fields=["hidden_at"])
    detail = {"version": revision.version, "hidden_at": was_hidden_at}
    return decisions.record(Verb.RESTORE_REVISION, revision.post, by=by, reason=reason, **detail)


@transaction.atomic
def close(thread: Thread, *, by: Leader, reason: str) -> Decision:
    """Accept no more replies in a thread, but from moderators."""
    decisions.hold(thread)
    require(permissions.may_moderate(by, thread.space))
    if thread.is_closed:
        raise Conflict("This thread is closed already.")
    decisions.change(thread, closed_at=timezone.now())
    return decisions.record(Verb.CLOSE, thread, by=by, reason=reason)


@transaction.atomic
def reopen(thread: Thread, *, by: Leader, reason: str) -> Decision:
    """Accept replies in a thread again."""
    decisions.hold(thread)
    require(permissions.may_moderate(by, thread.space))
    if not thread.is_closed:
        raise Conflict("This thread is open already.")
    was_closed_at = thread.closed_at
    decisions.change(thread, closed_at=None)
    return decisions.record(Verb.REOPEN, thread, by=by, reason=reason, closed_at=was_closed_at.isoformat())


@transaction.atomic
def pin(thread: Thread, *, by: Leader, reason: str) -> Decision:
    """Keep a thread on top of its space."""
    decisions.hold(thread)
    require(permissions.may_moderate(by, thread.space))
    if thread.is_pinned:
        raise Conflict("This thread is pinned already.")
    decisions.change(thread, is_pinned=True)
    return decisions.record(Verb.PIN, thread, by=by, reason=reason)


@transaction.atomic
def unpin(thread: Thread, *, by: Leader, reason: str) -> Decision:
    """Let a thread take its place among the others."""
    decisions.hold(thread)
    require(permissions.may_moderate(by, thread.space))
    if not thread.is_pinned:
        raise Conflict("This thread is not pinned.")
    decisions.change(thread, is_pinned=False)
    return decisions.record(Verb.UNPIN, thread, by=by, reason=reason)


@transaction.atomic
def move(thread: Thread, *, to: Space, by: Leader, reason: str) -> Decision:
    """Carry a thread with its posts, and all marks of what was read, into another space; many follow it."""
    decisions.hold(thread)
    require(permissions.may_move(by, thread, to))
    if thread.space_id == to.pk:
        raise Conflict(f"This thread is in {to} already.")
    return _move(thread, to, by, reason)


@transaction.atomic
def split(
    thread: Thread,
    *,
    by: Leader,
    reason: str,
    title: str,
    kind: str = ThreadKind.DISCUSSION,
    start: int = 1,
    numbers: list[int] | None = None,
    sure: bool = False,
) -> Decision | Relocation:
    """Make a new thread of some posts, or of all from a number on; the rest keep their numbers.

    Many are on their way for a while: then a worker decides in the end. `sure` says that nothing in the
    title is a patient's.
    """
    decisions.hold(thread)
    require(permissions.may_split(by, thread))
    patients.ask(title, sure=sure)
    opening = _opening(thread, start, numbers)
    branch = Thread.objects.create(
        space=thread.space,
        kind=kind,
        title=title,
        author=opening.author,
        alias=opening.alias,
        created_at=opening.created_at,
    )
    relocation = Relocation(verb=Verb.SPLIT, thread=thread, to=branch, start=start, by=by, reason=reason)
    return relocations.carry_out(relocation, numbers)


@transaction.atomic
def merge(thread: Thread, *, into: Thread, by: Leader, reason: str) -> Decision | Relocation:
    """Put all posts of a thread at the end of another; many as by `split`. Its address leads there then."""
    for each in sorted((thread, into), key=lambda each: each.pk):
        decisions.hold(each)
    require(permissions.may_merge(by, thread, into))
    relocation = Relocation(verb=Verb.MERGE, thread=thread, to=into, by=by, reason=reason)
    return relocations.carry_out(relocation)


@transaction.atomic
def stop_move(relocation: Relocation, *, by: Leader, reason: str) -> Decision:
    """Leave the posts that have gone where they are now, and the others where they were.

    A thread is not torn between two spaces: it goes back, with what has followed it.
    """
    relocations.hold(relocation)
    require(permissions.may_stop_move(by, relocation))
    if relocation.is_of_thread:
        relocations.end(relocation, by=by)
        return _move(relocation.thread, relocation.source, by, reason)
    return relocations.stop(relocation, by=by, reason=reason)


def _move(thread: Thread, to: Space, by: Leader, reason: str) -> Decision:
    source = thread.space
    decision = decisions.record(Verb.MOVE, thread, by=by, reason=reason, source=source.pk, target=to.pk)
    decisions.change(thread, space=to, is_pinned=False, is_moving=False)
    decisions.show_links(thread)
    Case.objects.filter(post__thread=thread, closed_at=None).update(space=to)
    relocations.bring_along(thread, source, by=by, reason=reason)
    return decision


def _opening(thread: Thread, start: int, numbers: list[int] | None) -> Post:
    """The first shown one of the posts that shall leave a thread, if all of them can."""
    leaving = thread.posts.filter(number__gte=start).order_by("number")
    if numbers is not None:
        leaving = leaving.filter(number__in=numbers)
    first = leaving.first()
    if first is None or (numbers is not None and leaving.count() != len(set(numbers))):
        raise Conflict("Some of these posts are no longer in this thread. Please look again.")
    if first.number == 1:
        require(permissions.no("The first post stays: it opens the thread."))
    if (opening := leaving.filter(hidden_at=None).first()) is None:
        require(permissions.no("Choose at least one post that is not hidden."))
    return opening


def _open_case(item: Reported) -> Case | None:
    return Case.objects.open().filter(**decisions.which(item)).first()


def _new_case(item: Reported, category: str, by: Leader) -> Case:
    case = Case.objects.create(
        space=item.space,
        about=item.author,
        priority=PRIORITY[category],
        **decisions.which(item),
        **_shown(item, by),
    )
    enqueue(ErrandKind.TELL_MODERATORS, case.pk)
    return case


def _shown(item: Reported, by: Leader) -> dict[str, int]:
    """How much of a conversation a report opens: a few messages that its reporter sees, none to come."""
    if item.space or isinstance(item, WellDone):
        return {}
    room = Room.objects.get(pk=item.room_id)
    return {
        "shown_from": max(item.number - SHOWN_AROUND, room.heard_after(by) + 1),
        "shown_to": min(item.number + SHOWN_AROUND, room.last_number),
    }
