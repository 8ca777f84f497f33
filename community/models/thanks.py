"""What people thank one another for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models.posts import Post


class Thanks(models.Model):
    """One leader's thank-you for a post or a chat message, with a few words of why."""

    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="thanks")
    message = models.ForeignKey("Message", models.CASCADE, null=True, db_index=False, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="thanks_given")
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "thanks"
        constraints = [
            models.UniqueConstraint(fields=["post", "by"], name="thanks_once"),
            models.UniqueConstraint(
                fields=["message", "by"], condition=Q(message__isnull=False), name="message_thanks_once"
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=False, message=None) | Q(post=None, message__isnull=False),
                name="thanks_for_one_item",
            ),
        ]

    def __str__(self):
        return f"{self.by} thanked for {self.item}"

    @property
    def item(self):
        """The post or the message."""
        return self.post or self.message
