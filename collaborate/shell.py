"""What the header and footer of every page need."""

from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db.models import QuerySet
from django.http.multipartparser import MultiPartParserError
from django.template.backends.utils import csrf_input
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme

from community.models import asking
from community.models.moderation import count_open_cases
from community.models.waiting import count_conversations, count_unread
from community.permissions import may_open_desk
from leaders.models import Leader, MailPreferences
from leaders.permissions import may_come_in, may_use_admin

HOME, FACULTY, DESK = ("Home", "/"), ("Faculty", "/faculty/"), ("Desk", "/desk/")
INSIDE = (
    ("Catch up", "/catch-up/"),
    ("Spaces", "/spaces/"),
    ("Search", "/search/"),
    ("Leaders", "/leaders/"),
)
WITHIN_A_SPACE = ("/threads/", "/posts/", "/messages/")


def shell(request) -> dict:
    """The context processor of both template engines."""
    return {
        "shell": Shell(request),
        "csrf_input": CsrfInput(request),
        "unsent": partial(_unsent, request),
        "came_from": partial(_came_from, request),
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


class Shell:
    """Who looks at a page, what stands in its header, and where in the site it is; asked for when needed."""

    def __init__(self, request):
        self._path, self._visitor = request.path, getattr(request, "user", None)

    @cached_property
    def leader(self) -> Leader | None:
        """Whoever is signed in."""
        is_known = self._visitor is not None and self._visitor.is_authenticated
        return self._visitor if is_known else None

    @cached_property
    def inside(self) -> bool:
        """Whether they may come in."""
        return may_come_in(self.leader)

    @cached_property
    def unread_notices(self) -> int:
        """The number beside “Notices”."""
        return count_unread(self.leader) if self.inside else 0

    @cached_property
    def unread_conversations(self) -> int:
        """The number beside “Conversations”."""
        return count_conversations(self.leader) if self.inside else 0

    @cached_property
    def may_open_desk(self) -> bool:
        """Whether they moderate anywhere."""
        return self.inside and bool(may_open_desk(self.leader))

    @cached_property
    def may_open_admin(self) -> bool:
        """Whether they may use the administration pages."""
        return self.inside and bool(may_use_admin(self.leader))

    @property
    def mail_comes_back(self) -> bool:
        """Whether mail to their address came back."""
        return self.mail is not None and self.mail.is_refused

    @property
    def offers_slower(self) -> bool:
        """Whether they still owe an answer to the offer of fewer digests."""
        return self.mail is not None and self.mail.offers_slower

    @cached_property
    def mail(self) -> MailPreferences | None:
        """What they chose about mail, if they ever did; few pages ask."""
        found = _MAIL.objects(leader=self.leader.pk) if self.inside else []
        for mine in found:
            mine.leader = self.leader
        return found[0] if found else None

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """The tabs: their names and addresses."""
        return (HOME, *(INSIDE if self.inside else ()), FACULTY, *((DESK,) if self.may_open_desk else ()))

    @cached_property
    def here(self) -> str:
        """The address of the tab below which this page stands."""
        path = "/spaces/" if self._path.startswith(WITHIN_A_SPACE) else self._path
        below = (href for _, href in self.places if href != "/" and path.startswith(href))
        return path if path == "/" else next(below, "")

    @cached_property
    def open_cases(self) -> int:
        """The number at the desk."""
        return count_open_cases(self.leader) if self.may_open_desk else 0

    @property
    def development(self) -> bool:
        """Whether this is a development run."""
        return settings.DEVELOPMENT

    @property
    def second_factor_skipped(self) -> bool:
        """Whether nobody is asked for a second step at sign-in."""
        return not settings.DEMAND_SECOND_FACTOR


def _mail(leader: Leader) -> QuerySet[MailPreferences]:
    return MailPreferences.objects.filter(leader=leader).order_by()


_MAIL = asking.Question(_mail)


def _unsent(request) -> str:
    """What somebody typed into a form that led to a page without it: a refusal, or the end of a session."""
    try:
        return request.POST.get("body", "")
    except (SuspiciousOperation, BadRequest, MultiPartParserError, OSError):
        return ""


def _came_from(request) -> str:
    """The page of ours on which somebody pressed what was refused."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, request.get_host(), require_https=request.is_secure()):
        return ""
    there = urlsplit(page)._replace(scheme="", netloc="").geturl()
    return "" if there == request.get_full_path() or there.startswith("//") else there
