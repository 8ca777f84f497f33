"""One's own bookmarks: the list, a note, removing one and having it back."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from community import bookmarks
from community.first_words import excerpt
from community.forms import BookmarkForm, WithinForm
from community.models import Bookmark

PER_PAGE = 20


@require_safe
def all_bookmarks(request):
    """The list, the newest first, or what of it has some words."""
    form = WithinForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(bookmarks.listed(request.user, words), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _dressed(request, list(page)),
        "form": form,
        "words": words,
        "removed": _dressed(request, _removed(request)),
    }
    return render(request, "community/bookmarks.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request, pk):
    """The form for the note, and the note."""
    found = _bookmark(request, pk)
    form = BookmarkForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        bookmarks.change_note(found, note=form.cleaned_data["note"])
        return _answer(request, found)
    _dressed(request, [found])
    page = "community/_bookmark_note.html" if request.htmx else "community/bookmark.html"
    answer = render(request, page, {"bookmark": found, "form": form}, status=422 if form.is_bound else 200)
    return retarget(answer, f"#bookmark-row-{pk}-form") if form.is_bound else answer


@require_POST
def remove(request, pk):
    """Take a bookmark away."""
    return _answer(request, bookmarks.remove(_bookmark(request, pk)))


@require_POST
def restore(request, pk):
    """Have a removed one back."""
    return _answer(request, bookmarks.restore(_bookmark(request, pk)))


def _bookmark(request, pk) -> Bookmark:
    return get_object_or_404(Bookmark.objects.visible_to(request.user), pk=pk)


def _removed(request) -> list[Bookmark]:
    """What was removed just now without JavaScript, so that it can be had back."""
    pk = request.GET.get("removed", "")[:18]
    mine = Bookmark.objects.visible_to(request.user).exclude(removed_at=None)
    return list(mine.filter(pk=int(pk))) if pk.isascii() and pk.isdigit() else []


def _dressed(request, found: list[Bookmark]) -> list[Bookmark]:
    for bookmark in bookmarks.with_posts(found, viewer=request.user):
        bookmark.excerpt = excerpt(bookmark.seen) if bookmark.seen else ""
    return found


def _answer(request, found):
    """The row as it stands now for an open page, else the list."""
    if not request.htmx:
        return redirect(reverse("bookmarks") + (f"?removed={found.pk}" if found.removed_at else ""))
    _dressed(request, [found])
    return render(request, "community/_bookmark.html", {"bookmark": found})
