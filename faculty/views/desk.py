"""The moderators' desk: what waits, one case, one request, and the log."""

from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import members, moderation, permissions, posts
from community.forms import ReasonForm
from community.models import Case, Space
from community.rooms.messages import html_at, kept_html
from community.telling import visits
from faculty import desk
from faculty.forms import AnswerForm, CaseForm

AT_MOST = 50


def at_the_desk(view):
    """Only for those who moderate a space."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        permissions.require(permissions.may_open_desk(request.user))
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@at_the_desk
def work(request):
    """Everything that waits for this moderator."""
    firsts, new_firsts = desk.split_late(desk.unanswered(request.user)[:AT_MOST])
    context = {
        "cases": _named(desk.queue(request.user)[:AT_MOST]),
        "firsts": firsts,
        "new_firsts": new_firsts,
        "requests": desk.requests(request.user)[:AT_MOST],
        "suspensions": desk.suspensions(request.user)[:AT_MOST],
        "moves": desk.moves(request.user)[:AT_MOST],
    }
    return render(request, "faculty/desk.html", context)


@require_safe
@at_the_desk
def case(request, pk):
    """One case: the item as it stands, who reported it and why, and what can be decided."""
    found = _case(request, pk)
    return _show(request, found, CaseForm(verbs=_verbs(request.user, found)))


@require_POST
@at_the_desk
def take(request, pk):
    """Take a case, so that the others know."""
    found = _case(request, pk)
    try:
        moderation.assign(found, by=request.user)
    except permissions.Conflict as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk_case", pk)


@require_POST
@at_the_desk
def decide(request, pk):
    """A decision about the item of a case, or about its author."""
    found = _case(request, pk)
    form = CaseForm(request.POST, verbs=_verbs(request.user, found))
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        decision = _decide(request.user, found, form.cleaned_data)
    except permissions.Conflict as refusal:
        form.add_error(None, str(refusal))
        return _show(request, _case(request, pk), form, status=409)
    messages.success(request, f"{decision.get_verb_display()}: {desk.subject(found)}.")
    return redirect("desk")


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk
def join_request(request, pk):
    """One request to join, and the answer to it."""
    asked = get_object_or_404(desk.requests(request.user), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = members.admit if form.cleaned_data["verb"] == "admit" else members.decline
        try:
            decision = answer(asked, by=request.user, reason=form.cleaned_data["reason"])
        except permissions.Conflict as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, f"{decision.get_verb_display()}: {asked.leader}, {asked.space}.")
        return redirect("desk")
    context = {"asked": asked, "form": form}
    return render(request, "faculty/join_request.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk
def lift(request, handle):
    """End a suspension before its time."""
    decision = get_object_or_404(desk.suspensions(request.user), leader__handle=handle)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        members.lift(decision.leader, by=request.user, space=decision.space, **form.cleaned_data)
        messages.success(request, f"{decision.leader} can come in again.")
        return redirect("desk")
    context = {"decision": decision, "form": form}
    return render(request, "faculty/lift.html", context, status=422 if form.is_bound else 200)


@require_safe
@at_the_desk
def log(request):
    """What was decided, the latest first."""
    spaces, chosen = _chosen_space(request)
    page = Paginator(desk.log(request.user, chosen), AT_MOST).get_page(request.GET.get("page"))
    cases = Case.objects.visible_to(request.user).filter(decisions__in=[decision.pk for decision in page])
    seen = set(cases.values_list("pk", flat=True))
    for decision in page:
        decision.subject, decision.address = desk.subject(decision), desk.address(decision)
        decision.why = desk.why(decision)
        decision.shows_case = decision.case_id in seen
    return render(request, "faculty/log.html", {"page": page, "spaces": spaces, "chosen": chosen})


@require_safe
@at_the_desk
def register(request):
    """The log as a file."""
    _, chosen = _chosen_space(request)
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="decisions.csv"', "Cache-Control": "no-store"},
    )
    desk.write_register(desk.log(request.user, chosen).iterator(), answer)
    return answer


def _case(request, pk) -> Case:
    items = ("post__thread", "message__room", "line__space", "well_done__to", "well_done__by")
    cases = Case.objects.visible_to(request.user).select_related("space", "about", *items)
    return get_object_or_404(cases, pk=pk)


def _verbs(leader, found) -> list[tuple[str, str]]:
    """What can be decided about a case as it stands."""
    item, author = found.item, found.item.author
    verbs = [("restore", "Show it again")] if item.is_hidden else [("hide", "Hide it")]
    if found.is_open:
        verbs.append(("dismiss", "Let it stand: no action is needed"))
    if author and not author.is_suspended and permissions.may_suspend(leader, author, found.space):
        verbs.append(("suspend", f"Suspend {author}"))
    return verbs


def _decide(leader, found, typed):
    why = {"by": leader, "reason": typed["reason"]}
    match typed["verb"]:
        case "hide" | "restore" as verb:
            return getattr(moderation, verb)(found.item, **why)
        case "dismiss":
            return moderation.dismiss(found, **why)
        case "suspend":
            return members.suspend(
                found.item.author, space=found.space, until=typed["until"], case=found, **why
            )


def _show(request, found, form, status=200):
    context = {
        "case": found,
        "subject": desk.subject(found),
        "item": found.item,
        "around": _around(request.user, found),
        "reports": found.reports.select_related("by"),
        "history": desk.history(found),
        "form": form,
        "visits": visits.of_case(request.user, found),
        "may_take": found.is_open and found.assignee_id != request.user.pk,
    }
    return render(request, "faculty/case.html", context, status=status)


def _around(leader, found):
    words = desk.around(found)
    if found.post_id:
        return posts.as_seen(words, found.post.thread, viewer=leader)
    for message in words:
        if found.well_done_id:
            message.html = message.body_html
        elif message.pk == found.message_id:
            message.html = kept_html(message)
        else:
            message.html = message.body_html if found.space else html_at(message, found.opened_at)
    return words


def _named(cases):
    for found in cases:
        found.subject = desk.subject(found)
    return cases


def _chosen_space(request):
    """The spaces that one moderates, and the one that the address names, if it is among them."""
    spaces = list(Space.objects.moderated_by(request.user))
    return spaces, next((space for space in spaces if space.slug == request.GET.get("space")), None)
