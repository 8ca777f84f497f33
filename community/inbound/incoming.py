"""Replies by e-mail: kept first, as promises; then read by a worker, and posted or refused."""

import logging
import re
import time
import uuid as uuids
from datetime import timedelta
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community import patients, permissions, threads
from community.forms.words import POST_AT_MOST
from community.inbound import bodies, by_return, envelopes, reply_keys, senders
from community.inbound.by_return import Refused
from community.inbound.envelopes import Envelope
from community.models import InboundMail, InboundReason, InboundState, Post, ReplyKey, Thread
from community.permissions import TooOften, require
from leaders.models import Leader

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
TRIES_AT_MOST = 20
PATIENCE = 60  # seconds after which a run leaves the rest to the next one
DAYS_UNREAD = 14  # for which a message is kept that could not be dealt with
DAYS_IN_LEDGER = 90

NO_LONGER = "You can no longer reply there by e-mail."
OTHERS_READ = "Others can read that space now than when we wrote. Please reply on the site, which shows who."
OUR_WORDS = (  # as in each letter; one of them alone may be somebody's own
    "here is what is new for you on collaborate",
    "a reply to this e-mail is posted in",
    "under your name, seen by everyone in",
    "choose what is e-mailed to you",
    "turn some of it off without signing in",
    "stop all e-mails about notices",
)
SIGNED = ("unsubscribe", "less_mail", "mute_by_letter")  # addresses with a key of their reader

# Of what was found no word: a letter passes through many hands.
_ABOUT_PATIENTS = (
    "There is what looks like {kinds} in it. If it could be a patient’s, please take it out and reply again. "
    "If it could not, reply on the site, where you can say so."
)

R, S = InboundReason, InboundState
_NAMES = uuids.UUID("7d1b5a52-3f0e-4f5e-9a3c-2f4f6f1f9b64")


class LeaseLost(Exception):
    """Somebody else holds the message by now; what was done with it is undone."""


def store(raw: bytes, key: ReplyKey | None) -> InboundMail:
    """Keep a message until it has been read; whoever brought it may forget it then."""
    return InboundMail.objects.create(key=key, raw=raw, size=len(raw))


def read_due() -> int:
    """Read what has come, one after another; return how many were dealt with."""
    done, stop = 0, time.monotonic() + PATIENCE
    while time.monotonic() < stop and (mail := claim()):
        done += attempt(mail)
    return done


