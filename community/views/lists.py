"""Threads from all the spaces of a leader."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from community import lists
from community.forms import StretchForm


@require_safe
def threads(request):
    """All of them, or those that mean something to the reader."""
    show, (stretch, refused) = lists.chosen(request.GET.get("show", "")), stretch_of(request)
    context = {
        "page": lists.page(request.user, show, page_number(request), stretch=stretch),
        "chosen": show,
        "choices": lists.Show.choices,
        "stretch": stretch,
        "refused": refused,
    }
    return render(request, "community/threads.html", context, status=422 if refused else 200)


def page_number(request) -> int:
    """The page that an address asks for."""
    given = request.GET.get("page", "")[:9]
    return int(given) if given.isascii() and given.isdigit() else 1


def stretch_of(request) -> tuple[lists.Stretch, StretchForm | None]:
    """Where in a list an address begins, and the form whose day cannot be understood."""
    if not (request.GET.get("before") or "order" in request.GET):
        return lists.WHOLE, None
    is_oldest_first = request.GET.get("order") == "oldest"
    form = StretchForm(request.GET)
    if not form.is_valid():
        return lists.Stretch(is_oldest_first=is_oldest_first), form
    return lists.Stretch(form.cleaned_data["before"], is_oldest_first), None
