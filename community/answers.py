"""Which reply answers a question: who asked says so, or a moderator."""

from django.db import transaction

from community import permissions, threads
from community.models import ErrandKind, Post, Thread
from community.permissions import require
from community.sockets import live
from community.tasks import enqueue
from community.telling import notices
from leaders.models import Leader


@transaction.atomic
def mark_answer(post: Post, *, by: Leader) -> Thread:
    """Say which reply answers a question; one that was marked before gives way."""
    thread = threads.locked(post.thread_id)
    post = threads.still_in(thread, post)
    require(permissions.may_mark_answer(by, post))
    if thread.answer_id != post.pk:
        _set_answer(thread, post, by)
        enqueue(ErrandKind.TELL_ANSWERER, post.pk)
    return thread


@transaction.atomic
def unmark_answer(post: Post, *, by: Leader) -> Thread:
    """Say that a reply is not the answer after all."""
    thread = threads.locked(post.thread_id)
    require(permissions.may_choose_answer(by, thread))
    if thread.answer_id == post.pk:
        _set_answer(thread, None, None)
    return thread


def _set_answer(thread: Thread, post: Post | None, by: Leader | None) -> None:
    former = thread.answer
    thread.answer, thread.answer_marked_by = post, by
    thread.save(update_fields=["answer", "answer_marked_by"])
    for changed in filter(None, (former, post)):
        notices.recount(changed)
        live.push(live.thread_topic(thread.pk), {"type": "post", "number": changed.number})
