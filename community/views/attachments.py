"""Files for posts: sending one, handing one out, taking one back."""

from itertools import chain

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community import permissions
from community.forms import UploadForm
from community.models import Attachment, Space, SpaceKind
from community.uploads import attachments
from community.uploads.documents import TYPES

IMAGE_TYPE = "image/webp"
LISTED_AT_MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request, slug):
    """The page for sending a file, and the file; a script is answered in JSON."""
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    permissions.require(permissions.may_attach(request.user, space))
    if request.method != "POST":
        return _page(request, space, UploadForm())
    form, status = UploadForm(request.POST, request.FILES), 422
    if form.is_valid():
        try:
            sent = attachments.upload(space, by=request.user, **form.cleaned_data)
            return _sent(request, sent)
        except ValidationError as refusal:
            form.add_error("file", refusal.message)
            status = 413 if refusal.code == "too_large" else 422
        except permissions.TooOften as refusal:
            form.add_error("file", str(refusal))
            status = 429
    return _refused(request, space, form, status)


@require_safe
def attachment(request, uuid, size=""):
    """The file, for those who may see it; asked again each time, as that may change."""
    visible = Attachment.objects.visible_to(request.user).select_related("space", "post__space")
    found = get_object_or_404(visible, uuid=uuid)
    etag = f'"{found.uuid}-{size}"'
    answer = get_conditional_response(request, etag=etag) or _file(found, size)
    space = found.post.space if found.post else found.space
    may_keep = found.is_image and space.kind != SpaceKind.SEALED
    answer["Cache-Control"] = "private, no-cache" if may_keep else "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["ETag"] = etag
    return answer


@require_POST
def remove(request, uuid):
    """Take back a file that no post carries yet."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    attachments.remove(found, by=request.user)
    return HttpResponse(status=204) if _is_script(request) else redirect("attach", found.space.slug)


def _file(found: Attachment, size: str) -> FileResponse:
    field = (size == "small" and found.small) or found.file
    try:
        content = field.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(content, as_attachment=not found.is_image, filename=found.name)
    answer["Content-Type"] = IMAGE_TYPE if found.is_image else TYPES[found.ending]
    return answer


def _page(request, space, form, status=200):
    unused = Attachment.objects.filter(uploader=request.user, space=space, post=None).order_by("-created_at")
    context = {"space": space, "form": form, "unused": unused[:LISTED_AT_MOST]}
    return render(request, "community/attach.html", context, status=status)


def _sent(request, sent: Attachment):
    if not _is_script(request):
        return redirect("attach", sent.space.slug)
    told = {"address": sent.get_absolute_url(), "name": sent.name, "kind": sent.kind, "facts": sent.facts}
    return JsonResponse({**told, "markdown": sent.reference}, status=201)


def _refused(request, space, form, status):
    if not _is_script(request):
        return _page(request, space, form, status)
    return JsonResponse({"error": " ".join(chain(*form.errors.values()))}, status=status)


def _is_script(request) -> bool:
    return request.headers.get("Accept") == "application/json"
