"""Actions on chosen rows that ask first: who is concerned, the details, the reason; then they do it."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.response import TemplateResponse

AT_MOST = 500
SENTENCES = 10


def ask_and_do(
    page: admin.ModelAdmin,
    request,
    rows,
    *,
    heading: str,
    form: type[forms.Form],
    do: Callable[..., str],
):
    """Show the rows and a form; once it is filled in, `do` each row and say what was done and what not."""
    if (number := rows.count()) > AT_MOST:
        sentence = f"{number:,} rows are chosen. Please choose at most {AT_MOST} at once."
        return page.message_user(request, sentence, messages.ERROR)
    filled = form(request.POST if "sure" in request.POST else None)
    if filled.is_valid():
        return _do_all(page, request, rows, lambda row: do(row, **filled.cleaned_data))
    return _ask(page, request, rows, heading, filled)


def _do_all(page, request, rows, do) -> None:
    done, refused = [], []
    with transaction.atomic():
        for row in rows.order_by("pk"):
            try:
                with transaction.atomic():
                    done.append((row, do(row)))
            except (PermissionDenied, ValidationError) as refusal:
                refused += getattr(refusal, "messages", [str(refusal)])
        for row, sentence in done:
            page.log_change(request, row, sentence)
    _tell(page, request, [f"{row}: {sentence}" for row, sentence in done], messages.SUCCESS)
    _tell(page, request, refused, messages.WARNING)


def _tell(page, request, sentences: list[str], level: int) -> None:
    for sentence in sentences[:SENTENCES]:
        page.message_user(request, sentence, level)
    if len(sentences) > SENTENCES:
        page.message_user(request, f"And {len(sentences) - SENTENCES} more in the same way.", level)


def _ask(page, request, rows, heading: str, form: forms.Form) -> TemplateResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": heading,
        "opts": page.model._meta,
        "rows": [page.label(row) for row in rows],
        "form": form,
        "media": page.media + form.media,
        "action": request.POST["action"],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "across": request.POST.get("select_across", "0"),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/ask_first.html", context, status=status)
