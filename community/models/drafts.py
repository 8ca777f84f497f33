"""What leaders type and have not sent: theirs alone, and in no list, search or administration page."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone

from community.models.posts import Post
from leaders.models.account import may_come_in


class DraftKind(models.TextChoices):
    """What the words will be: each kind belongs to another sort of place."""

    THREAD = "thread", "A new thread"
    REPLY = "reply", "A reply"
    EDIT = "edit", "An edit"


class DraftQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """A leader's own drafts, and nobody else's; words that were sent meanwhile are none."""
        if not may_come_in(leader):
            return self.none()
        sent = Post.objects.filter(author=OuterRef("leader"), client_uuid=OuterRef("uuid"))
        return self.filter(~Exists(sent), leader=leader)

    def kept(self):
        """Those that were not discarded."""
        return self.filter(discarded_at=None)


class Draft(models.Model):
    """The unsent words of one leader for one place. They outlive the place and the right to write there."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=DraftKind)
    target = models.BigIntegerField(
        help_text="The primary key of the space, thread or post. It may have gone meanwhile."
    )
    title = models.TextField(blank=True)
    thread_kind = models.CharField(max_length=10, blank=True)
    body = models.TextField(blank=True)
    post_version = models.PositiveIntegerField(
        null=True, help_text="Of an edit: the version of the post with which it began."
    )
    version = models.PositiveIntegerField(default=0, help_text="Counts the savings; 0 was never saved.")
    uuid = models.UUIDField(default=uuid.uuid4, help_text="The form that saved it last.")
    turn = models.PositiveIntegerField(default=0, help_text="Counts the savings of that form.")
    saved_at = models.DateTimeField(default=timezone.now)
    discarded_at = models.DateTimeField(null=True)
    size = models.GeneratedField(
        expression=Length("body"), output_field=models.IntegerField(), db_persist=True
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["leader", "kind", "target"], name="draft_once_for_each_place"),
            models.CheckConstraint(condition=Q(kind__in=DraftKind.values), name="draft_kind_known"),
        ]
        indexes = [
            models.Index(fields=["leader", "-saved_at"], name="draft_list"),
            models.Index(fields=["saved_at"], name="draft_age"),
        ]

    def __str__(self):
        return f"Draft {self.pk}"  # never a word of it, wherever this is shown

    def get_absolute_url(self) -> str:
        return reverse("draft", args=[self.kind, self.target])

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.target}"

    @property
    def is_empty(self) -> bool:
        return not (self.title.strip() or self.body.strip())

    @property
    def form(self) -> dict:
        """What the form begins with that goes on with these words; nothing where there are none."""
        words = {"title": self.title, "kind": self.thread_kind, "body": self.body}
        words = {} if self.discarded_at else {name: text for name, text in words.items() if text}
        return {**words, "base": self.version}


class Aside(models.Model):
    """A text saved over a newer version of a draft: kept beside it until its author has chosen."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="asides")
    uuid = models.UUIDField(help_text="The form in which it was typed.")
    title = models.TextField(blank=True)
    thread_kind = models.CharField(max_length=10, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "uuid"], name="aside_once_for_each_form")]

    def __str__(self):
        return f"Aside {self.pk}"
