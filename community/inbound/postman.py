"""What brings e-mail in: doors hand messages over here, and workers are woken to read them."""

import logging
from email.message import EmailMessage

from celery import shared_task
from kombu.exceptions import OperationalError

from community.inbound import incoming, reply_keys
from community.models import ReplyKey

log = logging.getLogger(__name__)


def take(raw: bytes, key: ReplyKey | None) -> None:
    """Keep a message, and have it read; without a broker the next tick of beat does."""
    incoming.store(raw, key)
    try:
        read_mail.delay()
    except OperationalError as error:
        log.warning("no worker could be woken: %s", type(error).__name__)


def take_handed(message: EmailMessage, *, to: list[str]) -> None:
    """Keep a message that a mail service has taken apart; of the addresses that it came to, ours counts."""
    known = filter(None, map(reply_keys.found, to))
    try:
        raw = message.as_bytes()
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        log.warning("a message could not be put together: %s", type(error).__name__)
        return
    if (sender := getattr(message, "envelope_sender", None)) is not None:
        raw = b"Return-Path: <" + sender.encode("ascii", "replace") + b">\n" + raw
    take(raw, next(known, None))


@shared_task
def read_mail() -> None:
    """Read and answer what has come by e-mail."""
    incoming.read_due()


@shared_task
def forget_mail() -> None:
    """Delete what is kept of e-mail no longer than needed."""
    incoming.forget_old()
