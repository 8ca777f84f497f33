"""Hosted sessions: the list, planning one, its room, its calendar file, and what its host does."""

from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import patients, permissions, spaces
from community.forms import ExtendForm, SessionForm
from community.models import Session, Space
from community.rooms import calendars, hosting
from community.views import chat
from community.views.threads import add_refusal, is_sure, status_of

PER_PAGE = 20


@require_safe
def in_space(request, slug):
    """What is on, what is to come, and what was."""
    space = _space(request, slug)
    page = Paginator(hosting.past(space), PER_PAGE).get_page(request.GET.get("page"))
    context = {"space": space, "coming": hosting.coming(space)[:100], "page": page}
    context["may_plan"] = permissions.may_plan(request.user, space)
    return render(request, "community/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, slug):
    """The form for a session, and the session."""
    space = _space(request, slug)
    permissions.require(permissions.may_plan(request.user, space))
    form = _form(request, space, initial={"host": f"@{request.user.handle}", "uuid": uuid4()})
    return _settle(request, form, space, work=partial(hosting.plan, space, by=request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request, pk):
    """Its room, which can be read before, during and after it."""
    found = _session(request, pk)
    context = {
        "session": found,
        "may_host": permissions.may_host(request.user, found),
        "may_end": permissions.may_end(request.user, found),
        "extend": ExtendForm(),
        "opens_in": chat.seconds_until(found.opens_at),
        "ends_in": chat.seconds_until(found.ends_at),
    }
    return chat.talk(request, found.room, "community/session.html", **context)


@never_cache
@require_safe
def after(request, pk, version):
    """What changed in its room since a version."""
    return chat.changes(request, _session(request, pk).room, version)


@never_cache
@require_safe
def calendar(request, pk):
    """The file that puts it into a calendar, or takes it out."""
    headers = {"Content-Disposition": 'attachment; filename="session.ics"'}
    content = calendars.written(_session(request, pk))
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """Another time, title or host."""
    found = _session(request, pk)
    permissions.require(permissions.may_host(request.user, found))
    form = _form(request, found.room.space, initial=_as_typed(found), begun_at=found.starts_at)
    return _settle(
        request, form, found.room.space, found, work=partial(hosting.change, found, by=request.user)
    )


@require_POST
def extend(request, pk):
    """Let it go on for longer."""
    found, form = _session(request, pk), ExtendForm(request.POST)
    permissions.require(permissions.may_host(request.user, found))
    if not form.is_valid():
        messages.warning(request, "Choose for how long it goes on.")
        return redirect(found)
    try:
        hosting.extend(found, by=request.user, **form.cleaned_data)
    except permissions.Conflict as refusal:
        messages.warning(request, str(refusal))
    return redirect(found)


@require_POST
def end(request, pk):
    """End it now."""
    found = hosting.end(_session(request, pk), by=request.user)
    messages.success(request, "The session has ended. What was said can still be read.")
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    """Ask whether it shall not take place, and cancel it."""
    found = _session(request, pk)
    permissions.require(permissions.may_host(request.user, found))
    if request.method != "POST":
        return render(request, "community/cancel_session.html", {"session": found, "space": found.room.space})
    hosting.cancel(found, by=request.user)
    messages.success(request, "The session is cancelled. Those who follow the space are told.")
    return redirect(found)


def _space(request, slug) -> Space:
    return get_object_or_404(Space.objects.visible_to(request.user), slug=slug)


def _session(request, pk) -> Session:
    found = Session.objects.visible_to(request.user).select_related("room__space", "host")
    return get_object_or_404(found, pk=pk)


def _form(request, space, **options) -> SessionForm:
    find = partial(spaces.meant, spaces.readers(space))
    return SessionForm(request.POST if request.method == "POST" else None, find=find, **options)


def _as_typed(found: Session) -> dict:
    zone = found.host.zone if found.host else timezone.get_default_timezone()
    start, end = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    host = f"@{found.host.handle}" if found.host else ""
    times = {"day": start.date(), "starts": start.time(), "ends": end.time()}
    return {"title": found.title, "about": found.about, "host": host, **times}


def _settle(request, form, space, session=None, *, work):
    status = 422 if form.is_bound else 200
    if form.is_valid():
        told = ("title", "about", "host", "starts_at", "ends_at", *(() if session else ("uuid",)))
        try:
            sure = is_sure(request)
            return redirect(work(sure=sure, **{name: form.cleaned_data[name] for name in told}))
        except PermissionDenied as refusal:
            add_refusal(form, "title" if isinstance(refusal, patients.PatientDetails) else None, refusal)
            status = status_of(refusal)
    context = {"space": space, "session": session, "form": form}
    return render(request, "community/plan_session.html", context, status=status)
