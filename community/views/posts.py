"""One post: its permalink, its edits, thanks for it, a bookmark on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from community import answers, bookmarks, differences, drafts, patients, permissions, posts, quotes, threads
from community.forms import EditForm, ThanksForm, references
from community.models import Bookmark, DraftKind, Post, Thread
from community.views import previews
from community.views.drafts import to_place, typed, with_asides
from community.views.threads import add_refusal, as_fragments, is_sure, status_of


@require_safe
def permalink(request, pk):
    """The page on which a post stands, whatever is hidden from whom."""
    return _to_post(get_object_or_404(_placed(request), pk=pk))


@require_safe
def quote(request, pk):
    """The Markdown that quotes a post, for a reply that is being written."""
    post = get_object_or_404(_posts(request).shown(), pk=pk)
    words = references.as_typed(quotes.of_post(post))
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form for a new text, and the new text; where it cannot be saved any more, it stays in the form."""
    post = _to_edit(request, pk)
    draft = drafts.found(request.user, DraftKind.EDIT, post.pk)
    begun = {"body": post.body, "version": draft.post_version or post.version, **draft.form}
    form = EditForm(typed(request) if request.method == "POST" else None, initial=begun)
    back = _posts(request).filter(pk=pk).first()
    context = {"post": post, "form": form, "back": back, **with_asides(draft)}
    if request.POST.get("preview"):
        return previews.show(request, "community/edit.html", context, post.thread.space, post)
    if form.is_valid():
        try:
            sure = is_sure(request)
            return _to_post(threads.edit(post, by=request.user, sure=sure, **form.cleaned_data))
        except PermissionDenied as refusal:
            add_refusal(form, "body", refusal)
            return render(request, "community/edit.html", context, status=status_of(refusal))
        except threads.Stale:
            return _both_texts(request, context)
    return render(request, "community/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def mark_answer(request, pk):
    """This reply answers the question."""
    post = get_object_or_404(_posts(request), pk=pk)
    answers.mark_answer(post, by=request.user)
    return _to_post(post)


@require_POST
def unmark_answer(request, pk):
    """This reply is not the answer after all."""
    post = get_object_or_404(_posts(request), pk=pk)
    answers.unmark_answer(post, by=request.user)
    return _to_post(post)


@require_POST
def withdraw(request, pk):
    """Take back what was just sent; its words are in the form again."""
    seen = Q(pk__in=_posts(request).values("pk")) | Q(withdrawn_at__isnull=False)
    post = get_object_or_404(Post.objects.filter(seen, author=request.user), pk=pk)
    draft = threads.withdraw(post, by=request.user)
    messages.success(request, "Taken back. No notice of it went out, and your words are a draft again.")
    return to_place(draft, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def thank(request, pk):
    """The form for a few words, and the thank-you."""
    post = get_object_or_404(_posts(request), pk=pk)
    permissions.require(permissions.may_thank(request.user, post))
    form = ThanksForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            posts.thank(post, by=request.user, words=form.cleaned_data["words"], sure=is_sure(request))
            return _changed(request, post)
        except patients.PatientDetails as question:
            add_refusal(form, "words", question)
    context = {"post": post, "form": form, "thanked": post.thanks.filter(by=request.user).exists()}
    context |= {"item": post, "back": post.thread.title, "undo": reverse("take_thanks_back", args=[pk])}
    page = "community/_thank.html" if request.htmx else "community/thank.html"
    answer = render(request, page, context, status=422 if form.is_bound else 200)
    return retarget(answer, f"#thanking-{pk}") if form.is_bound else answer


@require_POST
def take_thanks_back(request, pk):
    """Undo a thank-you."""
    post = get_object_or_404(_posts(request), pk=pk)
    posts.take_thanks_back(post, by=request.user)
    return _changed(request, post)


@require_POST
def bookmark(request, pk):
    """Keep a post for oneself."""
    post = get_object_or_404(_posts(request), pk=pk)
    post.bookmark = bookmarks.keep(post, by=request.user)
    return _marked(request, post)


@require_POST
def take_bookmark_back(request, pk):
    """Take one's bookmark from a post."""
    post = get_object_or_404(_posts(request), pk=pk)
    if mine := Bookmark.objects.visible_to(request.user).kept().filter(post=post).first():
        bookmarks.remove(mine)
    return _marked(request, post)


def _changed(request, post):
    """The post as it stands now: itself for an open page, else its place."""
    if not request.htmx:
        return _to_post(post)
    return as_fragments(request, post.thread, posts.as_seen([post], post.thread, viewer=request.user))


def _marked(request, post):
    """The button as it stands now for an open page, else the place of the post."""
    if not request.htmx:
        return _to_post(post)
    return render(request, "community/_bookmark_button.html", {"post": post})


def _posts(request):
    return Post.objects.visible_to(request.user).select_related("thread__space", "author", "edited_by")


def _to_edit(request, pk):
    """The post to edit. What its author sends is not lost though it was hidden or moved meanwhile."""
    if request.method == "POST" and (mine := Post.objects.filter(pk=pk, author=request.user).first()):
        return mine
    post = get_object_or_404(_posts(request), pk=pk)
    permissions.require(permissions.may_edit(request.user, post))
    return post


def _placed(request):
    """Posts of visible threads, hidden ones too: their place stays."""
    return Post.objects.filter(thread__in=Thread.objects.visible_to(request.user)).select_related("thread")


def _to_post(post):
    return redirect(f"{post.thread.get_absolute_url()}?page={post.page_number}#post-{post.number}")


def _both_texts(request, context):
    """Somebody saved meanwhile: both texts side by side, and the next save is on top of theirs."""
    post, sent = context["post"], context["form"].cleaned_data
    post.refresh_from_db()
    theirs, mine = references.as_typed(post.body), references.as_typed(sent["body"])
    context |= {
        "form": EditForm(initial={**sent, "version": post.version}),
        "theirs": theirs,
        "typed": mine,
        "difference_of_both": differences.between(theirs, mine),
    }
    return render(request, "community/edit.html", context, status=409)
