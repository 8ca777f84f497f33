"""Posts that a leader wants to find again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models.posts import Post
from leaders.models.account import may_come_in

NOTE_AT_MOST = 1_000


class BookmarkQuerySet(models.QuerySet):
    def visible_to(self, leader):
        """A leader's own, and nobody else's."""
        return self.filter(leader=leader) if may_come_in(leader) else self.none()

    def kept(self):
        """Those that were not removed."""
        return self.filter(removed_at=None)


class Bookmark(models.Model):
    """One leader's private mark on a post, with a note; a removed one can be had back for a while."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    note = models.TextField(max_length=NOTE_AT_MOST, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["leader", "post"], name="bookmark_once")]
        indexes = [
            models.Index(fields=["leader", "-created_at", "-id"], name="bookmark_list"),
            models.Index(
                fields=["removed_at"], condition=Q(removed_at__isnull=False), name="bookmark_removed"
            ),
        ]

    def __str__(self):
        return f"{self.leader} on post {self.post_id}"
