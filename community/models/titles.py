"""The titles that threads have had."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.models.threads import Thread, ThreadKind


class FormerTitle(models.Model):
    """A title, and the kind beside it, that a thread had until somebody changed it; for its moderators."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="former_titles")
    title = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=ThreadKind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Who changed it."
    )
    at = models.DateTimeField(default=timezone.now, help_text="When it was changed.")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "at"], name="former_title_by")]

    def __str__(self):
        return self.title
