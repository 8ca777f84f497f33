"""Catching up: what is new across one's spaces, reading it in place, marking it as read, and undoing that."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from community import catch_up as catching_up
from community import posts, reading
from community.forms import SweepForm
from community.models import Space, Sweep, Thread
from community.telling import visits


@require_safe
def catch_up(request):
    """What is new, by thread; of one space where the address names it."""
    space = _space(request, request.GET.get("space", ""))
    found = catching_up.page(request.user, before=request.GET.get("before", "")[:60], space=space)
    context = {
        "page": found,
        "space": space,
        "before": request.GET.get("before", ""),
        "spaces": sorted(
            {thread.space for thread in found.threads}, key=lambda each: (each.order, each.name)
        ),
        "sweep": done(request),
    }
    return render(request, "community/catch_up.html", context)


@require_safe
def next_unread(request):
    """The first new post of another thread, or the list when there is none."""
    after = request.GET.get("after", "")[:15]
    number = int(after) if after.isascii() and after.isdecimal() else None
    post = catching_up.following(request.user, number)
    if post is None:
        return redirect("catch_up")
    return redirect(f"{post.thread.get_absolute_url()}?page={post.page_number}#post-{post.number}")


@require_safe
def unread(request, pk):
    """The first new posts of a thread, to be read in the list."""
    visible = Thread.objects.visible_to(request.user).select_related("space")
    thread = get_object_or_404(reading.with_first_unread(request.user, visible), pk=pk)
    found, more = catching_up.unread_posts(thread)
    context = {"thread": thread, "posts": posts.as_seen(found, thread, viewer=request.user), "more": more}
    context["visits"] = visits.of_thread(request.user, thread, before=f"thread-{pk}-post-")
    return render(request, "community/_unread_posts.html", context)


@require_POST
def sweep(request):
    """Mark one thread, one space or everything as read."""
    form = SweepForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    space = _space(request, form.cleaned_data["space"])
    thread = _thread(request, form.cleaned_data["thread"])
    threads = thread or catching_up.new(request.user, space=space)
    is_before_eyes = bool(thread) and "from_thread" in request.POST
    swept = catching_up.sweep(threads, by=request.user, until=form.moment(), outcomes=is_before_eyes)
    if request.htmx:
        return render(request, "community/_swept.html", {"sweep": swept})
    return redirect(_place(request, space, **({"done": swept.pk} if swept else {})))


@require_POST
def undo(request, pk):
    """Put the marks back."""
    swept = get_object_or_404(catching_up.undoable(request.user), pk=pk)
    catching_up.undo(swept)
    anchor = f"#thread-{next(iter(swept.marks))}" if len(swept.marks) == 1 else ""
    return redirect(_place(request, _space(request, request.POST.get("space", ""))) + anchor)


def done(request) -> Sweep | None:
    """What the address says was marked as read just now, while it can be undone."""
    pk = request.GET.get("done", "")[:15]
    known = pk.isascii() and pk.isdecimal()
    return catching_up.undoable(request.user).filter(pk=int(pk)).first() if known else None


def _space(request, slug) -> Space | None:
    return get_object_or_404(Space.objects.visible_to(request.user), slug=slug) if slug else None


def _thread(request, pk):
    """The thread alone, muted or not; None where none is named."""
    if pk is None:
        return None
    get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    return Thread.objects.filter(pk=pk)


def _place(request, space, **query) -> str:
    """Back to the list or, from a thread, to its space."""
    if space and "from_thread" in request.POST:
        address = space.get_absolute_url()
    else:
        address = reverse("catch_up")
        query |= {"space": space.slug} if space else {}
    return f"{address}?{urlencode(query)}" if query else address
