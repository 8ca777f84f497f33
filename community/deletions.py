"""What is left of deleted messages, and of reported kind words that were taken away; and for how long."""

from datetime import timedelta

from django.utils import timezone

from community.models import Case, MessageRevision, WellDone

KEPT_FOR = timedelta(days=90)  # for moderators


def forget_messages() -> int:
    """Forget the texts of messages deleted long ago, unless a moderator has yet to decide about one."""
    old = MessageRevision.objects.filter(message__deleted_at__lt=timezone.now() - KEPT_FOR)
    waiting = Case.objects.open().exclude(message=None).order_by().values("message")
    return old.exclude(message__in=waiting).delete()[0]


def forget_well_done() -> int:
    """Forget kind words that were taken away long ago, unless a moderator has yet to decide about them."""
    old = WellDone.objects.filter(removed_at__lt=timezone.now() - KEPT_FOR).exclude(words="")
    waiting = Case.objects.open().exclude(well_done=None).order_by().values("well_done")
    return old.exclude(pk__in=waiting).update(words="")
