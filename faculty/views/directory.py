"""The public pages of the faculty."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faculty.models import FacultyMember


@require_safe
@login_not_required
def faculty(request):
    """Everybody in the directory, in its order."""
    return render(request, "faculty/directory.html", {"members": FacultyMember.objects.published()})


@require_safe
@login_not_required
def faculty_member(request, slug):
    """One entry."""
    member = get_object_or_404(FacultyMember.objects.published(), slug=slug)
    return render(request, "faculty/member.html", {"member": member})


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def faculty_photo(request, slug):
    """The photo of one entry."""
    member = get_object_or_404(FacultyMember.objects.published().exclude(photo=""), slug=slug)
    try:
        picture = member.photo.open()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(picture, content_type="image/webp", filename=f"{member.slug}.webp")
