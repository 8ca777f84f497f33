"""Pages that are open to everybody, at any time: help, the rules, and how things are done here."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leaders import rules
from leaders.models import HouseRules, Signpost


@require_safe
@login_not_required
def help_now(request):
    """Where somebody in need finds help."""
    return render(request, "pages/help.html", {"signposts": Signpost.objects.all()})


@require_safe
@login_not_required
def house_rules(request):
    """The version in force."""
    in_force = HouseRules.objects.current()
    html = rules.as_html(in_force) if in_force else ""
    return render(request, "pages/house_rules.html", {"rules": in_force, "rules_html": html})


@require_safe
@login_not_required
def privacy(request):
    """Who can see what."""
    return render(request, "pages/privacy.html")


@require_safe
@login_not_required
def accessibility(request):
    """The accessibility statement."""
    return render(request, "pages/accessibility.html")
