"""The front door, and the page for a form that is too old."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collaborate import companions
from community import catch_up, lists, reading, rows, spaces
from faculty.models import FacultyMember
from leaders.permissions import may_come_in


@require_safe
@login_not_required
def home(request):
    """Signed out: what Collaborate is. Signed in: what is new for me."""
    if not may_come_in(request.user):
        return render(request, "home/welcome.html", {"faculty": FacultyMember.objects.published()})
    me = request.user
    waiting = lists.waiting(me, 5)
    waiting, new = rows.of_several(me, waiting, reading.latest_new(me, 8, besides=waiting))
    context = {
        "new": new,
        "new_threads": catch_up.count(me),
        "waiting": waiting,
        "spaces": spaces.of(me),
        "cohorts": companions.of(me),
    }
    return render(request, "home/inside.html", context)


@login_not_required
def csrf_failure(request, reason=""):
    """The form was too old or came from elsewhere."""
    return render(request, "csrf.html", status=403)
