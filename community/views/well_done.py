"""Saying well done, and what becomes of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import permissions, well_done
from community.forms import WellDoneForm
from community.models import WellDone
from community.telling import visits
from community.views.threads import add_refusal, is_sure, status_of
from leaders.models import Leader

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def say(request, handle):
    """The form for the words, and the words."""
    person = get_object_or_404(Leader.objects.visible_to(request.user), handle=handle)
    permissions.require(permissions.may_say_well_done(request.user, person))
    form = WellDoneForm(
        request.POST if request.method == "POST" else None,
        initial={"link": _link(request)},
        is_seen=lambda item: permissions.both_see(item, request.user, person),
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            well_done.say(person, by=request.user, sure=is_sure(request), **form.said)
        except PermissionDenied as refusal:
            add_refusal(form, "words", refusal)
            status = status_of(refusal)
        else:
            messages.success(request, f"{person} is told.")
            return redirect(person)
    return render(request, "community/say_well_done.html", {"person": person, "form": form}, status=status)


@require_safe
def mine(request):
    """What was said to me, and what I said."""
    which = "said" if request.GET.get("show") == "said" else ""
    found = well_done.said_by(request.user) if which else well_done.said_to(request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": well_done.with_places(page.object_list, request.user),
        "chosen": which,
        "visits": visits.of_well_done(request.user),
        "unheard": request.user.unheard.select_related("giver"),
    }
    return render(request, "community/well_done.html", context)


@require_POST
def show(request, pk, shown):
    """Let it stand on one's profile, or keep it for oneself."""
    well_done.show(_said(request, pk), by=request.user, shown=shown)
    words = "It stands on your profile now." if shown else "Only you and whoever said it see it now."
    messages.success(request, words)
    return redirect("well_done")


@require_POST
def remove(request, pk):
    """Take it back, or away."""
    said = _said(request, pk)
    well_done.remove(said, by=request.user)
    messages.success(request, "It is removed.")
    return redirect(said.to) if said.by_id == request.user.pk else redirect("well_done")


@require_POST
def stop_hearing(request, pk):
    """Hear no more from whoever said this."""
    said = get_object_or_404(well_done.said_to(request.user).select_related("by"), pk=pk)
    well_done.stop_hearing(said.by, by=request.user)
    messages.success(request, f"You hear no more well done from {said.by}. They are not told.")
    return redirect("well_done")


@require_POST
def hear_again(request, handle):
    """Hear somebody again."""
    giver = get_object_or_404(Leader.objects.visible_to(request.user), handle=handle)
    well_done.hear_again(giver, by=request.user)
    return redirect("well_done")


def _said(request, pk) -> WellDone:
    """One that I said or that was said to me."""
    own = WellDone.objects.visible_to(request.user).filter(Q(to=request.user) | Q(by=request.user))
    return get_object_or_404(own.select_related("to", "by"), pk=pk)


def _link(request) -> str:
    """The address of the post from which one came."""
    pk = request.GET.get("post", "")[:18]
    return f"/posts/{int(pk)}/" if pk.isascii() and pk.isdigit() else ""
