"""Stopping e-mails from a letter, and having them again at an address that they came back from."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
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
        return nothing_to_stop(request)
    mine, mailing = found
    context = {"mailing": mailing}
    if request.method == "POST":
        preferences.unsubscribe(mine, mailing)
        return render(request, "leaders/unsubscribed.html", context)
    return render(request, "leaders/unsubscribe.html", context)


def nothing_to_stop(request) -> HttpResponse:
    """The same answer to a link that was cut off or changed, and to that of an account that has gone."""
    return render(request, "leaders/nothing_to_stop.html", {"contact": settings.CONTACT_EMAIL}, status=404)


@require_POST
def try_address_again(request):
    """My address works again, or always did."""
    preferences.try_again(request.user)
    messages.success(request, "We write to your address again.")
    return redirect("settings_mail")
