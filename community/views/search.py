from django.shortcuts import render
from django.views.decorators.http import require_safe

from community import search as searching


@require_safe
def search(request):
    """One box for threads, posts and people."""
    words = request.GET.get("q", "").strip()
    context = {
        "words": words,
        "found": searching.find(words, by=request.user),
        "cut": len(words) > searching.QUERY_AT_MOST,
        "limit": searching.QUERY_AT_MOST,
    }
    return render(request, "community/search.html", context)
