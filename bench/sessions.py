"""Sessions of leaders, as their browsers would send them."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from leaders.models import Leader


def sign_in(leaders: Iterable[Leader]) -> dict[int, str]:
    """A cookie for each, by primary key; all are written at once, and renewed in the next run."""
    ends = timezone.now() + timedelta(days=1)
    held = {
        leader.pk: Session(f"bench{leader.pk:027d}", SessionStore().encode(_content(leader)), ends)
        for leader in leaders
    }
    fields = {"unique_fields": ["session_key"], "update_fields": ["session_data", "expire_date"]}
    Session.objects.bulk_create(held.values(), update_conflicts=True, **fields)
    return {pk: f"{settings.SESSION_COOKIE_NAME}={row.session_key}" for pk, row in held.items()}


def _content(leader: Leader) -> dict[str, str]:
    return {
        SESSION_KEY: str(leader.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: leader.get_session_auth_hash(),
    }
