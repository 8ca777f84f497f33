"""What the header and footer of every page need."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from community.models import Notice
from community.permissions import may_open_desk
from leaders.permissions import may_come_in, may_use_admin


def shell(request) -> dict:
    """The context processor of both template engines."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request) -> dict:
    leader = getattr(request, "user", None)
    inside = leader if may_come_in(leader) else None
    return {
        "leader": leader if leader is not None and leader.is_authenticated else None,
        "inside": inside is not None,
        "unread_notices": Notice.objects.visible_to(inside).unread().count() if inside else 0,
        "navigation": _navigation(request.path, inside),
        "may_open_desk": bool(inside and may_open_desk(inside)),
        "may_open_admin": bool(inside and may_use_admin(inside)),
        "development": settings.DEVELOPMENT,
        "second_factor_skipped": not settings.DEMAND_SECOND_FACTOR,
    }


def _navigation(path: str, inside) -> list[dict]:
    places = [("Home", "/"), ("Faculty", "/faculty/")]
    if inside:
        places[1:1] = [("Spaces", "/spaces/"), ("Leaders", "/leaders/"), ("Search", "/search/")]
    return [
        {"text": text, "href": href, "current": path == href or (href != "/" and path.startswith(href))}
        for text, href in places
    ]
