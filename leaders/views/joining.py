"""The way in: the last step of joining, and the house rules when they change."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from leaders import joining, rules
from leaders.forms import JoinForm, RulesForm
from leaders.models import HouseRules, Organisation

SUGGESTIONS = 500


@require_http_methods(["GET", "HEAD", "POST"])
def join(request):
    """Name, three questions, house rules, digest: then one is a leader among others."""
    if request.user.joined_at is not None:
        return redirect("home")
    in_force = HouseRules.objects.current()
    if in_force is None:
        return render(request, "leaders/not_open.html", status=503)
    form = JoinForm(posted(request), in_force=in_force, initial=_known(request.user))
    if form.is_valid():
        joining.join(request.user, accepted=in_force, **_answers(form))
        return redirect("home")
    context = {"form": form, "rules": in_force, "rules_html": rules.as_html(in_force), **suggestions()}
    return render(request, "leaders/join.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_rules(request):
    """A new version came into force: read it, accept it, go on."""
    in_force = rules.with_acceptance(request.user)
    if in_force is None or in_force.accepted:
        return HttpResponseRedirect(_onward(request))
    form = RulesForm(posted(request), in_force=in_force)
    if form.is_valid():
        rules.accept(request.user, in_force)
        return HttpResponseRedirect(_onward(request))
    context = {"form": form, "rules": in_force, "rules_html": rules.as_html(in_force)}
    return render(request, "leaders/accept_rules.html", context, status=422 if form.is_bound else 200)


def posted(request):
    """What was sent, even if it is empty; None when nothing was."""
    return request.POST if request.method == "POST" else None


def suggestions() -> dict:
    """Known organisations, for the field in which one types one's own."""
    return {"organisations": Organisation.objects.values_list("name", flat=True)[:SUGGESTIONS]}


def _known(leader) -> dict:
    """What an admin filled in before the leader came."""
    return {
        "name": leader.name,
        "role": leader.role,
        "profession": leader.profession,
        "organisation": leader.workplace,
        "time_zone": leader.time_zone,
    }


def _answers(form: JoinForm) -> dict:
    return {name: value for name, value in form.cleaned_data.items() if name not in ("rules", "accept")}


def _onward(request) -> str:
    onward = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return onward if safe else reverse("home")
