"""Errands: promises claimed one by one under a lease, kept, and only then forgotten."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.models import (
    Case,
    Decision,
    Errand,
    ErrandKind,
    JoinRequest,
    Message,
    Post,
    Session,
    Thanks,
    WellDone,
)
from community.telling import announcements, calls, outcomes, places

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = 60  # seconds after which a run leaves the rest to the next one

KEEPING = {
    ErrandKind.ANNOUNCE_POST: (Post, announcements.announce_post),
    ErrandKind.ANNOUNCE_MESSAGE: (Message, calls.announce_message),
    ErrandKind.TELL_THANKED: (Thanks, announcements.tell_thanked),
    ErrandKind.TELL_ANSWERER: (Post, announcements.tell_answerer),
    ErrandKind.TELL_PRAISED: (WellDone, announcements.tell_praised),
    ErrandKind.TELL_AUTHOR: (Decision, outcomes.tell_author),
    ErrandKind.TELL_MODERATORS: (Case, outcomes.tell_moderators),
    ErrandKind.TELL_CARRIED_ON: (Post, calls.tell_carried_on),
    ErrandKind.TELL_CARRIED: (Decision, outcomes.tell_carried),
    ErrandKind.TELL_REPORTERS: (Case, outcomes.tell_reporters),
    ErrandKind.TELL_MEMBER: (JoinRequest, places.tell_member),
    ErrandKind.TELL_FOLLOWERS: (Session, places.tell_followers),
}


class LeaseLost(Exception):
    """Somebody else holds the errand by now; what was done for it is undone."""


def run() -> int:
    """Do what is due, one after another; return how many errands were done."""
    done, stop = 0, time.monotonic() + PATIENCE
    while time.monotonic() < stop and (errand := claim()):
        done += attempt(errand)
    return done


@transaction.atomic
def claim() -> Errand | None:
    """The next due errand that nobody holds, held from now on."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Errand.objects.filter(free, due_at__lte=now)
    errand = due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if errand:
        errand.lease_until, errand.attempts = now + LEASE, errand.attempts + 1
        errand.save(update_fields=["lease_until", "attempts"])
    return errand


def attempt(errand: Errand) -> bool:
    """Keep one promise; a failure puts it off, longer each time, and stops no other."""
    try:
        _keep(errand)
    except LeaseLost:
        return False
    except Exception as error:  # whatever it is, the errand must be tried again and the next one done
        log.exception("errand %s of kind %s failed", errand.pk, errand.kind)
        _put_off(errand, type(error).__name__)
        return False
    return True


@transaction.atomic
def _keep(errand: Errand) -> None:
    model, verb = KEEPING[errand.kind]
    if target := model.objects.filter(pk=errand.target).first():
        verb(target)
    if not Errand.objects.filter(pk=errand.pk, lease_until=errand.lease_until).delete()[0]:
        raise LeaseLost


def _put_off(errand: Errand, error: str) -> None:
    pause = min(timedelta(seconds=10 * 2 ** min(errand.attempts, 12)), LONGEST_PAUSE)
    mine = Errand.objects.filter(pk=errand.pk, lease_until=errand.lease_until)
    mine.update(due_at=timezone.now() + pause, lease_until=None, error=error)
