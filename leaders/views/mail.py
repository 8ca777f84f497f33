"""Which e-mails I get, and stopping them from a letter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leaders import preferences
from leaders.forms import MailForm
from leaders.models import MailPreferences


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request):
    """The digest: whether, when, and the next one."""
    mine = MailPreferences.objects.filter(leader=request.user).first() or MailPreferences(leader=request.user)
    form = MailForm(request.POST or None, mine=mine)
    if form.is_valid():
        choice, when = form.cleaned_data.pop("digest"), form.cleaned_data
        preferences.choose_digest(request.user, choice, source="settings", **when)
        messages.success(request, "Your choice is saved.")
        return redirect("settings_mail")
    context = {"form": form, "next_digest": mine.next_digest}
    return render(request, "leaders/settings_mail.html", context, status=422 if form.is_bound else 200)


@csrf_exempt  # A mail program presses the button, without cookies: RFC 8058. The token is the proof.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """One button that stops the digest. Looking changes nothing: scanners follow every link of a letter."""
    if request.method == "POST":
        if not preferences.unsubscribe(token):
            raise Http404
        return render(request, "leaders/unsubscribed.html")
    if not (mine := preferences.find(token)):
        raise Http404
    return render(request, "leaders/unsubscribe.html", {"is_off": mine.digest == "off"})
