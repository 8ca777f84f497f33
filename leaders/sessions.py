"""Who is signed in by a session, asked of the database and not of a copy."""

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

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
