"""Who is signed in by a session, asked of the database and not of a copy."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from leaders.models import Leader
from leaders.permissions import may_come_in, owes_second_factor


def leader_of(session_key: str) -> Leader | None:
    """The leader who may come in by this session now, or None: signed out, suspended, not joined."""
    if "\x00" in session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    leader = get_user(request)
    return leader if may_come_in(leader) and not owes_second_factor(leader) else None


def leaders_of(session_keys: Collection[str]) -> dict[str, Leader]:
    """The same for many sessions with two queries; those without a leader are missing."""
    if len(session_keys) == 1:
        return {key: leader for key in session_keys if (leader := leader_of(key))}
    known = [key for key in session_keys if "\x00" not in key]
    rows = Session.objects.filter(session_key__in=known, expire_date__gt=timezone.now())
    held = {row.session_key: row.get_decoded() for row in rows}
    leaders = Leader.objects.in_bulk(
        {int(data[SESSION_KEY]) for data in held.values() if SESSION_KEY in data}
    )
    found = {key: _behind(key, data, leaders) for key, data in held.items() if SESSION_KEY in data}
    return {key: leader for key, leader in found.items() if leader}


def confirmed(leader: Leader, session_key: str, session_data: str) -> Leader | None:
    """The leader, if it is theirs what a session holds, and they may come in."""
    data = SessionStore().decode(session_data)
    return _behind(session_key, data, {leader.pk: leader}) if SESSION_KEY in data else None


def _behind(session_key: str, data: dict, leaders: dict[int, Leader]) -> Leader | None:
    """The leader to whom a session belongs without a doubt; whatever else it is, Django is asked."""
    leader = leaders.get(int(data[SESSION_KEY]))
    is_plain = leader is not None and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    if not is_plain or not constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), leader.get_session_auth_hash()
    ):
        return leader_of(session_key)
    return leader if may_come_in(leader) and not owes_second_factor(leader) else None
