"""Celery's entries. A task only wakes; what is due stands in rows."""

import logging
import math
import time
from collections import deque
from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from community import bookmarks, deletions, drafts, errands
from community.mail import digest, letters
from community.models import ErrandKind
from community.models.errands import promise
from community.telling import outcomes, places
from community.uploads import attachments

log = logging.getLogger(__name__)

_woken: deque[int] = deque(maxlen=2)  # the seconds for which this process asked a worker to look


def enqueue(kind: ErrandKind, target: int, *, due_at: datetime | None = None) -> None:
    """Promise an errand in this transaction, and wake a worker once it has committed, or once it is due."""
    due_at = due_at or timezone.now()
    promise(kind, target, due_at)
    wake_then(due_at)


def wake_then(due_at: datetime) -> None:
    """Have a worker look at that moment for what this transaction promised, once it has committed."""
    transaction.on_commit(lambda: wake_at(due_at))


def wake_at(due_at: datetime) -> None:
    """Have a worker look once that moment has come; what is due later within one second shares one look."""
    pause = due_at.timestamp() - time.time()
    if pause <= 0:
        wake()
    elif (second := math.ceil(due_at.timestamp())) not in _woken:
        _woken.append(second)
        wake(second - time.time())


def wake(pause: float = 0) -> None:
    """Ask a worker to look for errands in so many seconds; without a broker the next tick of beat does."""
    try:
        run_errands.apply_async(countdown=pause if pause > 0 else None)
    except OperationalError as error:
        log.warning("no worker could be woken: %s", type(error).__name__)


@shared_task
def run_errands() -> None:
    """Do the errands that are due."""
    errands.run()


@shared_task
def open_digests() -> None:
    """Open the digests whose hour has come, and have them sent."""
    if digest.open_due():
        send_digests.delay()


@shared_task
def send_digests() -> None:
    """Send the digests that are due, and do errands in between: notices do not wait for them all."""
    digest.deliver(between=errands.run)


@shared_task
def prompt_moderators() -> None:
    """Ask moderators to answer the first posts that have waited a day, and new ones to see the cases."""
    outcomes.prompt_moderators()
    outcomes.tell_new_moderators()


@shared_task
def tell_of_places() -> None:
    """Tell leaders where they belong now and where no longer."""
    places.tell_of_places()


@shared_task
def forget_drafts() -> None:
    """Delete the drafts that nobody touched for long, and those discarded yesterday."""
    drafts.forget_old()


@shared_task
def forget_bookmarks() -> None:
    """Delete the bookmarks that were removed and not had back."""
    bookmarks.forget()


@shared_task
def forget_deleted_messages() -> None:
    """Forget the texts of messages that were deleted long ago."""
    deletions.forget_messages()


@shared_task
def forget_well_done() -> None:
    """Forget kind words that were reported and taken away long ago."""
    deletions.forget_well_done()


@shared_task
def forget_attachments() -> None:
    """Delete the files that no post carries."""
    attachments.forget_unused()


@shared_task
def send_letters() -> None:
    """Send the e-mails about notices that are due, and do errands in between."""
    letters.deliver(between=errands.run)
