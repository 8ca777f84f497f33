"""What I am told of, where, and when."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from community import notices, permissions
from community.forms import NoticesForm
from leaders import preferences
from leaders.forms import MailForm
from leaders.models import MailPreferences


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request):
    """The digest, and each kind of notice."""
    mine = MailPreferences.objects.filter(leader=request.user).first() or MailPreferences(leader=request.user)
    digest = MailForm(request.POST or None, mine=mine)
    moderates = bool(permissions.may_open_desk(request.user))
    kinds = NoticesForm(request.POST or None, mine=mine, moderates=moderates)
    if digest.is_valid() and kinds.is_valid():
        choice, when = digest.cleaned_data.pop("digest"), digest.cleaned_data
        preferences.choose_digest(request.user, choice, source="settings", **when)
        preferences.choose_notices(request.user, kinds.cleaned_data["notices"], source="settings")
        notices.choose(request.user, kinds.channels)
        messages.success(request, "Your choice is saved.")
        return redirect("settings_mail")
    context = {"form": digest, "kinds": kinds, "next_digest": mine.next_digest}
    status = 422 if digest.is_bound else 200
    return render(request, "community/settings_mail.html", context, status=status)
