"""The front door, and the pages for when something is refused or breaks."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


@login_not_required
def home(request):
    """Signed out: what Collaborate is."""
    return render(request, "home.html")


@login_not_required
def csrf_failure(request, reason=""):
    """The form was too old or came from elsewhere."""
    return render(request, "csrf.html", status=403)
