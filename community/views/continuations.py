"""The page on which messages of a chat become a thread."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from community import composing, patients, permissions
from community.forms import SHOWN, SHOWN_AT_MOST, ContinueForm, size_of
from community.models import Room
from community.rooms import continuations, messages
from community.views.threads import add_refusal, is_sure, status_of

FARTHEST = 2**31 - 1


@require_http_methods(["GET", "HEAD", "POST"])
def into_thread(request, pk):
    """Choose messages and a title; look at the thread before it stands, and start it."""
    room = _room(request, pk)
    form = _form(request, room)
    if "earlier" in request.POST:
        return _show(request, room, ContinueForm(initial=_typed(request), messages=form.messages.values()))
    if not form.is_valid():
        return _show(request, room, form, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    try:
        if "preview" in request.POST:
            body = continuations.as_body(form.chosen, data["body"])
            seen = composing.preview(body, by=request.user, space=room.space)
            again = ContinueForm(initial=_typed(request), messages=form.messages.values())
            return _show(request, room, again, preview=seen)
        told = {"title": data["title"], "kind": data["kind"], "words": data["body"], "uuid": data["uuid"]}
        begun = continuations.begin(room, form.chosen, by=request.user, sure=is_sure(request), **told)
        return redirect(begun)
    except patients.PatientDetails as question:
        add_refusal(form, "body", question)
        return _show(request, room, form, status=status_of(question))
    except PermissionDenied as refusal:
        form.add_error("numbers", str(refusal))
        return _show(request, room, form, status=status_of(refusal))


def _room(request, pk) -> Room:
    rooms = Room.objects.visible_to(request.user).select_related("space", "session")
    room = get_object_or_404(rooms, pk=pk)
    if room.is_direct:
        raise Http404
    permissions.require(permissions.may_open_continuation(request.user, room))
    return room


def _form(request, room) -> ContinueForm:
    size = size_of(request.POST.get("size", ""))
    if "earlier" in request.POST:
        size = min(size + SHOWN, SHOWN_AT_MOST)
    start = _number(request.GET.get("from", ""))
    up_to = start + SHOWN // 2 if start else FARTHEST
    found = continuations.choosable(room, by=request.user, up_to=up_to, count=size)
    offered = messages.dressed(found)
    initial = {"numbers": [start] if start else [], "size": size}
    return ContinueForm(request.POST or None, initial=initial, messages=offered)


def _typed(request) -> dict:
    size = min(size_of(request.POST.get("size", "")) + SHOWN * ("earlier" in request.POST), SHOWN_AT_MOST)
    return {**request.POST.dict(), "numbers": request.POST.getlist("numbers"), "size": size}


def _number(given: str) -> int:
    return min(int(given[:10]), FARTHEST - SHOWN) if given.isascii() and given.isdigit() else 0


def _show(request, room, form, status=200, preview=""):
    offered = list(form.messages.values())
    context = {
        "room": room,
        "space": room.space,
        "form": form,
        "preview": preview,
        "moderates": permissions.may_moderate(request.user, room.space),
        "has_earlier": bool(offered) and offered[0].number > 1 and len(offered) < SHOWN_AT_MOST,
    }
    return render(request, "community/into_thread.html", context, status=status)
