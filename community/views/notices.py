"""What concerns a leader: the list, its badge, and what one can do with a line."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from community import notices
from community.models import Message, Notice, NoticeKind, Post, Room, Space, Thread
from community.models.notices import OF_A_ROOM, count_unread

PER_PAGE = 20


@require_safe
def all_notices(request):
    """The list, the newest first."""
    mine = Notice.objects.visible_to(request.user)
    shown = mine.with_replies(request.user).select_related(
        "actor", "post__author", "thread__space", "space", "case", "well_done", "room__space", "room__session"
    )
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    unread = set(mine.unread().values_list("pk", flat=True))
    about = [notice.thread_id for notice in page]
    seen = Thread.objects.visible_to(request.user).filter(pk__in=about).values_list("pk", flat=True)
    context = {"page": page, "unread": unread, "seen": set(seen)}
    return render(request, "community/notices.html", context)


@require_safe
def badge(request):
    """The number in the header, for an open page that heard of a change."""
    return render(request, "community/_notices_badge.html", {"unread": count_unread(request.user)})


@require_safe
def follow(request, pk):
    """Go where a notice leads; it is read then."""
    notice = _notice(request, pk)
    notices.open_notice(notice)
    return redirect(_place(notice, request.user))


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
    notices.mute(thread, by=request.user)
    messages.success(request, f"You will hear no more of “{thread}”. In the thread you can undo that.")
    return redirect("notices")


def _place(notice: Notice, leader) -> str | Post | Thread | Space | Room | Message:
    """The nearest place to what a notice tells of that its leader may see."""
    if notice.case_id:
        return reverse("desk_case", args=[notice.case_id])
    if notice.well_done_id:
        return "well_done"
    if notice.room_id:
        return notice.room if notice.kind in OF_A_ROOM else notice.message
    if notice.post_id and (notice.kind != NoticeKind.REPLY or notice.replies == 1):
        return notice.post
    threads = Thread.objects.visible_to(leader).filter(pk=notice.thread_id)
    spaces = Space.objects.visible_to(leader).filter(pk=notice.space_id)
    return threads.first() or spaces.first() or "notices"


def _notice(request, pk) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user).with_replies(request.user), pk=pk)
