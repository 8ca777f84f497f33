"""One's own settings: profile, photo, sign-in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leaders import profiles
from leaders.forms import ProfileForm
from leaders.permissions import owes_second_factor
from leaders.views.joining import posted, suggestions


@require_safe
def settings(request):
    """What one can set."""
    return render(request, "leaders/settings.html")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """What others may know of me, and who."""
    form = ProfileForm(posted(request), request.FILES or None, leader=request.user)
    if form.is_valid():
        profiles.change(request.user, by=request.user, **form.told())
        if form.cleaned_data["photo"]:
            profiles.change_photo(request.user, form.cleaned_data["photo"], by=request.user)
        messages.success(request, "Your profile is saved.")
        return redirect("settings_profile")
    [mine] = profiles.seen_by(request.user, [request.user])
    context = {"form": form, "profile": mine, **suggestions()}
    return render(request, "leaders/settings_profile.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_photo(request):
    """Initials instead of a picture."""
    profiles.change_photo(request.user, None, by=request.user)
    messages.success(request, "Your photo is removed.")
    return redirect("settings_profile")


@require_safe
def security(request):
    """How I sign in."""
    return render(request, "leaders/settings_security.html", _ways_in(request.user))


@require_safe
def second_factor(request):
    """Why faculty and admins need a second step, and the two ways to set it up."""
    context = {"owed": owes_second_factor(request.user), **_ways_in(request.user)}
    return render(request, "leaders/second_factor.html", context)


def _ways_in(leader) -> dict:
    kinds = set(Authenticator.objects.filter(user=leader).values_list("type", flat=True))
    return {
        "has_password": leader.has_usable_password(),
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
    }
