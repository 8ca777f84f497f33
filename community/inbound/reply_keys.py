"""The keys under which a letter can be answered: one for each letter, known to its reader alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr
from hashlib import sha256

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community import permissions
from community.models import Letter, ReplyKey, Space, Thread

DAYS = 30
DAYS_REMEMBERED = 60  # after that, so that who replies late is told why
_LOCAL = re.compile(r"(?P<name>[^+@]+)\+(?P<key>[0-9a-f]{32})", re.IGNORECASE)

ABOVE = "## To reply by e-mail, please write above this line ##"


@dataclass(frozen=True)
class Invitation:
    """Where to reply by e-mail, and what a letter says of it."""

    address: str
    thread: str
    space: str
    above: str = ABOVE


def invite(letter: Letter, thread: Thread | None) -> Invitation | None:
    """An address under which the reader of a letter may reply in a thread; None where they may not."""
    may = thread and permissions.may_reply_by_mail(letter.leader, thread)
    if not may or not settings.INBOUND_ADDRESS:
        return None
    promised = {"letter": letter, "leader": letter.leader, "thread": thread, "space": thread.space}
    key = _key(letter, thread)
    values = {**promised, "expires_at": timezone.now() + timedelta(days=DAYS)}
    ReplyKey.objects.update_or_create(digest=_digest(key), defaults=values)
    return Invitation(formataddr(("Collaborate", _address(key))), thread.title, thread.space.name)


def found(address: str) -> ReplyKey | None:
    """The key in an address, if it is one of ours."""
    local, _, domain = address.strip().rpartition("@")
    name, _, our_domain = settings.INBOUND_ADDRESS.rpartition("@")
    parts = _LOCAL.fullmatch(local)
    if (
        not our_domain
        or not parts
        or (domain.lower(), parts["name"].lower()) != (our_domain.lower(), name.lower())
    ):
        return None
    rows = ReplyKey.objects.select_related("leader", "thread__space")
    return rows.filter(digest=_digest(parts["key"].lower())).first()


def is_ours(address: str) -> bool:
    """Whether mail to an address is meant for us at all."""
    domain = settings.INBOUND_ADDRESS.rpartition("@")[2].lower()
    return bool(domain) and address.strip().lower().rpartition("@")[2] == domain


def forget_old() -> int:
    """Delete the keys that ended long ago; return how many."""
    old = timezone.now() - timedelta(days=DAYS_REMEMBERED)
    return ReplyKey.objects.filter(expires_at__lt=old).delete()[0]


def end_those_of(spaces: Iterable[Space]) -> None:
    """End the keys to spaces that have other readers now than the letters said."""
    ReplyKey.objects.filter(space__in=spaces, ended_at=None).update(ended_at=timezone.now())


def _key(letter: Letter, thread: Thread) -> str:
    """The same each time that a letter is sent, unless it tells of another thread or other readers."""
    ended = ReplyKey.objects.filter(letter=letter, thread=thread, ended_at__isnull=False).count()
    name = f"{letter.message_key}:{thread.pk}:{thread.space_id}:{ended}"
    return salted_hmac("community.reply_keys", name, algorithm="sha256").hexdigest()[:32]


def _address(key: str) -> str:
    name, _, domain = settings.INBOUND_ADDRESS.rpartition("@")
    return f"{name}+{key}@{domain}"


def _digest(key: str) -> str:
    # No salt is needed: 128 random bits cannot be guessed from it.
    return sha256(key.encode()).hexdigest()
