"""Spaces and the threads in them."""

from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from community import host_lines, lists, markdown, pace, permissions, reading, spaces
from community.forms import JoinRequestForm
from community.models import SPACE_LEVELS, Space, SpaceKind
from community.rooms import hosting
from community.telling import visits
from community.views import catch_up
from community.views.lists import page_number, stretch_of
from leaders import profiles
from leaders.models import Cohort

MEMBERS_PER_PAGE = 60
PEOPLE_PER_MINUTE = 120


@require_safe
def all_spaces(request):
    """Every space whose name one may know, one's own first."""
    listed = Space.objects.listed_to(request.user)
    mine = set(Space.objects.belonging_to(request.user).values_list("pk", flat=True))
    context = {
        "mine": [space for space in listed if space.pk in mine],
        "others": [space for space in listed if space.pk not in mine],
        "new": _new_threads(request.user),
        "choices": lists.Show.choices,
    }
    return render(request, "community/spaces.html", context)


@require_safe
def space(request, slug):
    """The threads of a space; or its description and how to come in."""
    place = lists.front(request.user, slug)
    if place is None:
        return _closed_door(request, get_object_or_404(Space.objects.listed_to(request.user), slug=slug))
    show, (stretch, refused) = lists.chosen(request.GET.get("show", "")), stretch_of(request)
    line = host_lines.of(place, request.user) if place.has_line else None
    context = {
        "space": place,
        "rules": markdown.render(place.rules).html if place.rules else "",
        "page": lists.page(request.user, show, page_number(request), space=place, stretch=stretch),
        "chosen": show,
        "choices": lists.Show.choices,
        "stretch": stretch,
        "refused": refused,
        "may_start": permissions.may_start(request.user, place),
        "levels": SPACE_LEVELS,
        "sweep": catch_up.done(request),
        "sessions": hosting.next_few(place) if place.has_session else [],
        "line": line,
        "may_report_line": line is not None and line.by_id != request.user.pk,
        "may_write_line": permissions.may_write_line(request.user, place),
        "visits": visits.of_space(request.user, place),
    }
    return render(request, "community/space.html", context, status=422 if refused else 200)


@require_safe
def members(request, slug):
    """Who can read a space, for all who can."""
    place = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    page = Paginator(spaces.readers(place).select_related("organisation"), 60).get_page(
        request.GET.get("page")
    )
    moderators = place.memberships.current().filter(role="moderator").values_list("leader", flat=True)
    context = {
        "space": place,
        "page": page,
        "people": profiles.seen_by(request.user, page.object_list),
        "moderators": set(moderators),
        "cohorts": Cohort.objects.current().filter(spaces=place),
    }
    return render(request, "community/members.html", context)


@require_safe
def people(request, slug):
    """Whom one may mean by the letters after an @: at most a few of those who can read the space."""
    place = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    pace.keep("people", request.user, at_most=PEOPLE_PER_MINUTE)
    found = spaces.people_like(place, request.GET.get("q", ""), by=request.user)
    return render(request, "community/_people.html", {"people": found})


@require_POST
def ask_to_join(request, slug):
    """Ask to be let in."""
    place = get_object_or_404(Space.objects.listed_to(request.user), slug=slug)
    if place.kind == SpaceKind.PRIVATE:
        raise Http404
    form = JoinRequestForm(request.POST)
    if not form.is_valid():
        return _closed_door(request, place, form, status=422)
    spaces.ask_to_join(place, by=request.user, words=form.cleaned_data["words"])
    return redirect(place)


@require_POST
def accept_terms(request, slug):
    """Say yes to the rules of a sealed space."""
    place = get_object_or_404(Space.objects.belonging_to(request.user), slug=slug)
    spaces.accept_terms(place, by=request.user)
    return redirect(place)


def _closed_door(request, place, form=None, status=200):
    """What stands outside: the rules to accept, the way to ask, or the same 404 as nothing."""
    context = {"space": place, "rules": markdown.render(place.rules).html}
    context["visits"] = visits.of_space(request.user, place)
    if place.kind == SpaceKind.SEALED:
        return render(request, "community/terms.html", context, status=status)
    if place.kind == SpaceKind.PRIVATE:
        raise Http404
    context["may_ask"] = permissions.may_ask_to_join(request.user, place)
    return render(
        request, "community/door.html", {**context, "form": form or JoinRequestForm()}, status=status
    )


def _new_threads(leader) -> dict[int, int]:
    """How many threads hold something new, by space."""
    rows = (
        reading.listed(leader)
        .filter(is_new=True)
        .order_by()
        .values(place=F("space_id"))
        .annotate(n=Count("pk"))
    )
    return {row["place"]: row["n"] for row in rows}
