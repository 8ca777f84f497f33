"""The page of the administration that shows what was sent by e-mail, and has it sent again."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from community.mail import backlog, mailroom, resending, totals
from community.mail.mailroom import LABELS, Wanted
from community.mail.resending import Choice
from community.models import LetterState
from community.permissions import may_send_again, may_send_again_several
from leaders.admin.base import Ledger
from leaders.models import Leader

PER_PAGE = 50
STATES = [
    ("", "All"),
    ("stranded", "Needs a look"),
    ("waiting", "On its way"),
    (LetterState.SENT, "Sent"),
    (LetterState.DEFERRED, "To be tried again"),
    (LetterState.BOUNCED, "The address was refused"),
    (LetterState.FAILED, "Given up"),
    (LetterState.AMBIGUOUS, "Unknown whether it was taken"),
    (LetterState.SKIPPED, "Not sent"),
]


class DayField(forms.DateField):
    """A day on which something may have been sent."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_validators = (
        MinValueValidator(date(2000, 1, 1), "Choose a day after 1999."),
        MaxValueValidator(date(2999, 12, 31), "Choose a day before 3000."),
    )


class WantedForm(forms.Form):
    """What to look for."""

    words = forms.CharField(label="Name or address", required=False, max_length=120)
    mailing = forms.ChoiceField(label="List", required=False, choices=[("", "All"), *LABELS.items()])
    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    day = DayField(label="Day", required=False)
    domain = forms.CharField(label="Mail domain", required=False, max_length=120)
    run = DayField(label="Digest of the day", required=False)
    why = forms.CharField(label="Words of the reason", required=False, max_length=300)


