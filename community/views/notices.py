"""What concerns a leader: the list, its badge, and what one can do with a line."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from community.forms import VisitsForm
from community.models import Message, Notice, NoticeKind, Post, Room, Space, Thread
from community.models.notices import OF_A_DECISION, OF_A_ROOM
from community.models.waiting import count_unread
from community.telling import entries, notices, visits


@require_safe
def all_notices(request):
    """The list, the newest first."""
    page = entries.page(request.user, request.GET.get("page"))
    about = [entry.newest.thread_id for entry in page]
    seen = set(Thread.objects.visible_to(request.user).filter(pk__in=about).values_list("pk", flat=True))
    context = {"page": page, "seen": seen, "has_unread": count_unread(request.user) > 0}
    context["visits"] = visits.of_list(request.user, page, seen)
    context["muted"] = notices.muted(about, by=request.user)
    context["undo"] = {"muted": request.GET.get("muted"), "was": request.GET.get("was")}
    return render(request, "community/notices.html", context)


@require_safe
def badge(request):
    """The number in the header, for an open page that heard of a change."""
    return render(request, "community/_notices_badge.html", {"unread": count_unread(request.user)})


@require_safe
def follow(request, pk):
    """Go where a notice leads; it is read then."""
    notice = _notice(request, pk)
    first = entries.leads_to(notice, request.user)
    notices.open_notice(notice, leads_to=first)
    return redirect(_place(first, request.user))


@require_POST
def seen(request):
    """What these notices tell of was on the screen."""
    form = VisitsForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    visits.read(request.user, form.cleaned_data["notices"])
    return HttpResponse(status=204)


@require_POST
def open_all(request):
    """Mark everything as read."""
    notices.open_all(request.user)
    messages.success(request, "All your notices are marked as read.")
    return redirect("notices")


@require_POST
def mute(request, pk):
    """Hear no more of the thread that a notice is about."""
    notice = _notice(request, pk)
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=notice.thread_id)
    was = notices.mute(thread, by=request.user)
    messages.success(request, f"You will hear no more of “{thread}”.")
    return redirect(f"{reverse('notices')}?{urlencode({'muted': thread.pk, 'was': was})}")


def _place(notice: Notice, leader) -> str | Post | Thread | Space | Room | Message:
    """The nearest place to what a notice tells of that its leader may see."""
    if notice.case_id:
        return reverse("desk_case", args=[notice.case_id])
    if notice.well_done_id:
        return "well_done"
    if notice.room_id and notice.kind not in OF_A_DECISION:
        return notice.room if notice.kind in OF_A_ROOM else notice.message
    if notice.kind == NoticeKind.MEMBERSHIP and not notice.space_id:
        return leader
    threads = Thread.objects.visible_to(leader).filter(pk=notice.thread_id)
    if notice.post_id and (notice.kind != NoticeKind.REPLY or notice.replies == 1):
        # Of a decision one is told also where one may not look any more.
        return notice.post if notice.kind not in OF_A_DECISION or threads.exists() else "notices"
    sessions = visits.sessions_of(notice, leader)
    spaces = Space.objects.visible_to(leader).filter(pk=notice.space_id)
    return sessions.first() or _message(notice, leader) or threads.first() or spaces.first() or "notices"


def _message(notice: Notice, leader) -> Message | None:
    """The message that a decision is about, hidden or not, if its place may be seen."""
    rooms = Room.objects.visible_to(leader).filter(pk=notice.room_id)
    is_heard = notice.message_id and any(
        notice.message.number > room.heard_after(leader) for room in rooms.select_related("space")
    )
    return notice.message if is_heard else None


def _notice(request, pk) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
