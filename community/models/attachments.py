"""Images and documents in posts."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format

from community.models.posts import Post
from community.models.spaces import Space, spaces_moderated_by, spaces_read_by

MARK_LENGTH = 8  # so many signs of its uuid name a file in a field for words


class AttachmentKind(models.TextChoices):
    IMAGE = "image", "Image"
    DOCUMENT = "document", "Document"


def place_of_file(attachment, name: str = "") -> str:
    """Where a file lies: nothing of its name, of whoever sent it or of its address."""
    token = secrets.token_hex(20)
    return f"attachments/{token[:2]}/{token}"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """Those in posts that a leader may see; before there is a post, one's own.

        What an edit took out of a post is for whoever sent it and for the moderators.
        """
        spaces = spaces_read_by(leader)
        posts = Post.objects.visible_to(leader).values("pk")
        mine = Q(uploader=leader) if leader.pk else Q(pk=None)
        moderated = Q(post__space__in=spaces_moderated_by(leader))
        return self.filter(
            (Q(post=None, space__in=spaces) & mine)
            | (Q(post__in=posts) & (Q(removed_at=None) | mine | moderated))
        )


class Attachment(models.Model):
    """A file that a leader sent; part of one post as soon as that post carries its address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_uuid = models.UUIDField()
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="attachments"
    )
    space = models.ForeignKey(
        Space,
        models.PROTECT,
        related_name="attachments",
        help_text="Where it was sent. Once a post carries it, the space of the post counts.",
    )
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind)
    ending = models.CharField(max_length=5)
    name = models.CharField(max_length=120, help_text="As shown; the file lies elsewhere under another.")
    alt = models.CharField("description", max_length=300, blank=True)
    size = models.PositiveIntegerField(help_text="Bytes.")
    width = models.PositiveSmallIntegerField(null=True)
    height = models.PositiveSmallIntegerField(null=True)
    file = models.FileField(upload_to=place_of_file)
    small = models.FileField(upload_to=place_of_file, blank=True, help_text="The image for a page.")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, help_text="When an edit took it out of its post.")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["uploader", "client_uuid"], name="attachment_sent_once")
        ]
        indexes = [
            models.Index(fields=["uploader", "-created_at"], name="attachment_by_uploader"),
            models.Index(fields=["created_at"], condition=Q(post=None), name="attachment_unused"),
            models.Index(
                fields=["removed_at"], condition=Q(removed_at__isnull=False), name="attachment_removed"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.uuid])

    @property
    def is_image(self) -> bool:
        return self.kind == AttachmentKind.IMAGE

    @property
    def facts(self) -> str:
        """As in: PDF, 240 KB."""
        thousands = max(1, round(self.size / 1000))
        size = f"{thousands} KB" if thousands < 1000 else f"{number_format(thousands / 1000, 1)} MB"
        return f"{'Image' if self.is_image else self.ending.upper()}, {size}"

    @property
    def reference(self) -> str:
        """What to write in a post to show it there, as forms.references understands it."""
        kind, words = ("image", self.alt) if self.is_image else ("file", self.name)
        return f"[{kind} {self.uuid.hex[:MARK_LENGTH]}{f': {words}' if words else ''}]"
