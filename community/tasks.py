"""Celery's entries. A task only wakes; what is due stands in rows."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from community import attachments, bookmarks, digest, errands, letters, notices
from community.models import Errand, ErrandKind

log = logging.getLogger(__name__)


def enqueue(kind: ErrandKind, target: int) -> None:
    """Promise an errand in this transaction, and wake a worker once it has committed."""
    Errand.objects.create(kind=kind, target=target)
    transaction.on_commit(wake)


def wake() -> None:
    """Ask a worker to look for errands now; without a broker the next tick of beat does."""
    try:
        run_errands.delay()
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
    """Send the digests that are due."""
    digest.deliver()


@shared_task
def prompt_moderators() -> None:
    """Ask moderators to answer the first posts that have waited a day."""
    notices.prompt_moderators()


@shared_task
def forget_bookmarks() -> None:
    """Delete the bookmarks that were removed and not had back."""
    bookmarks.forget()


@shared_task
def forget_attachments() -> None:
    """Delete the files that no post carries."""
    attachments.forget_unused()


@shared_task
def send_letters() -> None:
    """Send the e-mails about notices that are due."""
    letters.deliver()
