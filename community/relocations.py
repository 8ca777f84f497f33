"""Posts go to another thread, or follow theirs to another space: a few at once, many in batches by a worker.

Nobody should wait for the lock of a thread, or for an answer, as long as it takes to write 50,000 posts anew.
Each batch is a transaction, after which both threads are whole; one that a killed worker leaves is undone by
the database and done by the next worker. Until the last one nobody writes in either thread.
"""

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from community import decisions, threads, transfers
from community.models import Case, Decision, Post, Relocation, Space, Thread, Transfer
from community.permissions import Conflict, may_hurry_move, require
from community.rooms import messages
from leaders.models import Leader

log = logging.getLogger(__name__)

# Posts. Whoever edits one of them, or thanks for it, waits for a batch: it should take half a second at most.
AT_ONCE = 1_000
BATCH = 500
PATIENCE = 5  # seconds after which a worker lets other work come in between
LONGEST_PAUSE = timedelta(minutes=5)

Verb = Decision.Verb


def carry_out(relocation: Relocation, numbers: list[int] | None = None) -> Decision | Relocation:
    """Carry posts, all at once if they are few; inside a transaction that holds both threads."""
    relocation.total = relocation.leaving.count()
    if numbers is not None or relocation.total <= AT_ONCE:
        _carry(relocation, numbers=numbers)
        return _finish(relocation)
    for thread in (relocation.thread, relocation.to):
        decisions.change(thread, is_moving=True)
    _carry(relocation, at_most=BATCH)  # so that a new thread is not empty
    relocation.save()
    transaction.on_commit(wake)
    return relocation


def bring_along(thread: Thread, source: Space, *, by: Leader, reason: str) -> None:
    """Have the posts of a thread that is held follow it into its space.

    The newest go first, with it: of those people are told.
    """
    relocation = Relocation(verb=Verb.MOVE, thread=thread, to=thread, source=source, by=by, reason=reason)
    relocation.start = thread.last_number + 1
    relocation.total = relocation.leaving.count()
    if relocation.total <= AT_ONCE:
        relocation.leaving.update(space=thread.space)
        return
    decisions.change(thread, is_moving=True)
    _follow(relocation)
    relocation.save()
    transaction.on_commit(wake)


def wake() -> None:
    """Have a worker go on; without a broker the next tick of beat does."""
    try:
        carry_posts.delay()
    except OperationalError as error:
        log.warning("no worker could be woken: %s", type(error).__name__)


@shared_task
def carry_posts() -> None:
    """Go on with what is on its way."""
    go_on()


def go_on() -> int:
    """Carry batch after batch; return how many."""
    done, stop = 0, time.monotonic() + PATIENCE
    while _go_on():
        done += 1
        if time.monotonic() > stop:
            wake()
            break
    return done


def _go_on() -> bool:
    """Carry a batch of the first relocation that is due and that no other worker has in hand."""
    relocation = None
    try:
        with transaction.atomic():
            due = Relocation.objects.due().select_for_update(skip_locked=True)
            if (relocation := due.first()) is None:
                return False
            _step(relocation)
    except Exception as error:  # whatever it is, this one must be tried again and the next one carried
        log.exception("posts from thread %s could not be carried", relocation and relocation.thread_id)
        if relocation is None:
            return False
        _put_off(relocation, type(error).__name__)
    return True


@transaction.atomic
def try_again(relocation: Relocation, *, by: Leader) -> None:
    """Have a worker try at once what would wait for a while after it failed."""
    hold(relocation)
    require(may_hurry_move(by, relocation))
    relocation.due_at = timezone.now()
    relocation.save(update_fields=["due_at"])
    transaction.on_commit(wake)


def hold(relocation: Relocation) -> None:
    """Hold it and both threads, after the batch that a worker has in hand; Conflict if it has ended."""
    relocation.refresh_from_db(from_queryset=Relocation.objects.select_for_update(no_key=True))
    _hold_threads(relocation)
    if relocation.ended_at:
        raise Conflict("These posts are no longer on their way.")


def end(relocation: Relocation, *, by: Leader) -> None:
    """Let no worker go on with one that is held."""
    relocation.ended_at, relocation.stopped_by = timezone.now(), by
    relocation.save(update_fields=["ended_at", "stopped_by"])


def stop(relocation: Relocation, *, by: Leader, reason: str) -> Decision:
    """End one that is held, as if no more posts had been meant; nothing is carried, so nothing can fail."""
    end(relocation, by=by)
    thread, began = relocation.thread, [relocation.by_id, relocation.reason]
    detail = {"of": relocation.verb, "began": began, **_let_answer_go(thread), **_went(relocation)}
    _let_write(relocation)
    return decisions.record(Verb.STOP_MOVE, thread, by=by, reason=reason, **detail)