@transaction.atomic
def claim() -> InboundMail | None:
    """The next message that is to be read or answered and that nobody holds, held from now on."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = InboundMail.objects.filter(Q(state=S.WAITING) | Q(owes_answer=True), free, due_at__lte=now)
    mail = due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if mail:
        mail.lease_until, mail.attempts = now + LEASE, mail.attempts + 1
        mail.save(update_fields=["lease_until", "attempts"])
    return mail


def attempt(mail: InboundMail) -> bool:
    """Deal with one message; a failure puts it off, longer each time, and stops no other."""
    try:
        if mail.state == S.WAITING:
            _read(mail)
        if mail.owes_answer:
            _answer(mail)
    except LeaseLost:
        return False
    except Exception as error:  # whatever it is, the next message must be read and this one tried again
        log.error("message %s could not be dealt with: %s", mail.pk, type(error).__name__)
        _put_off(mail, type(error).__name__)
        return False
    return True


def forget_old() -> None:
    """Delete the messages that could not be dealt with, then the lines about all, and keys of long ago."""
    now = timezone.now()
    unread = InboundMail.objects.filter(state=S.FAILED, received_at__lt=now - timedelta(days=DAYS_UNREAD))
    unread.exclude(raw=None).update(raw=None)
    InboundMail.objects.filter(received_at__lt=now - timedelta(days=DAYS_IN_LEDGER)).delete()
    reply_keys.forget_old()


@transaction.atomic
def _read(mail: InboundMail) -> None:
    """Make a post of a message, or say why not; its words are erased in the same step."""
    told = ""
    try:
        envelope = _opened(mail)
        with transaction.atomic():
            mail.post, mail.state = _post(mail.key, envelope), S.POSTED
        told = by_return.LEFT_OUT if envelope.has_files else ""
    except Refused as refusal:
        mail.reason = refusal.reason
        told = by_return.refusal(refusal.words, on_site=refusal.on_site)
        mail.state = S.REFUSED if told else S.DROPPED
        log.info("message %s was not posted: %s", mail.pk, mail.reason)
    mail.owes_answer = bool(told) and by_return.may_tell(mail)
    mail.answer = told if mail.owes_answer else ""
    _close(mail)


def _opened(mail: InboundMail) -> Envelope:
    """The message, if a person seems to have sent it, and for the first time."""
    try:
        envelope = envelopes.opened(bytes(mail.raw))
    except envelopes.Unreadable as error:
        raise Refused(R.UNREADABLE) from error
    mail.sender = salted_hmac("community.incoming", envelope.sender).hexdigest()
    mail.answer_to, mail.answer_id = envelope.sender, envelope.message_id
    if envelope.is_from_machine or envelope.sender in senders.ours():
        raise Refused(R.MACHINE)
    if not envelope.sender:
        raise Refused(R.UNREADABLE)
    if InboundMail.objects.filter(key=mail.key_id, message=envelope.digest).exists():
        raise Refused(R.REPEATED)
    mail.message = envelope.digest
    return envelope


def _post(key: ReplyKey | None, envelope: Envelope) -> Post:
    """The post that a message becomes: everything is asked that a reply on the page is asked."""
    leader = senders.writer(key, envelope)
    body, thread = _words(envelope), _place(key, leader)
    try:
        require(permissions.may_reply_by_mail(leader, thread))
        require(permissions.may_go_on_mailing(leader))
        # The draft of the page stays: it is another text.
        name = uuids.uuid5(_NAMES, f"{key.pk} {envelope.digest}")
        post = threads.reply(thread, by=leader, body=body, uuid=name, base=0, by_mail=True)
    except permissions.Moving:
        raise  # and so it is read again a little later
    except TooOften as refusal:
        raise Refused(R.OFTEN, str(refusal)) from refusal
    except patients.PatientDetails as refusal:
        raise Refused(R.UNFIT, _ABOUT_PATIENTS.format(kinds=refusal.kinds)) from None
    except permissions.Unfit as refusal:
        raise Refused(R.UNFIT, str(refusal)) from refusal
    except PermissionDenied as refusal:
        on_site = bool(permissions.may_reply(leader, thread))
        raise Refused(R.RIGHT, str(refusal), on_site=on_site) from refusal
    if post.space_id != key.space_id:
        raise Refused(R.RIGHT, NO_LONGER)
    return post


def _words(envelope: Envelope) -> str:
    body = bodies.own_words(envelope.plain, envelope.html, above=reply_keys.ABOVE, ours=senders.ours())
    if not any(sign.isalnum() for sign in body):
        raise Refused(R.EMPTY, "We found no words of yours in it. Please write above the line in our letter.")
    if _holds_our_letter(body):
        advice = "Please write above the line in our letter, and leave the rest out."
        raise Refused(R.UNFIT, f"We could not tell your words from ours. {advice}")
    if len(body) > POST_AT_MOST:
        raise Refused(R.LONG, f"It is longer than {POST_AT_MOST:,} characters. Please split it.")
    return body


def _place(key: ReplyKey, leader: Leader) -> Thread:
    """The thread of a key, while the same people read it as when the letter was written."""
    thread = Thread.objects.visible_to(leader).filter(pk=key.thread_id).select_related("space").first()
    if thread is None or thread.space_id != key.space_id:
        raise Refused(R.RIGHT, NO_LONGER)
    if key.ended_at:
        raise Refused(R.RIGHT, OTHERS_READ)
    return thread


def _holds_our_letter(body: str) -> bool:
    """Whether links that work without signing in, a key, or what others said would be shown to a space."""
    words = unquote(unquote(body)).lower()  # some mail servers wrap each link in one of theirs
    in_one_line = " ".join(words.replace(">", " ").split())
    if sum(each in in_one_line for each in OUR_WORDS) > 1:
        return True
    signed = (reverse(name, args=["-"]).rpartition("-")[0] for name in SIGNED)
    name, _, domain = settings.INBOUND_ADDRESS.lower().rpartition("@")
    key = re.search(rf"{re.escape(name)}\+[0-9a-f]{{32}}@{re.escape(domain)}", words)
    return bool(key) or any((settings.SITE_URL + path).lower() in words for path in signed)


def _close(mail: InboundMail) -> None:
    """Write down what became of a message, without its words; it is held on if somebody has to be told."""
    told = ("owes_answer", "answer", "answer_to", "answer_id") if mail.owes_answer else ()
    fields = ("state", "reason", "message", "sender", "post", *told)
    values = {name: getattr(mail, name) for name in fields}
    mine = InboundMail.objects.filter(pk=mail.pk, lease_until=mail.lease_until)
    lease = mail.lease_until if mail.owes_answer else None
    if not mine.update(**values, raw=None, attempts=0, error="", lease_until=lease):
        raise LeaseLost


def _answer(mail: InboundMail) -> None:
    """Tell a sender. Noted before it leaves: twice would be worse than not at all."""
    mine = InboundMail.objects.filter(pk=mail.pk, lease_until=mail.lease_until, owes_answer=True)
    if not mine.update(owes_answer=False, answered_at=timezone.now()):
        raise LeaseLost
    if by_return.send(mail.answer_to, mail.answer, mail.answer_id):
        blank = {"answer": "", "answer_to": "", "answer_id": ""}
        InboundMail.objects.filter(pk=mail.pk).update(**blank, lease_until=None)
    else:
        InboundMail.objects.filter(pk=mail.pk).update(owes_answer=True, answered_at=None)
        raise by_return.NotNow


def _put_off(mail: InboundMail, error: str) -> None:
    pause = min(timedelta(seconds=10 * 2 ** min(mail.attempts, 12)), LONGEST_PAUSE)
    later = {"due_at": timezone.now() + pause, "lease_until": None, "error": error}
    if mail.attempts >= TRIES_AT_MOST:
        later["owes_answer"] = False
    mine = InboundMail.objects.filter(pk=mail.pk, lease_until=mail.lease_until)
    mine.update(**later)
    if mail.attempts >= TRIES_AT_MOST:
        InboundMail.objects.filter(pk=mail.pk, state=S.WAITING).update(state=S.FAILED)
