"""What everybody who is signed in passes before any page."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from leaders import preferences, rules
from leaders.permissions import TooOften, owes_second_factor

ALWAYS_OPEN = (
    "/accounts/",
    "/help/",
    "/static/",
    "/livez",
    "/readyz",
    "/metrics",
    "/privacy/",
    "/accessibility/",
    "/house-rules/",
    "/unsubscribe/",
    "/less-mail/",
    "/mute/",
    "/mailbox/",
)
NEVER_KEPT = "max-age=0, no-cache, no-store, must-revalidate, private"


class Private:
    """Keeps the pages of whoever is signed in out of every cache: Back after signing out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        was_inside = request.user.is_authenticated
        response = self.get_response(request)
        if was_inside and not response.has_header("Cache-Control"):
            response["Cache-Control"], response["Expires"] = NEVER_KEPT, "0"
        if was_inside and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'
        return response


class Visit:
    """Forgets how many digests somebody got since the last visit; when that was is kept nowhere."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if getattr(request.user, "unvisited", 0):
            preferences.note_visit(request.user)
        return self.get_response(request)


class SignInFirst(LoginRequiredMiddleware):
    """Asks strangers to sign in. Whose session ended while they wrote sees their words, to copy them."""

    def handle_no_permission(self, request, view_func):
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        sign_in = redirect_to_login(_page_before(request), self.get_login_url(view_func))
        if "quiet" in request.POST or not request.POST.get("body"):
            return sign_in
        return render(request, "pages/signed_out.html", {"sign_in": sign_in.url}, status=403)


def _page_before(request) -> str:
    """The page on which a form stood; the address of its button shows nothing to whoever opens it."""
    page = urlsplit(request.headers.get("Referer", ""))
    path = page._replace(scheme="", netloc="").geturl()
    is_ours = page.netloc == request.get_host() and url_has_allowed_host_and_scheme(path, None)
    return path if is_ours else "/"


class Gate:
    """Newcomers finish joining, the suspended are stopped, faculty and admins show a second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        leader = request.user
        if not leader.is_authenticated or request.path.startswith(ALWAYS_OPEN):
            return self.get_response(request)
        return self._stop(request, leader) or self.get_response(request)

    def _stop(self, request, leader):
        """The answer instead of the page, or None."""
        if leader.is_suspended:
            context = {"contact": settings.CONTACT_EMAIL}
            return render(request, "pages/suspended.html", context, status=403)
        if leader.joined_at is None:
            return None if request.path == reverse("join") else redirect("join")
        if owes_second_factor(leader) and request.path != reverse("second_factor"):
            return redirect("second_factor")
        if self._opens_page(request) and rules.are_owed_by(leader):
            return redirect(f"{reverse('accept_rules')}?{urlencode({'next': request.get_full_path()})}")
        return None

    @staticmethod
    def _opens_page(request) -> bool:
        """Whether the browser goes somewhere: rules are never asked for in the middle of a form or a chat."""
        return request.method == "GET" and request.META.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"


class Pace:
    """Answers 429 with the sentence where somebody did too much in a short time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, TooOften):
            return render(request, "429.html", {"reason": str(exception)}, status=429)
        return None


class LocalTime:
    """Shows times in the leader's own zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        zone = request.user.zone if request.user.is_authenticated else None
        with timezone.override(zone):
            return self.get_response(request)


class Unprocessable:
    """Answers 422 where a sign-in form was not valid, as every other form here does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        form = (response.context_data or {}).get("form")
        refused = form is not None and form.is_bound and form.errors
        if refused and response.status_code == 200 and request.path.startswith("/accounts/"):
            response.status_code = 422
        return response
