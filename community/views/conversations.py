"""Conversations: the list, beginning one, talking, bringing somebody in, leaving."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import pace, patients, permissions, spaces
from community.forms import AddForm, BeginForm, LeaveForm, NobodyNewForm
from community.models import NobodyNew, Room, RoomKind
from community.models.waiting import count_conversations
from community.rooms import conversations
from community.views import chat
from community.views.threads import add_refusal, is_sure
from leaders.models import Leader

PER_PAGE = 20
PEOPLE_PER_MINUTE = 120


@require_safe
def mine(request):
    """My conversations, the newest first."""
    page = Paginator(conversations.listed(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = conversations.with_people(list(page), request.user)
    return render(request, "community/conversations.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """With whom, and the first message; who talks with exactly these people already is led there."""
    find = partial(conversations.meant, by=request.user)
    if request.method != "POST":
        people = _asked_for(request)
        if people and (room := conversations.between([request.user, *people])):
            return redirect(room)
        names = " ".join(f"@{person.handle}" for person in people)
        return _start(request, BeginForm(initial={"to": names}, find=find))
    form = BeginForm(request.POST, find=find)
    if not form.is_valid():
        return _start(request, form, status=422)
    words = {name: form.cleaned_data[name] for name in ("body", "uuid")}
    try:
        sure = is_sure(request)
        said = conversations.begin(form.cleaned_data["to"], by=request.user, sure=sure, **words)
    except patients.PatientDetails as question:
        add_refusal(form, "body", question)
        return _start(request, form, status=422)
    except PermissionDenied as refusal:
        form.add_error("to", str(refusal))
        return _start(request, form, status=_status(refusal))
    return redirect(f"{said.room.get_absolute_url()}#message-{said.number}")


@require_safe
def people(request):
    """With whom one may talk, by the letters after an @: at most a few."""
    pace.keep("people", request.user, at_most=PEOPLE_PER_MINUTE)
    found = spaces.called(permissions.reachable(request.user), request.GET.get("q", ""))
    return render(request, "community/_people.html", {"people": found})


@require_safe
def badge(request):
    """The number in the header, for an open page that heard of a change."""
    unread = count_conversations(request.user)
    return render(request, "community/_conversations_badge.html", {"unread": unread})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request, pk):
    """What was said since one came, and a new message without JavaScript."""
    room = _room(request, pk)
    context = {
        "name": conversations.named(room, request.user),
        "people": conversations.people_in(room),
        "may_add": permissions.may_add(request.user, room),
    }
    return chat.talk(request, room, "community/conversation.html", **context)


@never_cache
@require_safe
def after(request, pk, version):
    """What changed since a version."""
    return chat.changes(request, _room(request, pk), version)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request, pk):
    """Bring one more person in."""
    room = _room(request, pk)
    permissions.require(permissions.may_add(request.user, room))
    form = AddForm(
        request.POST if request.method == "POST" else None, find=partial(conversations.meant, by=request.user)
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        [person] = form.cleaned_data["to"]
        try:
            conversations.add(room, person, by=request.user)
        except PermissionDenied as refusal:
            form.add_error("to", str(refusal))
            status = _status(refusal)
        else:
            return redirect(room)
    context = {"room": room, "form": form, "name": conversations.named(room, request.user)}
    return render(request, "community/add_to_conversation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, pk):
    """Leave for good."""
    room = _room(request, pk)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        conversations.leave(room, by=request.user, keep_out=form.cleaned_data["how"] == "keep_out")
        messages.success(request, "You have left the conversation.")
        return redirect("conversations")
    people = conversations.people_in(room, but=request.user)
    context = {"room": room, "form": form, "people": people}
    return render(request, "community/leave_conversation.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    """Who may begin a conversation with me."""
    nobody = NobodyNew.objects.filter(leader=request.user).exists()
    typed = request.POST if request.method == "POST" else None
    form = NobodyNewForm(typed, initial={"who": "nobody" if nobody else "everybody"})
    if form.is_valid():
        conversations.welcome_nobody_new(request.user, nobody=form.cleaned_data["who"] == "nobody")
        messages.success(request, "Saved.")
        return redirect("settings_conversations")
    kept = request.user.kept_out.select_related("other")
    context = {"form": form, "kept_out": kept}
    return render(
        request, "community/settings_conversations.html", context, status=422 if form.is_bound else 200
    )


@require_POST
def let_in(request, handle):
    """Let somebody begin conversations with me again."""
    person = get_object_or_404(Leader, handle=handle, pk__in=request.user.kept_out.values("other"))
    conversations.let_in(person, by=request.user)
    messages.success(request, f"{person} can begin a conversation with you again.")
    return redirect("settings_conversations")


def _room(request, pk) -> Room:
    return get_object_or_404(Room.objects.visible_to(request.user).filter(kind=RoomKind.DIRECT), pk=pk)


def _asked_for(request) -> list[Leader]:
    """The people whom the address names, as far as one may talk with them or does already."""
    handles = request.GET.getlist("to")[: permissions.PEOPLE_AT_MOST]
    return list(
        Leader.objects.visible_to(request.user).filter(handle__in=handles).exclude(pk=request.user.pk)
    )


def _start(request, form, status=200):
    return render(request, "community/start_conversation.html", {"form": form}, status=status)


def _status(refusal: PermissionDenied) -> int:
    return 429 if isinstance(refusal, permissions.TooOften) else 403
