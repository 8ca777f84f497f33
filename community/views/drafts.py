"""What one has typed and not sent: the list, one draft, and the door through which forms save."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from community import differences, draft_places, drafts, permissions
from community.forms import DraftForm, SettleForm, references
from community.models import Draft
from community.uploads import attachments

DRAFTS_PER_PAGE = 20


@require_safe
def all_drafts(request):
    """Every draft of mine, and what I discarded since yesterday."""
    mine = drafts.listed(request.user)
    page = Paginator(mine.kept(), DRAFTS_PER_PAGE).get_page(request.GET.get("page"))
    discarded = mine.exclude(discarded_at=None)[:DRAFTS_PER_PAGE]
    context = {
        "page": page,
        "drafts": draft_places.placed(list(page.object_list), viewer=request.user),
        "discarded": draft_places.placed(list(discarded), viewer=request.user),
        "days": drafts.DAYS_KEPT,
    }
    return render(request, "community/drafts.html", context)


@require_safe
def draft(request, kind, target):
    """One draft, whole, to go on with or to copy."""
    return _show(request, _mine(request, kind, target))


@require_POST
def save(request, kind, target):
    """Keep a form as it stands; scripts are answered in JSON, buttons with a page."""
    target = _open_place(request, kind, target)
    form = DraftForm(typed(request), leader=request.user)
    if not form.is_valid():
        reason = next(error for errors in form.errors.values() for error in errors)
        return _refuse(request, kind, target, reason, 422)
    try:
        kept = drafts.save(kind, target, by=request.user, **_saving(form.cleaned_data))
    except drafts.AlreadySent:
        return _saved(request, Draft(leader=request.user, kind=kind, target=target), sent=True)
    except drafts.Overwritten as news:
        return _tell(request, news)
    except PermissionDenied as refusal:
        status = 429 if isinstance(refusal, permissions.TooOften) else 403
        return _refuse(request, kind, target, str(refusal), status)
    return _saved(request, kept)


@require_POST
def settle(request, kind, target):
    """Choose between two texts of one draft."""
    found = _mine(request, kind, target)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, reason="Choose which text to keep.")
    return to_place(drafts.settle(found, by=request.user, **form.cleaned_data), request.user)


@require_POST
def discard(request, kind, target):
    """Put a draft aside; the list offers to bring it back."""
    drafts.discard(_mine(request, kind, target), by=request.user)
    messages.success(request, "Your draft is discarded. You can bring it back until tomorrow.")
    return redirect("drafts")


@require_POST
def bring_back(request, kind, target):
    """Undo discarding."""
    drafts.bring_back(_mine(request, kind, target), by=request.user)
    messages.success(request, "Your draft is back.")
    return redirect("drafts")


def typed(request) -> dict:
    """What a form holds, with its words as they are stored: files stand in fields by their marks."""
    words = attachments.written_out(request.POST.get("body", ""), by=request.user)
    return {**request.POST.dict(), "body": words}


def _mine(request, kind, target) -> Draft:
    return get_object_or_404(Draft.objects.visible_to(request.user), kind=kind, target=target)


def _open_place(request, kind, target) -> int:
    """Where the words belong, also after a merge; the same 404 for nothing and for what one may not see."""
    if permissions.may_draft(request.user, kind, target):
        return target
    target = draft_places.after_merges(kind, target)
    if not permissions.may_draft(request.user, kind, target):
        raise Http404
    return target


def _saving(typed: dict) -> dict:
    words = drafts.Words(body=typed["body"], title=typed["title"], thread_kind=typed["kind"])
    counts = {"base": typed["base"] or 0, "turn": typed["turn"] or 0, "post_version": typed["version"]}
    return {"words": words, "uuid": typed["uuid"] or uuid.uuid4(), **counts}


def _is_script(request) -> bool:
    return "quiet" in request.POST or request.headers.get("Accept", "").startswith("application/json")


def _saved(request, kept: Draft, sent: bool = False):
    if _is_script(request):
        at = f"{timezone.localtime(kept.saved_at):%H:%M}"
        return JsonResponse({"version": kept.version, "saved": at, "sent": sent})
    if kept.pk:
        messages.success(request, "Your draft is saved.")
    return to_place(kept, request.user)


def _tell(request, news: drafts.Overwritten):
    if not _is_script(request):
        return _show(request, news.draft, status=409, reason=str(news))
    html = render_to_string("community/_two_texts.html", with_asides(news.draft), request)
    return JsonResponse({"reason": str(news), "html": html}, status=409)


def _refuse(request, kind, target, reason: str, status: int):
    if _is_script(request):
        return JsonResponse({"reason": reason}, status=status)
    kept = drafts.found(request.user, kind, target)
    return _show(request, kept, status=status, reason=reason, typed=request.POST.get("body", ""))


def _show(request, found: Draft, status: int = 200, **context):
    draft_places.placed([found], viewer=request.user)
    context = {**with_asides(found), **context}
    return render(request, "community/draft.html", context, status=status)


def to_place(kept: Draft, leader):
    """Where one goes on with a draft; or the draft itself, where that is not possible at present."""
    place = draft_places.placed([kept], viewer=leader)[0].place
    if place.is_open or not kept.pk:
        return redirect(place.href or "drafts")
    return redirect(kept)


def with_asides(found: Draft) -> dict:
    """A draft for a page, and the texts that wait beside it, each with the difference word by word."""
    waiting = list(found.asides.all()) if found.pk else []
    for aside in waiting:
        aside.typed = references.as_typed(aside.body)
        aside.difference = differences.between(references.as_typed(found.body), aside.typed)
    found.typed = references.as_typed(found.body)
    return {"draft": found, "asides": waiting}
