"""Reading a thread, starting one, replying, following."""

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form, model_to_dict
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import (
    drafts,
    pace,
    patients,
    permissions,
    posts,
    quotes,
    reading,
    replying,
    threads,
    transfers,
)
from community.finding import similar
from community.forms import ReplyForm, SeenForm, ThreadForm, TitleForm
from community.models import POSTS_PER_PAGE, THREAD_LEVELS, DraftKind, Post, Space, Thread
from community.telling import visits
from community.transfers import Place
from community.views import previews
from community.views.drafts import typed, with_asides

SIMILAR_PER_MINUTE = 60


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, slug):
    """The form for a new thread, and the new thread."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    permissions.require(permissions.may_start(request.user, space))
    draft = drafts.found(request.user, DraftKind.THREAD, space.pk)
    form = ThreadForm(typed(request) if request.method == "POST" else None, initial=draft.form)
    resembling = partial(similar.find, request.POST.get("title", ""), by=request.user, space=space)
    context = {"space": space, "form": form, "similar": resembling, **with_asides(draft)}
    if request.POST.get("preview"):
        return previews.show(request, "community/start.html", context, space)
    if form.is_valid():
        try:
            said = {"sure": is_sure(request), "once": _is_once(request), **form.cleaned_data}
            return redirect(threads.start(space, by=request.user, **said))
        except (permissions.Unfit, permissions.TooOften, replying.SaidAlready) as refusal:
            add_refusal(form, "body", refusal)
            return render(request, "community/start.html", context, status=status_of(refusal))
    return render(request, "community/start.html", context, status=422 if form.is_bound else 200)


@require_safe
def similar_threads(request, slug):
    """Threads like the one whose title is being typed."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    permissions.require(permissions.may_start(request.user, space))
    pace.keep("similar", request.user, at_most=SIMILAR_PER_MINUTE)
    found = similar.find(request.GET.get("title", ""), by=request.user, space=space)
    return render(request, "community/_similar.html", {"similar": found, "said": True})


@require_safe
def thread(request, pk, slug=""):
    """A page of a thread; without a page number, the one with the first unread post."""
    found = reading.seen(request.user, pk)
    if found is None:
        return redirect(_merged(request, pk).address)
    if slug != found.slug:
        return redirect(_with_query(request, found))
    if "page" not in request.GET and found.is_marked:
        number = found.first_unread or max(found.last_number, 1)
        return redirect(f"{found.get_absolute_url()}?page={page_of(number)}#post-{number}")
    draft = drafts.found(request.user, DraftKind.REPLY, found.pk, may_be=found.has_draft)
    form = ReplyForm(initial={"seen": found.last_number, **_with_quote(request, found, draft.form)})
    return _show(request, found, form, draft=draft)


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request, pk):
    """The form for another title or kind, and the change."""
    found = _thread(request, pk)
    permissions.require(permissions.may_rename(request.user, found))
    form = TitleForm(request.POST if request.method == "POST" else None, initial=model_to_dict(found))
    if form.is_valid():
        try:
            sure = is_sure(request)
            return redirect(threads.rename(found, by=request.user, sure=sure, **form.cleaned_data))
        except PermissionDenied as refusal:
            add_refusal(form, "title", refusal)
            return _rename_page(request, found, form, status_of(refusal))
    return _rename_page(request, found, form, 422 if form.is_bound else 200)


@require_POST
def reply(request, pk):
    """A new post in a thread; what was meant for one that was merged meanwhile is kept."""
    form = ReplyForm(typed(request))
    if request.POST.get("preview") or not form.is_valid():
        return _show_unsent(request, pk, form)
    try:
        # What may be seen and done there is asked once, while the thread is held.
        said = {"sure": is_sure(request), "once": _is_once(request), **form.cleaned_data}
        post = threads.reply(Thread.of(pk), by=request.user, **said)
    except (Thread.DoesNotExist, permissions.Unseen, threads.Merged):
        return _show_merged(request, pk)
    except PermissionDenied as refusal:
        add_refusal(form, "body", refusal)
        number = page_of(refusal.number) if isinstance(refusal, replying.SaidAlready) else None
        return _show(request, _thread(request, pk), form, status=status_of(refusal), number=number)
    except threads.Overtaken as news:
        found = _thread(request, pk)
        form = ReplyForm({**typed(request), "seen": found.last_number})
        form.add_error("body", ValidationError(str(news), code="look"))
        return _show(request, found, form, status=409, number=page_of(news.first), came=news.first)
    where = post.thread if post.thread_id == pk else _thread(request, post.thread_id)
    return HttpResponseRedirect(where.address_of(post.number))


@require_safe
def fragments(request, pk):
    """The fragments of the posts after a number, or of one post, for an open page; 410 once it is merged."""
    found = reading.seen(request.user, pk)
    if found is None:
        return HttpResponse(_merged(request, pk).address, status=410, content_type="text/plain")
    form = SeenForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=422)
    numbers = (
        form.cleaned_data["first"],
        min(form.cleaned_data["last"], form.cleaned_data["first"] + POSTS_PER_PAGE - 1),
    )
    return as_fragments(request, found, posts.between(found, *numbers, viewer=request.user))


