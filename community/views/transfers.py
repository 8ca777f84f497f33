"""Splitting a thread, merging one into another, and posts on their way: the pages of their moderators."""

import re
import textwrap
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import moderation, patients, permissions, posts, relocations
from community.first_words import excerpt
from community.forms import MergeForm, ReasonForm, SplitForm
from community.models import POSTS_PER_PAGE, Post, Relocation, Space, Thread
from community.views.threads import add_refusal, is_sure, status_of

WINDOW = 3 * POSTS_PER_PAGE
OFFERED_AT_MOST = 20
_ADDRESS = re.compile(r"(?:\A#?|/threads/)([1-9][0-9]{0,17})(?:/|\Z)")


@require_http_methods(["GET", "HEAD", "POST"])
def split(request, pk):
    """The form that asks which posts become a thread of their own, and the decision."""
    found = _thread(request, pk)
    permissions.require(permissions.may_moderate(request.user, found.space))
    first = _first(request, found)
    form = SplitForm(
        request.POST if request.method == "POST" else None,
        initial={"extent": "onward", "start": first} if "from" in request.GET else {},
        posts=_choices(request, found, first),
    )
    context = {"thread": found, "form": form, "first": first, "window": WINDOW}
    if form.is_valid():
        try:
            done = moderation.split(found, by=request.user, sure=is_sure(request), **form.cleaned_data)
        except PermissionDenied as refusal:
            add_refusal(form, "title" if isinstance(refusal, patients.PatientDetails) else None, refusal)
            return render(request, "community/split.html", context, status=status_of(refusal))
        if isinstance(done, Relocation):
            return redirect("relocation", found.pk)
        messages.success(request, "The posts are in a thread of their own now.")
        return redirect(Thread.objects.get(pk=done.detail["to"]))
    return render(request, "community/split.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, pk):
    """The search for the other thread, the form that asks for the reason, and the decision."""
    found = _thread(request, pk)
    permissions.require(permissions.may_moderate(request.user, found.space))
    words = (request.POST if request.method == "POST" else request.GET).get("q", "")
    words = words.replace("\0", "").strip()[:200]
    offered = _offered(request.user, found, words)
    form = MergeForm(request.POST if request.method == "POST" else None, threads=offered)
    context = {"thread": found, "form": form, "offered": offered, "words": words}
    if form.is_valid():
        try:
            done = moderation.merge(found, by=request.user, **form.cleaned_data)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
            return render(request, "community/merge.html", context, status=status_of(refusal))
        if isinstance(done, Relocation):
            return redirect("relocation", found.pk)
        messages.success(request, "The two threads are one now.")
        return redirect("thread_by_id", found.pk)
    return render(request, "community/merge.html", context, status=422 if form.is_bound else 200)


@require_safe
def relocation(request, pk):
    """How far the posts are that go from or to a thread."""
    found, way = _way(request, pk)
    page = "community/_relocation.html" if request.htmx else "community/relocation.html"
    may_stop = way and permissions.may_stop_move(request.user, way)
    return render(request, page, {"thread": found, "way": way, "may_stop": may_stop})


@require_POST
def try_again(request, pk):
    """Have a worker go on at once with what waits after it failed."""
    _, way = _way(request, pk)
    if way and not way.ended_at:
        with suppress(permissions.Conflict):  # the page says how it ended
            relocations.try_again(way, by=request.user)
    return redirect("relocation", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, pk):
    """The form that asks for the reason, and the decision to let the rest stay where it is."""
    found, way = _way(request, pk)
    if way is None or way.ended_at:
        return relocation(request, pk) if request.method != "POST" else redirect("relocation", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    permissions.require(permissions.may_stop_move(request.user, way))
    context = {"thread": found, "way": way, "form": form}
    if form.is_valid():
        try:
            moderation.stop_move(way, by=request.user, **form.cleaned_data)
        except permissions.Conflict as refusal:
            form.add_error(None, str(refusal))
            return render(request, "community/stop_move.html", context, status=409)
        return redirect("relocation", pk)
    return render(request, "community/stop_move.html", context, status=422 if form.is_bound else 200)


def _way(request, pk) -> tuple[Thread, Relocation | None]:
    """A thread, and the latest move of many posts from or to it, if one may know of it."""
    found = _thread(request, pk, gone=True)
    permissions.require(permissions.may_moderate(request.user, found.space))
    ways = Relocation.objects.visible_to(request.user).filter(Q(thread=found) | Q(to=found))
    ways = ways.select_related("thread__space", "to__space", "source", "stopped_by")
    return found, ways.order_by("-pk").first()


def _thread(request, pk, *, gone=False) -> Thread:
    """The thread; for a decision also one merged meanwhile, to say so and keep the words."""
    visible = Thread.objects.visible_to(request.user)
    if gone or request.method == "POST":
        visible = visible | Thread.objects.moderated_by(request.user)
    return get_object_or_404(visible.select_related("space", "author"), pk=pk)


def _first(request, found: Thread) -> int:
    """The number of the first post to choose from."""
    typed = request.GET.get("from", "")[:9]
    wanted = int(typed) if typed.isascii() and typed.isdecimal() else 2
    return max(2, min(wanted, found.last_number))


def _choices(request, found: Thread, first: int) -> list[tuple[int, str]]:
    """The posts that can be ticked, each with its author and first words."""
    shown = posts.between(found, first, first + WINDOW - 1, viewer=request.user)
    return [(post.number, _line(post)) for post in shown if isinstance(post, Post)]


def _line(post) -> str:
    if post.is_withdrawn:
        return f"#{post.number} (taken back by its author)"
    who = post.author or post.alias or "Somebody who has left"
    words = textwrap.shorten(excerpt(post), 140, placeholder=" …")
    return f"#{post.number} {who}: {'(hidden) ' if post.is_hidden else ''}{words}"


def _offered(leader, found: Thread, words: str):
    """Threads that a moderator may choose from: by title, address or number; else the latest of the space."""
    moderated = Space.objects.moderated_by(leader)
    fitting = [space.pk for space in moderated if _fits(leader, found, space)]
    others = Thread.objects.visible_to(leader).shown().filter(space__in=fitting).exclude(pk=found.pk)
    wanted = Q(title__icontains=words) if words else Q(space=found.space)
    if address := _ADDRESS.search(words):
        wanted |= Q(pk=int(address[1]))
    chosen = others.filter(wanted).order_by("-last_post_at", "-pk").values_list("pk", flat=True)
    return Thread.objects.filter(pk__in=list(chosen[:OFFERED_AT_MOST])).select_related("space")


def _fits(leader, found: Thread, space: Space) -> bool:
    return bool(permissions.may_merge(leader, found, Thread(space=space)))