def _step(relocation: Relocation) -> None:
    _hold_threads(relocation)
    if relocation.is_of_thread:
        _follow(relocation)
        is_last = relocation.start == 1
    else:
        _carry(relocation, at_most=BATCH)
        is_last = not relocation.leaving.exists()
    if is_last:
        _finish(relocation)
        _let_write(relocation)
    relocation.attempts, relocation.error, relocation.moved_at = 0, "", timezone.now()
    relocation.save()


def _hold_threads(relocation: Relocation) -> None:
    for thread in sorted((relocation.thread, relocation.to), key=lambda each: each.pk):
        thread.refresh_from_db(from_queryset=Thread.objects.select_for_update(no_key=True))


def _let_write(relocation: Relocation) -> None:
    for thread in (relocation.thread, relocation.to):
        decisions.change(thread, is_moving=False)


def _carry(relocation: Relocation, **which) -> None:
    """Carry posts, and count in both threads those that went."""
    thread, to, above = relocation.thread, relocation.to, relocation.to.last_number
    begun = messages.begun_by(thread) | messages.begun_by(to)
    runs = transfers.carry(thread, to, start=relocation.start, **which)
    relocation.carried += sum(run.count for run in runs)
    messages.lead_on(begun ^ (messages.begun_by(thread) | messages.begun_by(to)))
    came = Post.objects.filter(thread=to, number__gt=above, hidden_at=None).count()
    threads.recount(thread, count=thread.shown_count - came)
    threads.recount(to, count=to.shown_count + came)


def _follow(relocation: Relocation) -> None:
    """Take posts into the space of their thread, of those behind the newest first."""
    space, last = relocation.thread.space_id, relocation.start - 1
    relocation.start = max(relocation.start - BATCH, 1)
    some = Post.objects.filter(thread=relocation.thread, number__range=(relocation.start, last))
    relocation.carried += some.exclude(space=space).update(space=space)


def _finish(relocation: Relocation) -> Decision | None:
    """The posts are there: settle what else the two threads hold, and write down what is not decided yet."""
    thread, to = relocation.thread, relocation.to
    relocation.ended_at = timezone.now()
    if relocation.is_of_thread:  # what was reported meanwhile
        Case.objects.filter(post__thread=thread, closed_at=None).update(space=thread.space)
        return None
    detail = {**_settle(relocation), **_went(relocation)}
    for each in (thread, to):
        decisions.show_change(each)
    return decisions.record(
        Verb(relocation.verb), thread, by=relocation.by, reason=relocation.reason, **detail
    )


def _settle(relocation: Relocation) -> dict:
    """What the decision says of the threads; the answer of a question goes where its post is."""
    thread, to, answer = relocation.thread, relocation.to, relocation.thread.answer
    if relocation.verb == Verb.SPLIT:
        return {"title": to.title, **_let_answer_go(thread)}
    transfers.close_down(thread, to)
    if answer and not to.answer_id:
        decisions.change(to, answer=answer, answer_marked_by=thread.answer_marked_by)
    decisions.change(thread, merged_into=to, answer=None, answer_marked_by=None, is_pinned=False)
    return {"source": thread.space_id, "target": to.space_id}


def _let_answer_go(thread: Thread) -> dict:
    """No answer, if it stands in another thread by now."""
    if (answer := thread.answer) is None or answer.thread_id == thread.pk:
        return {}
    decisions.change(thread, answer=None, answer_marked_by=None)
    return {"answer": answer.pk}


def _went(relocation: Relocation) -> dict:
    """What went where, as the decision keeps it; not what an earlier split carried to the same thread."""
    to, before = relocation.to, relocation.to.last_number - relocation.carried
    runs = Transfer.objects.filter(thread=relocation.thread, to=to, to_first__gt=before).order_by("first")
    return {
        "to": to.pk,
        "first": runs[0].to_first if runs else to.last_number + 1,
        "last": to.last_number,
        "runs": [[run.first, run.last, run.to_first] for run in runs],
    }


def _put_off(relocation: Relocation, error: str) -> None:
    attempts = min(relocation.attempts + 1, 12)
    pause = min(timedelta(seconds=5 * 2**attempts), LONGEST_PAUSE)
    waiting = Relocation.objects.filter(pk=relocation.pk, ended_at=None)
    waiting.update(due_at=timezone.now() + pause, attempts=attempts, error=error)
