"""The chat room of a space: reading, saying, editing, and catching up."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import chat, permissions, transcript
from community.forms import DayForm, EditMessageForm, MarkForm, MessageForm
from community.models import Message, Room, Space

FARTHEST = 2**31 - 1


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room(request, slug):
    """The page with the first unread message or another one, and a new message without JavaScript."""
    found = _room(request, slug)
    if request.method != "POST":
        return _show_day(request, found) if "on" in request.GET else _show(request, found, MessageForm())
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        said = chat.say(found, by=request.user, **form.cleaned_data)
    except PermissionDenied as refusal:
        form.add_error("body", str(refusal))
        return _show(request, found, form, status=403)
    return redirect(transcript.address_of(said))


@never_cache
@require_safe
def after(request, slug, version):
    """What changed since a version, for a page that may have missed something."""
    found = _room(request, slug)
    changed = chat.changes(found, after=min(version, 2**63 - 1))
    return JsonResponse(
        {
            "version": changed[-1].version if changed else found.version,
            "more": len(changed) == chat.CHANGES_AT_ONCE,
            "messages": [chat.as_event(message) for message in changed],
        }
    )


@require_POST
def read(request, slug):
    """Everything up to this message was read."""
    found = _room(request, slug)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    chat.read(found, by=request.user, **form.cleaned_data)
    return redirect("chat", slug)


@require_safe
def permalink(request, pk):
    """The page of the chat on which a message stands."""
    message = get_object_or_404(_messages(request), pk=pk)
    return redirect(transcript.address_of(message))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form for a new text, and the new text."""
    message = get_object_or_404(_messages(request), pk=pk)
    permissions.require(permissions.may_edit_message(request.user, message))
    form = EditMessageForm(request.POST if request.method == "POST" else None, initial={"body": message.body})
    if form.is_valid():
        chat.edit(message, by=request.user, body=form.cleaned_data["body"])
        return redirect("message", pk)
    context = {"message": message, "space": message.room.space, "form": form}
    return render(request, "community/edit_message.html", context, status=422 if form.is_bound else 200)


@require_safe
def history(request, pk):
    """Every text that a message has had."""
    message = get_object_or_404(_messages(request), pk=pk)
    context = {"message": message, "space": message.room.space, "texts": chat.texts(message)}
    return render(request, "community/message_history.html", context)


def _room(request, slug) -> Room:
    space = get_object_or_404(Space.objects.visible_to(request.user).filter(has_chat=True), slug=slug)
    return chat.room_of(space)


def _messages(request):
    return Message.objects.visible_to(request.user).select_related("room__space", "author")


def _show_day(request, found):
    """The page that begins with a day, and a sentence when nobody said anything then."""
    form = DayForm(request.GET)
    if not form.is_valid():
        return _show(request, found, MessageForm(), day_form=form, status=422)
    day = form.cleaned_data["on"]
    first = transcript.first_on(found, day)
    is_silent = first is None or timezone.localdate(first.created_at) != day
    part = transcript.part_of(found, to=request.user, beginning=first.number if first else 0, is_newest=True)
    context = {"day": day, "is_silent": is_silent, "first_of_day": first, "day_form": form}
    return _show(request, found, MessageForm(), part=part, **context)


def _show(request, found, form, status=200, part=None, **more):
    part = part or _part(request, found)
    context = {
        "room": found,
        "space": found.space,
        "part": part,
        "form": form,
        "day_form": DayForm(),
        "may_say": permissions.may_say(request.user, found),
        "may_moderate": permissions.may_moderate(request.user, found.space),
        **more,
    }
    return render(request, "community/chat.html", context, status=status)


def _part(request, found):
    numbers = {"before": _number(request, "before"), "beginning": _number(request, "from")}
    # What was refused stands below the newest messages.
    is_newest = "newest" in request.GET or request.method == "POST"
    return transcript.part_of(found, to=request.user, is_newest=is_newest, **numbers)


def _number(request, name) -> int:
    given = request.GET.get(name, "")
    return min(int(given[:10]), FARTHEST) if given.isascii() and given.isdigit() else 0
