"""What every kind of room offers beside its page: names for mentions, thanks, and of what one is told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import pace, patients, permissions, spaces
from community.forms import LevelForm, ThanksForm
from community.models import Message, Room
from community.rooms import chat
from community.telling import calls
from community.views.spaces import PEOPLE_PER_MINUTE
from community.views.threads import add_refusal, is_sure

NOW = {
    "watching": "You are told of everything that is new here.",
    "normal": "You are told when somebody names you here.",
    "muted": "You are told nothing of this room.",
}


@require_safe
def people(request, pk):
    """Whom one may mean by the letters after an @: at most a few of those who can read the room."""
    room = _room(request, pk)
    pace.keep("people", request.user, at_most=PEOPLE_PER_MINUTE)
    here = room.readers().order_by("sort_name", "pk").exclude(pk=request.user.pk)
    found = spaces.called(here, request.GET.get("q", ""))
    return render(request, "community/_people.html", {"people": found})


@require_POST
def follow(request, pk):
    """Choose of what in a room one is told."""
    room = _room(request, pk)
    form = LevelForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Choose everything, mentions or nothing.", status=422, content_type="text/plain")
    level = form.cleaned_data["level"]
    calls.follow(room, by=request.user, level=level)
    told = NOW["watching"] if room.is_direct and level == "normal" else NOW[level]
    messages.success(request, told)
    return redirect("notices" if "list" in request.POST else room)


@require_http_methods(["GET", "HEAD", "POST"])
def thank(request, pk):
    """The form for a few words, and the thank-you for a message."""
    message = _message(request, pk)
    permissions.require(permissions.may_thank(request.user, message))
    form = ThanksForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            chat.thank(message, by=request.user, words=form.cleaned_data["words"], sure=is_sure(request))
            return redirect("message", pk)
        except patients.PatientDetails as question:
            add_refusal(form, "words", question)
    context = {"item": message, "form": form, "thanked": message.thanks.filter(by=request.user).exists()}
    context |= {"back": message.room.title, "undo": reverse("take_message_thanks_back", args=[pk])}
    return render(request, "community/thank.html", context, status=422 if form.is_bound else 200)


@require_POST
def take_thanks_back(request, pk):
    """Undo a thank-you for a message."""
    message = _message(request, pk)
    chat.take_thanks_back(message, by=request.user)
    return redirect("message", pk)


def _message(request, pk) -> Message:
    seen = Message.objects.visible_to(request.user).select_related("room__space", "room__session", "author")
    return get_object_or_404(seen, pk=pk)


def _room(request, pk) -> Room:
    rooms = Room.objects.visible_to(request.user).select_related("space", "session")
    return get_object_or_404(rooms, pk=pk)
