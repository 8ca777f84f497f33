"""Posts go to another thread by a split or a merge: a few at once, many in batches by a worker.

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
from community.models import Decision, Relocation, Thread, Transfer
from community.rooms import messages

log = logging.getLogger(__name__)

AT_ONCE = 5_000  # posts, for which a moderator waits about two seconds
BATCH = 1_000
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


def _step(relocation: Relocation) -> None:
    for thread in sorted((relocation.thread, relocation.to), key=lambda each: each.pk):
        thread.refresh_from_db(from_queryset=Thread.objects.select_for_update(no_key=True))
    _carry(relocation, at_most=BATCH)
    if not relocation.leaving.exists():
        _finish(relocation)
        for thread in (relocation.thread, relocation.to):
            decisions.change(thread, is_moving=False)
    relocation.attempts, relocation.error = 0, ""
    relocation.save()


def _carry(relocation: Relocation, **which) -> None:
    """Carry posts and count both threads anew."""
    thread, to = relocation.thread, relocation.to
    begun = messages.begun_by(thread) | messages.begun_by(to)
    runs = transfers.carry(thread, to, start=relocation.start, **which)
    relocation.carried += sum(run.count for run in runs)
    messages.lead_on(begun ^ (messages.begun_by(thread) | messages.begun_by(to)))
    for each in (thread, to):
        threads.recount(each)


def _finish(relocation: Relocation) -> Decision:
    """The posts are there: settle what else the two threads hold, and write the decision down."""
    thread, to = relocation.thread, relocation.to
    relocation.ended_at = timezone.now()
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
        if answer and answer.thread_id != thread.pk:
            decisions.change(thread, answer=None, answer_marked_by=None)
            return {"title": to.title, "answer": answer.pk}
        return {"title": to.title}
    transfers.close_down(thread, to)
    if answer and not to.answer_id:
        decisions.change(to, answer=answer, answer_marked_by=thread.answer_marked_by)
    decisions.change(thread, merged_into=to, answer=None, answer_marked_by=None, is_pinned=False)
    return {"source": thread.space_id, "target": to.space_id}


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
