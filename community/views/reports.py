"""Reporting a post, a message, the line of a host or a “well done” to those who moderate."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from community import decisions, moderation, permissions, posts
from community.forms import ReportForm
from community.models import Post, WellDone


@require_http_methods(["GET", "HEAD", "POST"])
def report(request, model, pk):
    """The form that asks what is wrong, and the report."""
    item = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    permissions.require(permissions.may_report(request.user, item))
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        flag = moderation.report(item, by=request.user, **form.cleaned_data)
        _thank(request, flag.case)
        return redirect(_back(item, request.user))
    context = {"item": item, "form": form, "noun": decisions.noun(item)}
    context |= {"words": words_of(item, request.user), "back": _back(item, request.user)}
    return render(request, "community/report.html", context, status=422 if form.is_bound else 200)


def _back(item, viewer) -> str:
    """Where somebody saw what they report."""
    seen_in_list = isinstance(item, WellDone) and item.to_id == viewer.pk
    return reverse("well_done") if seen_in_list else item.get_absolute_url()


def _thank(request, case) -> None:
    """Say who will read it; of a conversation nobody else is told when there is nobody who may."""
    if case.space or case.deciders().exists():
        whose = "The moderators of this space" if case.space else "Faculty moderators"
        messages.success(request, f"Thank you. {whose} will read it and tell you.")
    else:
        advice = f"Please write to {settings.CONTACT_EMAIL} as well."
        messages.warning(request, f"Thank you. There is no faculty moderator who may read it now. {advice}")


def words_of(item, viewer) -> str:
    """The HTML of a post or message, its quotes with the rights of the viewer; nothing for a thread."""
    if isinstance(item, Post):
        return posts.as_seen([item], item.thread, viewer=viewer)[0].html
    return getattr(item, "body_html", "")
