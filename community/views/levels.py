"""How closely one follows spaces and threads."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from community import levels
from community.forms import LevelForm, ThreadLevelForm
from community.models import SPACE_LEVELS, THREAD_LEVELS, Space, Thread

PER_PAGE = 30
NOW = {
    "watching": "You are watching “{}” now.",
    "normal": "You are following “{}” normally now.",
    "muted": "“{}” is muted now.",
    "": "You are following “{}” as its space now.",
}


@require_safe
def watching(request):
    """My spaces, and the threads for which I chose how closely to follow them."""
    return _show(request)


@require_POST
def follow_space(request, slug):
    """Watch a space, or mute it."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    form = LevelForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    levels.follow_space(space, by=request.user, **form.cleaned_data)
    return _back(request, space, form)


@require_POST
def follow(request, pk):
    """Watch a thread, or mute it."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    form = ThreadLevelForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    levels.follow(thread, by=request.user, **form.cleaned_data)
    return _back(request, thread, form)


def _back(request, item, form):
    """To the list on which one chose, or to the page of the thread or space."""
    messages.success(request, NOW[form.cleaned_data["level"]].format(item))
    page = request.GET.get("page", "")[:9]
    if "list" in request.POST:
        return redirect("notices" if request.POST["list"] == "notices" else "watching")
    return redirect(f"{item.get_absolute_url()}?page={page}" if page.isdecimal() else item)


def _show(request, form=None, status=200):
    spaces = Space.objects.visible_to(request.user)
    context = {
        "spaces": levels.as_followed_by(request.user, spaces),
        "page": Paginator(levels.chosen(request.user), PER_PAGE).get_page(request.GET.get("page")),
        "space_levels": SPACE_LEVELS,
        "thread_levels": THREAD_LEVELS,
        "form": form,
    }
    return render(request, "community/watching.html", context, status=status)
