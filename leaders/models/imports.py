"""Files of leaders that admins have brought in, or are about to."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class LeaderImport(models.Model):
    """One uploaded file: looked at first, written only once confirmed; then its text is let go."""

    file_name = models.CharField(max_length=120)
    text = models.TextField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="uploaded by"
    )
    at = models.DateTimeField("uploaded", default=timezone.now)
    done_at = models.DateTimeField("carried out", null=True)
    added = models.PositiveIntegerField("new leaders", default=0)
    changed = models.PositiveIntegerField("leaders changed", default=0)
    left_out = models.PositiveIntegerField("rows left out", default=0)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "import of leaders"
        verbose_name_plural = "imports of leaders"

    def __str__(self):
        return f"{self.file_name}, {self.at:%-d %B %Y}"
