"""The line of a space: written by one of its hosts, for a week."""

import uuid as uuids

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community import patients, permissions
from community.models import HostLine, Space, asking
from community.models.host_lines import A_WEEK
from community.models.spaces import readable_ids
from community.permissions import require
from leaders.models import Leader


@transaction.atomic
def write(space: Space, *, by: Leader, words: str, uuid: uuids.UUID, sure: bool = False) -> HostLine:
    """Put a line in place of the last one; the same uuid again returns what it made.

    `sure` says that nothing in it is a patient's.
    """
    Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    require(permissions.may_write_line(by, space))
    if earlier := HostLine.objects.filter(by=by, client_uuid=uuid).first():
        return earlier
    require(permissions.may_go_on_writing_lines(by))
    patients.ask(words, sure=sure)
    HostLine.objects.filter(space=space, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    return HostLine.objects.create(space=space, by=by, words=words, client_uuid=uuid)


@transaction.atomic
def end(line: HostLine, *, by: Leader) -> None:
    """Take a line away, one's own or that of another moderator; who did so is kept."""
    require(permissions.may_end_line(by, line))
    HostLine.objects.filter(pk=line.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def of(space: Space, reader: Leader) -> HostLine | None:
    """The line that holds in a space now, for those who may read there."""
    now, reads = timezone.now(), list(readable_ids(reader))
    found = _HELD.objects(space=space.pk, reads=reads, now=now, since=now - A_WEEK)
    return found[0] if found else None


def _held(leader: Leader) -> QuerySet[HostLine]:
    here = HostLine.objects.visible_to(leader).filter(space=asking.SPACE).select_related("by")
    return here.only("space", "by", "words", "at", "by__name")[:1]


_HELD = asking.Question(_held)
