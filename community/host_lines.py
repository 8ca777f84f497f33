"""The line of a space: written by one of its hosts, for a week."""

import uuid as uuids

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.models import HostLine, Space
from community.permissions import require
from leaders.models import Leader


@transaction.atomic
def write(space: Space, *, by: Leader, words: str, uuid: uuids.UUID) -> HostLine:
    """Put a line in place of the last one; the same uuid again returns what it made."""
    Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    require(permissions.may_write_line(by, space))
    if earlier := HostLine.objects.filter(by=by, client_uuid=uuid).first():
        return earlier
    require(permissions.may_go_on_writing_lines(by))
    HostLine.objects.filter(space=space, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    return HostLine.objects.create(space=space, by=by, words=words, client_uuid=uuid)


@transaction.atomic
def end(line: HostLine, *, by: Leader) -> None:
    """Take a line away, one's own or that of another moderator; who did so is kept."""
    require(permissions.may_end_line(by, line))
    HostLine.objects.filter(pk=line.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def of(space: Space, reader: Leader) -> HostLine | None:
    """The line that holds in a space now, for those who may read there."""
    return HostLine.objects.visible_to(reader).filter(space=space).select_related("by").first()
