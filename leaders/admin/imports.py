from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from leaders import imports
from leaders.admin.base import Ledger
from leaders.admin.forms import UploadLeaders
from leaders.models import LeaderImport
from leaders.permissions import may_enrol


@admin.register(LeaderImport)
class LeaderImportAdmin(Ledger):
    """Two steps: a file is uploaded and compared; then somebody says yes."""

    about = "Leaders from a CSV file: compared first, written when you confirm."
    list_display = ("file_name", "by", "at", "done_at", "added", "changed", "left_out")
    list_select_related = ("by",)
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return bool(may_enrol(request.user))

    def has_view_permission(self, request, obj=None):
        return bool(may_enrol(request.user))

    def has_module_permission(self, request):
        return bool(may_enrol(request.user))

    def get_urls(self):
        confirm = self.admin_site.admin_view(require_POST(self.confirm_view))
        return [path("<int:pk>/confirm/", confirm, name="confirm_import"), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        self._check(request)
        form = UploadLeaders(request.POST, request.FILES) if request.method == "POST" else UploadLeaders()
        if form.is_valid():
            try:
                draft = self._upload(request, form.cleaned_data["file"])
                return redirect("admin:leaders_leaderimport_change", draft.pk)
            except ValidationError as complaint:
                form.add_error("file", complaint)
        context = {"title": "Import leaders from a CSV file", "form": form, "columns": imports.COLUMNS}
        return self._page(request, "upload", context, 422 if form.is_bound else 200)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        self._check(request)
        draft = self.get_object(request, object_id)
        if draft is None:
            raise Http404
        context = {"title": f"Import of {draft.file_name}", "draft": draft}
        if draft.done_at is None:
            plan = imports.compare(draft, by=request.user)
            context |= {outcome: plan.of(outcome) for outcome in imports.OUTCOMES} | {"plan": plan}
        return self._page(request, "plan", context)

    def confirm_view(self, request, pk: int):
        self._check(request)
        draft = get_object_or_404(LeaderImport, pk=pk)
        try:
            done = imports.carry_out(draft, by=request.user, fingerprint=request.POST.get("fingerprint", ""))
        except IntegrityError:
            done = None
        if done is None:
            sentence = "Nothing was written: something changed in the meantime. Please look again."
            self.message_user(request, sentence, messages.ERROR)
        else:
            self._tell(request, done)
        return redirect("admin:leaders_leaderimport_change", pk)

    def _upload(self, request, file) -> LeaderImport:
        return imports.upload(file.read(), file_name=file.name, by=request.user)

    def _tell(self, request, done: LeaderImport) -> None:
        sentence = f"Carried out. Added: {done.added}. Changed: {done.changed}. Left out: {done.left_out}."
        self.log_change(request, done, sentence)
        self.message_user(request, sentence, messages.SUCCESS)

    def _check(self, request) -> None:
        if not (verdict := may_enrol(request.user)):
            raise PermissionDenied(verdict.reason)

    def _page(self, request, name: str, context: dict, status: int = 200) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/leaders/leaderimport/{name}.html", context, status=status)
