"""The page of the administration that shows what was sent by e-mail, and has it sent again."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from community.mail import mailroom
from community.mail.mailroom import LABELS, Wanted
from community.models import LetterState
from community.permissions import may_send_again
from leaders.admin.base import Ledger

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


class WantedForm(forms.Form):
    """What to look for."""

    words = forms.CharField(label="Name or address", required=False, max_length=120)
    mailing = forms.ChoiceField(label="List", required=False, choices=[("", "All"), *LABELS.items()])
    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    day = forms.DateField(label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    domain = forms.CharField(label="Mail domain", required=False, max_length=120)


class MailAdmin(Ledger):
    """Both ledgers: what was sent to whom and when, and what was not and why; never what stood in it."""

    about = "What was sent to whom and when, why other e-mails were not, and sending them again."
    fields = ("leader", "period", "state", "item_count", "due_at", "tried_at", "sent_at", "attempts", "note")
    list_display = fields

    def get_urls(self):
        again = self.admin_site.admin_view(require_POST(self.again_view))
        return [path("<slug:mailing>/<int:pk>/again/", again, name="mail_again"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = WantedForm(request.GET)
        wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
        page = Paginator(mailroom.listed(wanted), PER_PAGE).get_page(request.GET.get("p"))
        query = request.GET.copy()
        query.pop("p", None)
        context = {
            "title": "Mail",
            "form": form,
            "page": page,
            "rows": [self._row(request, row) for row in mailroom.rows_of(page.object_list)],
            "pages": page.paginator.get_elided_page_range(page.number),
            "query": query.urlencode(),
            "at_most": mailroom.AT_MOST,
            "stranded": mailroom.stranded(),
            "mailing": LABELS.get(wanted.mailing, ""),
            "chart": _chart(mailroom.by_day(wanted.mailing)),
            "runs": mailroom.by_run(),
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

    def _row(self, request, row):
        row.again = row.may_go_again and request.user.has_perm("community.change_mail")
        row.label = f"Digest of {row.period}" if row.mailing == "digest" else LABELS[row.mailing]
        row.is_waiting = row.state in (LetterState.DUE, LetterState.DEFERRED)
        return row

    def _page(self, request, name: str, context: dict, status: int = 200) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/community/mail/{name}.html", context, status=status)


def _back(request) -> str:
    """Where in the list somebody was; read anew, so that nothing but a query can be given."""
    return QueryDict(request.POST.get("back", "")[:500]).urlencode()


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
