"""Stopping e-mails from a letter, and having them again at an address that they came back from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from leaders import preferences


@csrf_exempt  # A mail program presses the button, without cookies: RFC 8058. The token is the proof.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """One button that stops one list. Looking changes nothing: scanners follow every link of a letter."""
    if not (found := preferences.find(token)):
        raise Http404
    mine, mailing = found
    context = {"mailing": mailing}
    if request.method == "POST":
        preferences.unsubscribe(mine, mailing)
        return render(request, "leaders/unsubscribed.html", context)
    return render(request, "leaders/unsubscribe.html", context)


@require_POST
def try_address_again(request):
    """My address works again, or always did."""
    preferences.try_again(request.user)
    messages.success(request, "We write to your address again.")
    return redirect("settings_mail")