class MailAdmin(Ledger):
    """Both ledgers: what was sent to whom and when, and what was not and why; never what stood in it."""

    about = "What was sent to whom and when, why other e-mails were not, and sending them again."
    fields = ("leader", "period", "state", "item_count", "due_at", "tried_at", "sent_at", "attempts", "note")
    list_display = fields

    def get_urls(self):
        again = self.admin_site.admin_view(require_POST(self.again_view))
        several = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.several_view))
        return [
            path("<slug:mailing>/<int:pk>/again/", again, name="mail_again"),
            path("again/", several, name="mail_again_several"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = WantedForm(request.GET)
        wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
        page = Paginator(mailroom.listed(wanted), PER_PAGE).get_page(request.GET.get("p"))
        rows = [self._row(request, row) for row in mailroom.rows_of(page.object_list)]
        query = request.GET.copy()
        query.pop("p", None)
        context = {
            "title": "Mail",
            "form": form,
            "page": page,
            "rows": rows,
            "pages": page.paginator.get_elided_page_range(page.number),
            "query": query.urlencode(),
            "at_most": mailroom.AT_MOST,
            "stranded": mailroom.stranded(),
            "mailing": LABELS.get(wanted.mailing, ""),
            "chart": _chart(totals.by_day(wanted.mailing)),
            "runs": totals.by_run(),
            "reasons": backlog.reasons(),
            "places": backlog.by_domain(),
            "pace": settings.MAIL_PER_DOMAIN_AND_MINUTE,
            "may_send_again": any(row.again for row in rows),
            "all_of_these": form.is_valid() and wanted.state in resending.NARROW,
        }
        return self._page(request, "list", context, 200 if form.is_valid() else 422)

    def again_view(self, request, mailing: str, pk: int):
        row = mailroom.find(mailing, pk) if self.has_view_permission(request) else None
        if row is None:
            raise Http404
        sure = request.POST.get("sure") == "yes"
        asked = row.state != LetterState.AMBIGUOUS or sure
        if not asked and may_send_again(request.user, row, sure=True):
            context = {"title": "Send it again?", "row": row, "mailing": mailing, "back": _back(request)}
            return self._page(request, "again", context, 422)
        mailroom.send_again(row, by=request.user, sure=sure)
        self.log_change(request, row, "Sent again.")
        messages.success(request, f"{row}: it goes out within a minute, with what is new by then.")
        return redirect(f"{reverse('admin:community_mail_changelist')}?{_back(request)}")

    def several_view(self, request):
        if not self.has_view_permission(request) or not may_send_again_several(request.user):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        choice = _choice(asked)
        if request.method == "POST":
            return self._send_several(request, choice)
        return self._ask_several(request, choice)

    def _ask_several(self, request, choice: Choice, status: int = 200, changed: str = ""):
        context = {
            "title": "Send them again?",
            "plan": resending.plan(choice),
            "at_once": resending.AT_ONCE,
            "asked": _repeat(request),
            "back": _list_of(choice),
            "changed": changed,
        }
        return self._page(request, "several", context, status)

    def _send_several(self, request, choice: Choice):
        agreed = {
            "expected": _number(request.POST.get("expected")),
            "sure": request.POST.get("sure") == "yes",
        }
        try:
            with transaction.atomic():
                sent = resending.send_again(choice, by=request.user, **agreed)
                _log(request.user, sent)
        except resending.Changed as changed:
            return self._ask_several(request, choice, 422, str(changed))
        number = sum(map(len, sent.values()))
        words = "One e-mail goes" if number == 1 else f"{number:,} e-mails go"
        messages.success(request, f"{words} out within minutes, with what is new by then.")
        return redirect(f"{reverse('admin:community_mail_changelist')}?{_list_of(choice)}")

    def _row(self, request, row):
        row.again = row.may_go_again and request.user.has_perm("community.change_mail")
        row.label = f"Digest of {row.period}" if row.mailing == "digest" else LABELS[row.mailing]
        row.is_waiting = row.state in (LetterState.DUE, LetterState.DEFERRED)
        return row

    def _page(self, request, name: str, context: dict, status: int = 200) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/community/mail/{name}.html", context, status=status)


def _log(by: Leader, sent: Mapping[str, list[int]]) -> None:
    """An entry for each that is sent again, which names its reader."""
    for name, keys in sent.items():
        rows = mailroom.LEDGERS[name].model.objects.filter(pk__in=keys).select_related("leader")
        LogEntry.objects.log_actions(by.pk, rows, CHANGE, "Sent again, with others.")


def _back(request) -> str:
    """Where in the list somebody was; read anew, so that nothing but a query can be given."""
    return QueryDict(request.POST.get("back", "")[:500]).urlencode()


def _choice(asked: QueryDict) -> Choice:
    """What was ticked, or what the filter finds; nothing where neither can be read."""
    if "ticked" in asked:
        named = (name.partition("-")[::2] for name in asked.getlist("ticked")[: 2 * PER_PAGE])
        return Choice(tuple((mailing, int(pk)) for mailing, pk in named if _number(pk) is not None))
    form = WantedForm(asked)
    return Choice(wanted=Wanted(**form.cleaned_data)) if form.is_valid() else Choice()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _repeat(request) -> list[tuple[str, str]]:
    """The choice once more, as the fields of a form."""
    asked = request.POST if request.method == "POST" else request.GET
    kept = ["ticked", *WantedForm.base_fields]
    return [(name, value) for name in kept for value in asked.getlist(name)[: 2 * PER_PAGE] if value]


def _list_of(choice: Choice) -> str:
    """The query of the list that a choice came from."""
    wanted = {name: value for name, value in vars(choice.wanted or Wanted()).items() if value}
    return urlencode(wanted or {"state": "stranded"})


def _chart(days: list) -> dict:
    """The bars of a chart 100 high, each of three parts, and what they sum up to."""
    top = max((day.all for day in days), default=0) or 1
    bars = []
    for number, day in enumerate(days):
        parts, y = [], 100.0
        for kind, count in (
            ("sent", day.sent),
            ("rest", day.skipped + day.waiting),
            ("stranded", day.stranded),
        ):
            height = 100 * count / top
            y -= height
            parts.append({"kind": kind, "y": f"{y:.2f}", "height": f"{height:.2f}"})
        bars.append({"x": number * 10 + 1, "parts": [part for part in parts if part["height"] != "0.00"]})
    totals = {"sent": "sent", "skipped": "skipped", "waiting": "waiting", "stranded": "stranded"}
    sums = {name: sum(getattr(day, each) for day in days) for name, each in totals.items()}
    return {"days": days, "bars": bars, "top": top, "width": len(days) * 10, **sums}
