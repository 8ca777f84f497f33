"""Other people: the directory, a profile, a photo."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leaders import profiles
from leaders.directory import PER_PAGE, Directory
from leaders.models import Leader

A_YEAR = 60 * 60 * 24 * 365


@require_safe
def leaders(request):
    """The directory."""
    directory = Directory(request.GET or None, viewer=request.user)
    valid = not directory.is_bound or directory.is_valid()
    page = Paginator(directory.qs if valid else Leader.objects.none(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "directory": directory,
        "form": directory.form,
        "page": page,
        "people": profiles.seen_by(request.user, page.object_list),
        "address": _address(request),
    }
    return render(request, "leaders/leaders.html", context, status=200 if valid else 422)


@require_safe
def leader(request, handle):
    """One leader, as far as the reader may see."""
    person = _visible(request.user, handle)
    [profile] = profiles.seen_by(request.user, [person])
    context = {
        "profile": profile,
        "person": person,
        "is_me": person == request.user,
        "cohorts": profiles.cohorts_in_common(request.user, person),
    }
    return render(request, "leaders/leader.html", context)


@require_safe
def photo(request, handle):
    """The picture, for those who may see it; a browser may keep it, for its address changes with it."""
    person = _visible(request.user, handle)
    [profile] = profiles.seen_by(request.user, [person])
    if not profile.photo:
        raise Http404
    try:
        picture = person.photo.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(picture, as_attachment=True, filename=f"{person.handle}.webp")
    answer["Content-Type"] = "image/webp"
    answer["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return answer


def _visible(viewer: Leader, handle: str) -> Leader:
    people = Leader.objects.visible_to(viewer).select_related("organisation__collaborative")
    return get_object_or_404(people, handle=handle)


def _address(request) -> str:
    """The address of this list with its filters, ready for a page number at its end."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}&page=" if query else "?page="
