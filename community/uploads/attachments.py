"""Files for posts: sent before the post, part of it when its text names them, gone when nothing does."""

import uuid as uuids
from collections.abc import Callable
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Cast
from django.utils import timezone

from community import pace, permissions
from community.forms import references
from community.models import Aside, Attachment, Draft, Post, Space
from community.models.attachments import MARK_LENGTH, place_of_file
from community.permissions import require
from community.uploads import files
from community.uploads.figures import Place
from leaders.models import Leader

KEPT_UNUSED = timedelta(days=1)
KEPT_REMOVED = timedelta(days=30)
FORGOTTEN_AT_ONCE = 500
NAMED_AT_MOST = 60  # in a text; more than a post can carry
TRIES_AT_MOST = 30  # in a minute, refused ones too: looking through a file costs more than sending it


def upload(space: Space, *, by: Leader, file: UploadedFile, uuid: uuids.UUID, alt: str = "") -> Attachment:
    """Keep a file for a post in this space; the same uuid again returns what it made.

    ValidationError with the sentence for a file that is refused, code "too_large" where that is why.
    """
    require(permissions.may_attach(by, space))
    if earlier := Attachment.objects.filter(uploader=by, client_uuid=uuid).first():
        return earlier
    require(permissions.may_go_on_attaching(by))
    pace.keep("upload", by, at_most=TRIES_AT_MOST)
    prepared = files.prepare(file)
    try:
        return _keep(Attachment(space=space, uploader=by, client_uuid=uuid, alt=alt), prepared)
    except IntegrityError:
        return Attachment.objects.get(uploader=by, client_uuid=uuid)


def remove(attachment: Attachment, *, by: Leader) -> None:
    """Take back a file that no post carries yet."""
    with transaction.atomic():
        attachment.refresh_from_db(from_queryset=Attachment.objects.select_for_update())
        require(permissions.may_remove(by, attachment))
        _forget(attachment)


def written_out(typed: str, *, by: Leader) -> str:
    """What somebody typed, as it is stored: with the addresses of the files that it names by their marks."""
    marks = references.marks(typed)[:NAMED_AT_MOST] if "[" in typed else []
    if not marks:
        return typed
    named = Q(pk=None)
    for mark in marks:
        named |= Q(uuid__range=(uuids.UUID(f"{mark:0<32}"), uuids.UUID(f"{mark:f<32}")))
    # One's own last, so that they have their marks whatever others sent.
    seen = Attachment.objects.visible_to(by).filter(named).values_list("uuid", "uploader")
    known = {uuid.hex[:MARK_LENGTH]: uuid for uuid, sender in sorted(seen, key=lambda each: each[1] == by.pk)}
    return references.as_stored(typed, known)


def attachable(by: Leader, space: Space, post: Post | None = None) -> Callable[[set[Place]], dict]:
    """A function that finds, among places in a text, the attachments that may be shown there.

    Outside quotes: the writer's own for this space that no post carries yet, and those of this very post.
    In the quote of a post: those of that post, if the writer may see it.
    """

    def find(places: set[Place]) -> dict[Place, Attachment]:
        own = Q(post=None, uploader=by, space=space) | (Q(post=post) if post and post.pk else Q(pk=None))
        named = Attachment.objects.filter(uuid__in={uuid for uuid, _ in places})
        mine = {attachment.uuid: attachment for attachment in named.filter(own)}
        quoted = named.filter(removed_at=None, post__in=Post.objects.visible_to(by).values("pk"))
        quoted = {(attachment.uuid, attachment.post_id): attachment for attachment in quoted}
        found = {place: quoted.get(place) if place[1] else mine.get(place[0]) for place in places}
        return {place: attachment for place, attachment in found.items() if attachment}

    return find


def settle(post: Post, carried: list[Attachment]) -> None:
    """Make these the attachments of a post; what it carried before and names no more is taken out of it."""
    carried_ids = [attachment.pk for attachment in carried]
    gone = post.attachments.filter(removed_at=None).exclude(pk__in=carried_ids)
    gone.update(removed_at=timezone.now())
    free = Attachment.objects.filter(Q(post=None) | Q(post=post), pk__in=carried_ids)
    free.update(post=post, removed_at=None)


def release(post: Post) -> None:
    """A post that was taken back carries nothing any more; what it carried can be sent again."""
    post.attachments.update(post=None, removed_at=None, space=post.space_id)


def forget_unused() -> int:
    """Delete what no post has carried for a day and no draft names, and what edits took out a month ago."""
    now = timezone.now()
    unused = Q(post=None, created_at__lt=now - KEPT_UNUSED) & ~Exists(_drafts()) & ~Exists(_asides())
    due = Attachment.objects.filter(unused | Q(removed_at__lt=now - KEPT_REMOVED))
    forgotten = 0
    for pk in list(due.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        with transaction.atomic():
            if attachment := due.filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first():
                _forget(attachment)
                forgotten += 1
    return forgotten


def _drafts():
    """The drafts that name an attachment; each of them keeps it."""
    address = Cast(OuterRef("uuid"), TextField())
    return Draft.objects.filter(leader=OuterRef("uploader"), body__contains=address)


def _asides():
    address = Cast(OuterRef("uuid"), TextField())
    return Aside.objects.filter(draft__leader=OuterRef("uploader"), body__contains=address)


def _keep(attachment: Attachment, prepared: files.Prepared) -> Attachment:
    """The row comes before its files and goes after them, so that no file can ever be left behind."""
    made = {name: getattr(prepared, name) for name in ("kind", "ending", "name", "width", "height")}
    for name, value in {**made, "size": len(prepared.content)}.items():
        setattr(attachment, name, value)
    attachment.file = place_of_file(attachment)
    attachment.small = place_of_file(attachment) if prepared.small else ""
    with transaction.atomic():
        attachment.save()
    try:
        _write(attachment.file, prepared.content)
        _write(attachment.small, prepared.small)
    except Exception:
        _forget(attachment)
        raise
    return attachment


def _write(field: FieldFile, content: bytes) -> None:
    if field:
        field.storage.save(field.name, ContentFile(content))


def _forget(attachment: Attachment) -> None:
    for field in (attachment.file, attachment.small):
        if field:
            field.storage.delete(field.name)
    attachment.delete()
