"""What I am told of, where, and when."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from community import permissions, transfers
from community.forms import NoticesForm
from community.models import Thread
from community.models.channels import OF_WHAT, chosen_in_words
from community.models.notices import FOR_MODERATORS
from community.telling import notices
from leaders import preferences
from leaders.mail_forms import MailForm
from leaders.models import MailPreferences
from leaders.views.mail import nothing_to_stop

KINDS = {kind: words for kind, words in OF_WHAT.items() if kind not in FOR_MODERATORS}


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request):
    """The digest, and each kind of notice."""
    mine = MailPreferences.objects.filter(leader=request.user).first() or MailPreferences(leader=request.user)
    digest = MailForm(request.POST or None, mine=mine)
    moderates = bool(permissions.may_open_desk(request.user))
    kinds = NoticesForm(request.POST or None, mine=mine, moderates=moderates)
    if digest.is_valid() and kinds.is_valid():
        when = digest.cleaned_data
        choice, zone = when.pop("digest"), when.pop("time_zone")
        preferences.live_in(request.user, zone or request.user.time_zone)
        preferences.choose_digest(request.user, choice, source="settings", **when)
        preferences.choose_notices(request.user, kinds.cleaned_data["notices"], source="settings")
        notices.choose(request.user, kinds.channels)
        messages.success(request, "Your choice is saved.")
        return redirect("settings_mail")
    context = {"form": digest, "kinds": kinds, "next_digest": mine.next_digest}
    latest = request.user.consents.order_by("kind", "-at", "-pk").distinct("kind")
    context["consents"] = [(chosen_in_words(consent), consent) for consent in latest]
    status = 422 if digest.is_bound else 200
    return render(request, "community/settings_mail.html", context, status=status)


@require_POST
def slower(request):
    """The answer to the offer of fewer digests; it is asked once."""
    mine = preferences.of(request.user)
    if request.POST.get("answer") == "slower":
        preferences.slow_down(mine, source="settings")
        messages.success(request, "The digest comes less often from now on.")
    else:
        preferences.keep_pace(mine)
        messages.success(request, "The digest comes as before.")
    return redirect("settings_mail")


@csrf_exempt  # From a letter, without cookies: the token is the proof.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def less(request, token):
    """Turning e-mails off without signing in. It shows nothing that was chosen, and turns nothing on."""
    if not (mine := preferences.find_less(token)):
        return nothing_to_stop(request)
    done = ""
    if request.method == "POST" and not (done := _turn_off(mine, request.POST.get("what", ""))):
        return HttpResponseBadRequest("Choose one of the buttons on the page.")
    return render(request, "community/less_mail.html", {"kinds": KINDS, "done": done})


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mute_by_letter(request, token):
    """One button that silences the thread of a letter. Neither its title nor whose it is stands there."""
    mine, pk = preferences.find_mute(token) or (None, None)
    if not (told := Thread.objects.filter(pk=pk).first()):
        return nothing_to_stop(request)
    thread = transfers.place_of(told, 1).thread
    if request.method == "POST":
        notices.mute(thread, by=mine.leader)
    return render(request, "community/mute_by_letter.html", {"done": request.method == "POST"})


def _turn_off(mine: MailPreferences, what: str) -> str:
    """Turn one thing off; the sentence that says so, or nothing where there is no such thing."""
    if what in preferences.MAILINGS:
        preferences.unsubscribe(mine, what)
        return "Done. You get no more of these."
    if what == "slower":
        preferences.slow_down(mine, source=preferences.BY_LETTER)
        return "Done. The digest comes once a week at most."
    if what in KINDS:
        notices.keep_off_mail(mine.leader, what, source=preferences.BY_LETTER)
        return "Done. These are no longer e-mailed to you. They still stand on the site."
    return ""
