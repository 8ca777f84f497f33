"""What everybody who is signed in passes before any page."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect, render
from django.utils import timezone

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
)


class Gate:
    """Newcomers finish joining, the suspended are stopped, faculty and admins show a second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        leader = request.user
        if not leader.is_authenticated or request.path.startswith(ALWAYS_OPEN):
            return self.get_response(request)
        if leader.is_suspended:
            return render(request, "pages/suspended.html", status=403)
        if leader.joined_at is None and not request.path.startswith("/join/"):
            return redirect("join")
        if self._lacks_second_factor(leader):
            return redirect("second_factor")
        return self.get_response(request)

    @staticmethod
    def _lacks_second_factor(leader) -> bool:
        wanted = settings.DEMAND_SECOND_FACTOR and (leader.is_faculty or leader.is_staff)
        return wanted and not is_mfa_enabled(leader)


class LocalTime:
    """Shows times in the leader's own zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        zone = request.user.zone if request.user.is_authenticated else None
        with timezone.override(zone):
            return self.get_response(request)
