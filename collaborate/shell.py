"""What the header and footer of every page need."""

from functools import partial

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject, cached_property

from community.models import Case
from community.models.notices import count_conversations, count_unread
from community.permissions import may_open_desk
from leaders import preferences
from leaders.permissions import may_come_in, may_use_admin

WITHIN_A_SPACE = ("/threads/", "/posts/", "/messages/")


def shell(request) -> dict:
    """The context processor of both template engines."""
    return {
        "shell": SimpleLazyObject(lambda: _shell(request)),
        "csrf_input": CsrfInput(request),
        "unsent": partial(_unsent, request),
    }


class CsrfInput:
    """The hidden field of a page's forms, masked once for the page and not for each form anew."""

    def __init__(self, request):
        self._request = request

    @cached_property
    def html(self) -> str:
        """The field, asked for by the first form."""
        return csrf_input(self._request)

    def __html__(self) -> str:
        return self.html

    __str__ = __html__


def _shell(request) -> dict:
    leader = getattr(request, "user", None)
    inside = leader if may_come_in(leader) else None
    opens_desk = bool(inside and may_open_desk(inside))
    return {
        "leader": leader if leader is not None and leader.is_authenticated else None,
        "inside": inside is not None,
        "mail_comes_back": partial(preferences.is_refused, inside),
        "offers_slower": partial(preferences.offers_slower, inside),
        "unread_notices": count_unread(inside) if inside else 0,
        "unread_conversations": count_conversations(inside) if inside else 0,
        "navigation": _navigation(request.path, inside, opens_desk),
        "may_open_desk": opens_desk,
        "may_open_admin": bool(inside and may_use_admin(inside)),
        "development": settings.DEVELOPMENT,
        "second_factor_skipped": not settings.DEMAND_SECOND_FACTOR,
    }


def _unsent(request) -> str:
    """What somebody typed into a form that led to a page without it: a refusal, or the end of a session."""
    try:
        return request.POST.get("body", "")
    except (SuspiciousOperation, BadRequest, MultiPartParserError, OSError):
        return ""


def _navigation(path: str, inside, opens_desk: bool) -> list[dict]:
    places = [("Home", "/"), ("Faculty", "/faculty/")]
    if inside:
        places[1:1] = [
            ("Catch up", "/catch-up/"),
            ("Spaces", "/spaces/"),
            ("Leaders", "/leaders/"),
            ("Search", "/search/"),
        ]
    tabs = [{"text": text, "href": href} for text, href in places]
    if opens_desk:
        tabs.append(
            {"text": "Desk", "href": "/desk/", "count": Case.objects.visible_to(inside).open().count()}
        )
    here = "/spaces/" if path.startswith(WITHIN_A_SPACE) else path
    for tab in tabs:
        tab["current"] = here == tab["href"] or (tab["href"] != "/" and here.startswith(tab["href"]))
    return tabs
