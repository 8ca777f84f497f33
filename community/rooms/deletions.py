"""What is left of deleted messages, and for how long."""

from datetime import timedelta

from django.utils import timezone

from community.models import Case, MessageRevision

KEPT_FOR = timedelta(days=90)  # for the moderators of a space


def forget() -> int:
    """Forget the texts of messages deleted long ago, unless a moderator has yet to decide about one."""
    old = MessageRevision.objects.filter(message__deleted_at__lt=timezone.now() - KEPT_FOR)
    waiting = Case.objects.open().exclude(message=None).order_by().values("message")
    return old.exclude(message__in=waiting).delete()[0]