@require_POST
def seen(request, pk):
    """These posts were on the screen."""
    found = _thread(request, pk)
    form = SeenForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    reading.mark_read(found, by=request.user, first=first, last=last, seen_at=form.seen_at())
    return HttpResponse(status=204)


@require_POST
def mark_unread(request, pk, number):
    """Everything from this post on is new again."""
    found = _thread(request, pk)
    reading.mark_unread(found, by=request.user, number=number)
    return redirect(found.space)


def as_fragments(request, found, seen):
    """Posts of a thread, dressed for whoever looks, as its open pages take them in."""
    context = {"posts": seen, **_rights(request, found)}
    return render(request, "community/_posts.html", context)


def page_of(number: int) -> int:
    """The page on which the post with this number stands."""
    return (number - 1) // POSTS_PER_PAGE + 1


def status_of(refusal: PermissionDenied) -> int:
    """The HTTP status that says the same as the sentence of a refusal."""
    if isinstance(refusal, permissions.Unfit):
        return 422
    if isinstance(refusal, permissions.Conflict):
        return 409
    return 429 if isinstance(refusal, permissions.TooOften) else 403


def is_sure(request) -> bool:
    """Whether somebody who was asked said that nothing in their words is a patient's."""
    return "sure" in request.POST


def _is_once(request) -> bool:
    """Whether a form without scripts may hold words that were sent, which nobody means to send again."""
    return "plain" in request.POST and "again" not in request.POST


def add_refusal(form: Form, field: str, refusal: PermissionDenied) -> None:
    """Say beside a field why it was refused; where it was only asked about, the form offers to go on."""
    if isinstance(refusal, patients.PatientDetails):
        form.add_error(field, ValidationError(refusal.in_full, code="patient"))
    elif isinstance(refusal, replying.SaidAlready):
        form.add_error(field, ValidationError(str(refusal), code="again"))
    else:
        form.add_error(field, str(refusal))


def _thread(request, pk) -> Thread:
    if found := reading.seen(request.user, pk):
        return found
    raise Http404


def _merged(request, pk) -> Place:
    """Where the posts of a thread that was merged are now, for those who can see it there."""
    gone = get_object_or_404(Thread, pk=pk, merged_into__isnull=False)
    page = request.GET.get("page", "")[:7]
    number = (int(page) - 1) * POSTS_PER_PAGE + 1 if page.isascii() and page.isdecimal() and int(page) else 1
    place = transfers.place_of(gone, number)
    return Place(_thread(request, place.thread.pk), place.number)


def _show_unsent(request, pk, form):
    """A reply that is not sent yet: looked at first, or not fit to be sent."""
    found = reading.seen(request.user, pk)
    if found is None:
        return _show_merged(request, pk)
    if request.POST.get("preview"):
        context = _context(request, found, form)
        return previews.show(request, "community/thread.html", context, found.space)
    return _show(request, found, form, status=422)


def _show_merged(request, pk):
    """The thread that another became part of, with what was meant for that one."""
    found = _merged(request, pk).thread
    form = ReplyForm({**typed(request), "seen": found.last_number})
    form.add_error("body", str(threads.Merged()))
    return _show(request, found, form, status=409, number=found.page_count)


def _with_query(request, found) -> str:
    query = request.META["QUERY_STRING"]
    return f"{found.get_absolute_url()}?{query}" if query else found.get_absolute_url()


def _page_number(request, found) -> int:
    try:
        return min(max(int(request.GET.get("page", 1)), 1), found.page_count)
    except ValueError:
        return 1


def _rights(request, found) -> dict:
    return {
        "thread": found,
        "may_reply": permissions.may_reply(request.user, found),
        "may_moderate": permissions.may_moderate(request.user, found.space),
        "may_choose_answer": found.is_question and permissions.may_choose_answer(request.user, found),
    }


def _rename_page(request, found, form, status):
    former = found.former_titles.select_related("by")
    may_moderate = permissions.may_moderate(request.user, found.space)
    context = {"thread": found, "form": form, "former": former if may_moderate else []}
    return render(request, "community/rename.html", context, status=status)


def _context(request, found, form, number=None, draft=None) -> dict:
    draft = draft or drafts.found(request.user, DraftKind.REPLY, found.pk)
    number = number or _page_number(request, found)
    return {
        **_rights(request, found),
        "space": found.space,
        "answer": posts.answer_of(found),
        "may_rename": permissions.may_rename(request.user, found),
        "posts": posts.page(found, number, viewer=request.user),
        "page": number,
        "form": form,
        "levels": THREAD_LEVELS,
        "mark": (found.first_unread or found.last_number + 1) - 1,
        "unread": found.unread,
        "visits": visits.of_thread(request.user, found),
        **with_asides(draft),
    }


def _show(request, found, form, status=200, number=None, draft=None, **more):
    context = {**_context(request, found, form, number, draft), **more}
    return render(request, "community/thread.html", context, status=status)


def _with_quote(request, found, begun: dict) -> dict:
    """What the reply begins with when one pressed “Quote”: below what one had typed already."""
    number = request.GET.get("quote", "")[:9]
    if not number.isdecimal():
        return begun
    post = Post.objects.visible_to(request.user).shown().filter(thread=found, number=int(number)).first()
    texts = [begun.get("body", ""), quotes.of_post(post) if post else ""]
    return {**begun, "body": "\n\n".join(text for text in texts if text)}
