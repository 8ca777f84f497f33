"""The history of a post, and what a moderator decides about one of its texts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from community import moderation, permissions, revisions
from community.forms import ReasonForm
from community.models import Post, Revision
from community.views.moderation import Act

ACTS = {
    "hide_revision": Act(
        "Hide this text",
        "Only the moderators of this space will still see it in the history of the post. The post stays.",
        "The text is hidden.",
    ),
    "restore_revision": Act(
        "Show this text again",
        "Everybody who can see the post will see it in its history again.",
        "The text is shown again.",
    ),
}


@require_safe
def history(request, pk):
    """Every text that a post has had, and what each edit changed."""
    post = get_object_or_404(
        Post.objects.visible_to(request.user).select_related("thread__space", "author", "edited_by"), pk=pk
    )
    number = _page_number(request, revisions.page_count(post))
    context = {
        "post": post,
        "texts": revisions.page(post, number, viewer=request.user),
        "page": number,
        "page_count": revisions.page_count(post),
        "may_decide": permissions.may_decide(request.user, post),
    }
    return render(request, "community/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk, version, verb):
    """The form that asks for the reason, and the decision about one former text."""
    found = Revision.objects.visible_to(request.user).select_related("post__thread__space", "editor")
    revision = get_object_or_404(found, post=pk, version=version)
    permissions.require(permissions.may_decide(request.user, revision.post))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            getattr(moderation, verb)(revision, by=request.user, **form.cleaned_data)
        except permissions.Conflict as refusal:
            form.add_error(None, str(refusal))
            return _ask(request, revision, verb, form, status=409)
        messages.success(request, ACTS[verb].done)
        return redirect(reverse("post_history", args=[pk]))
    return _ask(request, revision, verb, form, status=422 if form.is_bound else 200)


def _ask(request, revision, verb, form, status):
    context = {"revision": revision, "post": revision.post, "form": form, "verb": verb, "act": ACTS[verb]}
    context["words"] = revisions.words(revision, viewer=request.user)
    return render(request, "community/decide_revision.html", context, status=status)


def _page_number(request, last: int) -> int:
    try:
        return min(max(int(request.GET.get("page", 1)), 1), last)
    except ValueError:
        return 1
