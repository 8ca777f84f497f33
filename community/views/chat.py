"""The chat room of a space: reading, saying, editing, and catching up."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import patients, permissions
from community.forms import DayForm, EditMessageForm, MarkForm, MessageForm
from community.models import CONVERSATION_LEVELS, ROOM_LEVELS, Level, Message, Room, RoomReading, Space
from community.rooms import chat, messages, transcript
from community.telling import visits
from community.views.threads import add_refusal, is_sure

FARTHEST = 2**31 - 1


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room(request, slug):
    """The page with the first unread message or another one, and a new message without JavaScript."""
    return talk(request, _room(request, slug))


def talk(request, found: Room, template="community/chat.html", **more):
    """The page of a room of any kind, which the caller has found for this leader."""
    if request.method != "POST" and "on" in request.GET:
        return _show_day(request, found, template, more)
    if request.method != "POST":
        form = MessageForm(initial={"reply_to": _replying(request) or None})
        return _show(request, found, form, template, more)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, template, more, status=422)
    try:
        said = chat.say(found, by=request.user, sure=is_sure(request), **form.cleaned_data)
    except PermissionDenied as refusal:
        add_refusal(form, "body", refusal)
        status = 422 if form.has_error("body", "patient") else 403
        return _show(request, found, form, template, more, status=status)
    return redirect(transcript.address_of(said))


def changes(request, found: Room, version: int):
    """What of a room changed since a version, as far as this leader hears it."""
    changed = chat.changes(found, to=request.user, after=min(version, 2**63 - 1))
    after = found.heard_after(request.user)
    more = len(changed) == chat.CHANGES_AT_ONCE
    newest = max(message.version for message in changed) if changed else found.version
    return JsonResponse(
        {
            # What this leader does not hear moves the version too: without more to come, nothing is missing.
            "version": newest if more else max(newest, found.version),
            "more": more,
            "messages": [messages.as_event(message, heard_after=after) for message in changed],
        }
    )


@never_cache
@require_safe
def after(request, slug, version):
    """What changed since a version, for a page that may have missed something."""
    return changes(request, _room(request, slug), version)


@require_POST
def read(request, pk):
    """Everything in a room up to this message was read."""
    rooms = Room.objects.visible_to(request.user).select_related("space", "session")
    found = get_object_or_404(rooms, pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    chat.read(found, by=request.user, **form.cleaned_data)
    return redirect(found)


@require_safe
def permalink(request, pk):
    """The page of the chat on which a message stands, hidden or not: its place stays."""
    return redirect(transcript.address_of(_placed(request, pk)))


@require_safe
def answer(request, pk):
    """The newest page of the chat, where the next words answer a message."""
    message = get_object_or_404(_messages(request), pk=pk)
    permissions.require(permissions.may_answer(request.user, message.room, message))
    return redirect(f"{message.room.get_absolute_url()}?newest=1&reply={message.number}#id_body")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form for a new text, and the new text."""
    message = get_object_or_404(_messages(request), pk=pk)
    permissions.require(permissions.may_edit_message(request.user, message))
    form = EditMessageForm(request.POST if request.method == "POST" else None, initial={"body": message.body})
    if form.is_valid():
        try:
            chat.edit(message, by=request.user, sure=is_sure(request), body=form.cleaned_data["body"])
            return redirect("message", pk)
        except patients.PatientDetails as question:
            add_refusal(form, "body", question)
    context = {"message": message, "space": message.room.space, "form": form}
    return render(request, "community/edit_message.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, pk):
    """The question whether to delete a message, and the yes."""
    message = _placed(request, pk)
    permissions.require(permissions.may_delete_message(request.user, message))
    if request.method == "POST":
        chat.delete(message, by=request.user)
        return redirect("message", pk)
    return render(request, "community/delete_message.html", {"message": message, "space": message.room.space})


@require_safe
def history(request, pk):
    """Every text that a message has had; of a deleted one for moderators alone."""
    message = get_object_or_404(_messages(request), pk=pk)
    context = {"message": message, "space": message.room.space, "texts": chat.texts(message)}
    return render(request, "community/message_history.html", context)


def _room(request, slug) -> Room:
    space = get_object_or_404(Space.objects.visible_to(request.user).filter(has_chat=True), slug=slug)
    return chat.room_of(space)


def _messages(request):
    return Message.objects.visible_to(request.user).select_related("room__space", "room__session", "author")


def _placed(request, pk) -> Message:
    """A message whose place one may know, though its words may be gone."""
    placed = Message.objects.filter(room__in=Room.objects.visible_to(request.user))
    message = get_object_or_404(placed.select_related("room__space", "room__session"), pk=pk)
    if message.number <= message.room.heard_after(request.user):
        raise Http404
    return message


def _show_day(request, found, template, more):
    """The page that begins with a day, and a sentence when nobody said anything then."""
    form = DayForm(request.GET)
    if not form.is_valid():
        return _show(request, found, MessageForm(), template, {**more, "day_form": form}, status=422)
    day = form.cleaned_data["on"]
    first = transcript.first_on(found, day, to=request.user)
    is_silent = first is None or timezone.localdate(first.created_at) != day
    part = transcript.part_of(found, to=request.user, beginning=first.number if first else 0, is_newest=True)
    context = {"day": day, "is_silent": is_silent, "first_of_day": first, "day_form": form, "part": part}
    return _show(request, found, MessageForm(), template, {**more, **context})


def _show(request, found, form, template, more, status=200):
    context = {
        "room": found,
        "space": found.space,
        "part": more.get("part") or _part(request, found),
        "form": form,
        "day_form": DayForm(),
        "answered": messages.to_answer(found, _replying(request), by=request.user),
        "level": _level(request, found),
        "levels": CONVERSATION_LEVELS if found.is_direct else ROOM_LEVELS,
        "may_say": permissions.may_say(request.user, found),
        "may_moderate": found.space and permissions.may_moderate(request.user, found.space),
        "first": found.heard_after(request.user) + 1,
        "visits": visits.of_room(request.user, found),
        **_opening(found),
        **more,
    }
    return render(request, template, context, status=status)


def _part(request, found):
    numbers = {"before": _number(request, "before"), "beginning": _number(request, "from")}
    # What was refused stands below the newest messages.
    is_newest = "newest" in request.GET or request.method == "POST"
    return transcript.part_of(found, to=request.user, is_newest=is_newest, **numbers)


def _opening(found) -> dict:
    """When the chat of a space is open, if not always."""
    hours = found.space.chat_hours if found.space and not found.is_session else None
    if hours is None:
        return {}
    now = timezone.now()
    opening = None if hours.are_on(now) else hours.next_opening(now)
    closing = hours.next_closing(opening or now)
    return {"hours": hours, "opens_in": seconds_until(opening or now), "ends_in": seconds_until(closing)}


def seconds_until(moment) -> int:
    """For a page, whose clock may be wrong."""
    return max(int((moment - timezone.now()).total_seconds()) + 1, 0) if moment > timezone.now() else 0


def _level(request, found) -> str:
    mine = RoomReading.objects.filter(room=found, leader=request.user, level__isnull=False)
    return mine.values_list("level", flat=True).first() or Level.NORMAL


def _replying(request) -> int:
    given = request.POST.get("reply_to") or request.GET.get("reply", "")
    return min(int(given[:10]), FARTHEST) if given.isascii() and given.isdigit() else 0


def _number(request, name) -> int:
    given = request.GET.get(name, "")
    return min(int(given[:10]), FARTHEST) if given.isascii() and given.isdigit() else 0
