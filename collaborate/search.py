"""The search page: one box for what is said and for who is here, the faculty's directory included."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from community.finding import search as searching
from community.finding.queries import LENGTH_AT_MOST
from community.finding.search import BEST, EVERYTHING, NEWEST, PEOPLE, POSTS, THREADS, View
from faculty import directory

FACULTY = "faculty"
_WITHOUT_SAYING = {"q": "", "show": EVERYTHING, "sort": BEST}
KINDS = {EVERYTHING: "All", POSTS: "Posts", THREADS: "Threads", PEOPLE: "People", FACULTY: "Faculty"}


@require_safe
def search(request):
    """One box for posts, threads, people and faculty."""
    view = _view(request.GET)
    found = searching.find(request.GET.get("q", ""), by=request.user, view=view)
    faculty = directory.speaking_of(found.query.name) if found.query.name else []
    results = {
        POSTS: found.posts,
        THREADS: found.threads,
        PEOPLE: found.people,
        FACULTY: searching.results(faculty, view, FACULTY),
    }
    context = {
        "query": found.query,
        "results": results,
        "older": found.older,
        "is_empty": found.is_empty and not faculty,
        "kinds": KINDS,
        "view": view,
        "address": _addresses(found.query.typed, view),
        "limit": LENGTH_AT_MOST,
    }
    return render(request, "search/search.html", context, status=422 if found.query.faults else 200)


def _view(asked: QueryDict) -> View:
    """What the address asks for; what it cannot mean is as if it were not there."""
    kind, sort, page = asked.get("show"), asked.get("sort"), asked.get("page", "")[:9]
    return View(
        kind=kind if kind in KINDS else EVERYTHING,
        sort=NEWEST if sort == NEWEST else BEST,
        page=int(page) if page.isdecimal() else 1,
    )


def _addresses(typed: str, view: View) -> Callable[..., str]:
    """address(page=2) is this page with something else in its address."""

    page = reverse("search")

    def address(**other) -> str:
        asked = {"q": typed, "show": view.kind, "sort": view.sort, **other}
        told = {name: value for name, value in asked.items() if value != _WITHOUT_SAYING.get(name)}
        return f"{page}?{urlencode(told)}"

    return address
