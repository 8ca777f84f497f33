"""What words would become if they were sent from where they are typed."""

import re

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from community import composing, pace, permissions
from community.forms import PreviewForm
from community.models import Post, Space, Thread
from community.views.drafts import typed

AT_MOST = 60  # in a minute


@require_POST
def preview(request):
    """The words as they would stand in a space, in a thread, or in place of a post."""
    space, post = _place(request)
    html, refusal, status = _compose(request, space, post)
    if refusal:
        return render(request, "community/_refusal.html", {"refusal": refusal}, status=status)
    return HttpResponse(html)


def show(request, template, context, space, post=None):
    """The whole page again with the preview below what was typed, for browsers without JavaScript."""
    html, refusal, status = _compose(request, space, post)
    if refusal:
        form = context["form"]
        form.errors.clear()
        form.add_error("body", refusal)
        return render(request, template, context, status=status)
    form = type(context["form"])(initial=typed(request))
    return render(request, template, {**context, "form": form, "preview": html})


def _place(request) -> tuple[Space, Post | None]:
    """Where the words would stand, which the address names by a number, if one may write there."""
    match [(name, request.GET[name]) for name in ("space", "thread", "post") if name in request.GET]:
        case [(name, number)] if re.fullmatch(r"[0-9]{1,18}", number):
            return _PLACES[name](request.user, int(number))
    raise Http404


def _in_space(leader, pk):
    space = get_object_or_404(Space.objects.visible_to(leader), pk=pk)
    permissions.require(permissions.may_start(leader, space))
    return space, None


def _in_thread(leader, pk):
    thread = get_object_or_404(Thread.objects.visible_to(leader).select_related("space"), pk=pk)
    permissions.require(permissions.may_reply(leader, thread))
    return thread.space, None


def _in_post(leader, pk):
    post = get_object_or_404(Post.objects.visible_to(leader).select_related("thread__space"), pk=pk)
    permissions.require(permissions.may_edit(leader, post))
    return post.thread.space, post


_PLACES = {"space": _in_space, "thread": _in_thread, "post": _in_post}


def _compose(request, space, post) -> tuple[str, str, int]:
    """The HTML; or else the sentence that refuses the words, and its status."""
    form = PreviewForm(typed(request))
    if not form.is_valid():
        return "", form.errors["body"][0], 422
    try:
        pace.keep("preview", request.user, at_most=AT_MOST)
        if post:  # what was typed for an edit comes here even when its author can see the post no longer
            permissions.require(permissions.may_edit(request.user, post))
        words = form.cleaned_data["body"]
        return composing.preview(words, by=request.user, space=space, post=post), "", 200
    except PermissionDenied as refusal:
        return "", str(refusal), 429 if isinstance(refusal, permissions.TooOften) else 422
