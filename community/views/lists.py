"""Threads from all the spaces of a leader."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from community import lists


@require_safe
def threads(request):
    """All of them, or those that mean something to the reader."""
    show = lists.chosen(request.GET.get("show", ""))
    context = {
        "page": lists.page(request.user, show, page_number(request)),
        "chosen": show,
        "choices": lists.Show.choices,
    }
    return render(request, "community/threads.html", context)


def page_number(request) -> int:
    """The page that an address asks for."""
    given = request.GET.get("page", "")[:9]
    return int(given) if given.isascii() and given.isdigit() else 1
