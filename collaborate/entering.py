"""Who is here: the leader behind a session, and what every page asks about them, in one question."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from community.models import asking, spaces
from leaders import rules
from leaders.models import Leader
from leaders.models.cohorts import today


def visitor(request):
    """Who is signed in by the session of a request; whatever is not plain about it, Django is asked."""
    if SESSION_KEY not in request.session:
        return get_user(request)
    return _behind(request) or get_user(request)


def known_of(leader) -> dict:
    """What was asked together with a leader, as `asking.remember` keeps it for a page."""
    if not hasattr(leader, "spaces_read"):
        return {}
    read, moderated = frozenset(leader.spaces_read), frozenset(leader.spaces_moderated)
    return {("reads", leader.pk): read, ("moderates", leader.pk): moderated}


def _behind(request) -> Leader | None:
    """The leader to whom a session belongs without a doubt."""
    session, pk = request.session, request.session[SESSION_KEY]
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or not pk.isdecimal():
        return None
    # Whatever changes something asks for rights by itself, when it holds what it changes.
    find = _with_rights if request.method in ("GET", "HEAD") else _ALONE.objects
    found = find(leader=int(pk))
    hashed = session.get(HASH_SESSION_KEY, "")
    is_theirs = found and constant_time_compare(hashed, found[0].get_session_auth_hash())
    return found[0] if is_theirs else None


def _with_rights(leader: int) -> list[Leader]:
    return _ENTERING.objects(leader=leader, now=timezone.now(), day=today())


def _alone(leader: Leader) -> QuerySet[Leader]:
    return Leader.objects.filter(pk=leader.pk, is_active=True).order_by()


def _entering(leader: Leader) -> QuerySet[Leader]:
    return _alone(leader).annotate(
        spaces_read=ArraySubquery(spaces.read_by(leader).order_by()),
        spaces_moderated=ArraySubquery(spaces.moderated_by(leader).order_by()),
        accepts_rules=rules.acceptance(leader, asking.NOW),
    )


_ENTERING, _ALONE = asking.Question(_entering), asking.Question(_alone)
