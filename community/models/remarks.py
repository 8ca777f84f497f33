"""What moderators can hide, and short words outside threads and rooms that can be reported."""

import html
import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone

from leaders.models import Leader


class Hideable:
    """A row that keeps in `hidden_at` when it was hidden."""

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


class Remark(Hideable, models.Model):
    """Words of one leader (`by`, `words`), by the names that every item of a report has."""

    at = models.DateTimeField(default=timezone.now)
    client_uuid = models.UUIDField(default=uuid.uuid4)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def author(self) -> Leader | None:
        return self.by

    @property
    def author_id(self) -> int | None:
        return self.by_id

    @property
    def created_at(self) -> datetime:
        return self.at

    @property
    def body_html(self) -> str:
        """Its words, which are no Markdown."""
        return html.escape(self.words)
