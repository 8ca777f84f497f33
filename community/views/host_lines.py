"""The line that a host writes for a space."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from community import host_lines, patients, permissions
from community.forms import HostLineForm
from community.models import HostLine, Space
from community.permissions import require
from community.views.threads import add_refusal, is_sure


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, slug):
    """The form, with the line that holds now."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    require(permissions.may_write_line(request.user, space))
    form = HostLineForm(request.POST or None)
    if form.is_valid():
        try:
            host_lines.write(space, by=request.user, sure=is_sure(request), **form.cleaned_data)
            messages.success(request, "Your line stands for a week.")
            return redirect(space)
        except patients.PatientDetails as question:
            add_refusal(form, "words", question)
    context = {"space": space, "form": form, "line": host_lines.of(space, request.user)}
    return render(request, "community/host_line.html", context, status=422 if form.is_bound else 200)


@require_POST
def end(request, slug):
    """Take the line away."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    require(permissions.may_moderate(request.user, space))
    line = get_object_or_404(HostLine.objects.visible_to(request.user), space=space)
    host_lines.end(line, by=request.user)
    messages.success(request, "The line is gone.")
    return redirect(space)
