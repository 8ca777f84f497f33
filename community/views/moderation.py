"""What moderators do where the words stand: one address for each verb, which asks for the reason."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from community import moderation, permissions
from community.forms import MoveForm, ReasonForm
from community.models import Space, Thread
from community.views.reports import words_of


@dataclass(frozen=True)
class Act:
    """The words around a verb: the button, what will happen, and what has happened."""

    button: str
    meaning: str
    done: str


ACTS = {
    "hide": Act(
        "Hide this {noun}",
        "Only the moderators of this space will still see it. It is kept, and can be shown again.",
        "The {noun} is hidden.",
    ),
    "restore": Act(
        "Show this {noun} again", "Everybody in this space will see it again.", "The {noun} is shown again."
    ),
    "close": Act(
        "Close this thread", "It can still be read. Only moderators can reply.", "The thread is closed."
    ),
    "reopen": Act(
        "Open this thread again", "Everybody in this space can reply again.", "The thread is open again."
    ),
    "pin": Act("Pin this thread", "It will stand above all others in this space.", "The thread is pinned."),
    "unpin": Act(
        "Unpin this thread", "It will take its place among the others.", "The thread is no longer pinned."
    ),
    "move": Act(
        "Move this thread",
        "All its posts go with it. It can go only to where nobody reads it who could not before.",
        "The thread is moved.",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, model, verb, pk):
    """The form that asks for the reason, and the decision."""
    item = get_object_or_404(_items(request, model), pk=pk)
    permissions.require(_may(request.user, item, verb))
    form = _form(request, item, verb)
    if form.is_valid():
        try:
            getattr(moderation, verb)(item, by=request.user, **form.cleaned_data)
        except permissions.Conflict as refusal:
            form.add_error(None, str(refusal))
            return _ask(request, item, verb, form, status=409)
        messages.success(request, _done(verb, item))
        return redirect(item)
    return _ask(request, item, verb, form, status=422 if form.is_bound else 200)


def _items(request, model):
    """What one can decide about; also a thread merged meanwhile, to say so and keep the words."""
    visible = model.objects.visible_to(request.user)
    if model is Thread and request.method == "POST":
        return visible | Thread.objects.moderated_by(request.user)
    return visible


def _may(leader, item, verb):
    if verb in ("hide", "restore"):
        return permissions.may_decide(leader, item)
    return permissions.may_moderate(leader, item.space)


def _form(request, item, verb):
    data = request.POST if request.method == "POST" else None
    return MoveForm(data, spaces=_targets(request.user, item)) if verb == "move" else ReasonForm(data)


def _targets(leader, thread):
    """Where a thread can go."""
    others = Space.objects.visible_to(leader).exclude(pk=thread.space_id)
    return others.filter(pk__in=[space.pk for space in others if permissions.may_move(leader, thread, space)])


def _ask(request, item, verb, form, status):
    noun = _noun(item)
    context = {
        "item": item,
        "words": words_of(item, request.user),
        "form": form,
        "verb": verb,
        "noun": noun,
        "button": ACTS[verb].button.format(noun=noun),
        "meaning": ACTS[verb].meaning,
    }
    return render(request, "community/decide.html", context, status=status)


def _done(verb, item) -> str:
    sentence = ACTS[verb].done.format(noun=_noun(item))
    if verb == "move" and item.is_moving:
        return f"{sentence} Its older posts follow within minutes; until then nobody can write in it."
    return sentence


def _noun(item) -> str:
    return type(item).__name__.lower()
