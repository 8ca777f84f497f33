"""Hosted sessions: planned, changed, made longer, ended, cancelled; their times alone open and close them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community import patients, permissions
from community.models import ErrandKind, Room, RoomKind, Session, Space, asking
from community.models.sessions import LONGEST
from community.permissions import Conflict, require
from community.sockets import live
from community.tasks import enqueue
from leaders.models import Leader

SHOWN = 3  # on the page of a space


@transaction.atomic
def plan(
    space: Space,
    *,
    by: Leader,
    host: Leader,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    uuid: UUID,
    about: str = "",
    sure: bool = False,
) -> Session:
    """Plan a session; the same UUID again is the first one; `sure` that nothing in it is a patient's."""
    Leader.objects.select_for_update(no_key=True).get(pk=by.pk)
    if planned := Session.objects.filter(planned_by=by, client_uuid=uuid).first():
        return planned
    require(permissions.may_plan(by, space))
    require(permissions.may_be_host(host, space))
    require(permissions.may_go_on_planning(by))
    patients.ask(f"{title}\n{about}", sure=sure)
    session = Session.objects.create(
        room=Room.objects.create(kind=RoomKind.SESSION, space=space),
        planned_by=by,
        host=host,
        title=title,
        about=about,
        starts_at=starts_at,
        ends_at=ends_at,
        client_uuid=uuid,
    )
    enqueue(ErrandKind.TELL_FOLLOWERS, session.pk)
    return session


@transaction.atomic
def change(session: Session, *, by: Leader, host: Leader, sure: bool = False, **values) -> Session:
    """Give it another time, title or host; those who follow the space are told of another time."""
    _hold(session)
    require(permissions.may_host(by, session))
    if host.pk != session.host_id:
        require(permissions.may_be_host(host, session.room.space))
    patients.ask(_words(values), sure=sure, former=_words(vars(session)))
    moved = (values["starts_at"], values["ends_at"]) != (session.starts_at, session.ends_at)
    if any(getattr(session, name) != value for name, value in {**values, "host": host}.items()):
        _change(session, host=host, **values)
        if moved:
            enqueue(ErrandKind.TELL_FOLLOWERS, session.pk)
    return session


@transaction.atomic
def extend(session: Session, *, by: Leader, minutes: int) -> Session:
    """Let it go on for longer."""
    _hold(session)
    require(permissions.may_host(by, session))
    ends_at = session.ends_at + timedelta(minutes=minutes)
    if ends_at - session.starts_at > LONGEST:
        raise Conflict("A session lasts eight hours at most.")
    return _change(session, ends_at=ends_at)


@transaction.atomic
def end(session: Session, *, by: Leader) -> Session:
    """End it now."""
    _hold(session)
    require(permissions.may_end(by, session))
    return _change(session, ends_at=timezone.now())


@transaction.atomic
def cancel(session: Session, *, by: Leader) -> Session:
    """Let it not take place; its page and its calendar file say so."""
    _hold(session)
    require(permissions.may_host(by, session))
    _change(session, cancelled_at=timezone.now())
    enqueue(ErrandKind.TELL_FOLLOWERS, session.pk)
    return session


def coming(space: Space) -> QuerySet[Session]:
    """The sessions of a space that are on or to come, the next first."""
    return Session.objects.filter(room__space=space).coming().select_related("host", "room__space")


def next_few(space: Space) -> list[Session]:
    """The first of those, for the page of the space."""
    return _NEXT.objects(space=space.pk, now=timezone.now())


def past(space: Space) -> QuerySet[Session]:
    """Those that took place, the latest first."""
    return Session.objects.filter(room__space=space).past().select_related("host", "room__space")


def _words(values: dict) -> str:
    return f"{values.get('title', '')}\n{values.get('about', '')}"


def _hold(session: Session) -> None:
    """Hold its room, in which nobody says anything meanwhile, and then itself, read anew."""
    Room.objects.select_for_update(no_key=True).get(pk=session.pk)
    session.refresh_from_db(from_queryset=Session.objects.select_for_update(no_key=True))


def _change(session: Session, **values) -> Session:
    """Set fields, count the change for calendars, and have open pages look again."""
    for name, value in values.items():
        setattr(session, name, value)
    session.sequence, session.changed_at = session.sequence + 1, timezone.now()
    session.save(update_fields=[*values, "sequence", "changed_at"])
    live.push(live.room_topic(session.pk), {"type": "session"})
    return session


def _next(_leader: Leader) -> QuerySet[Session]:
    found = Session.objects.filter(room__space=asking.SPACE).coming(asking.NOW)
    lean = found.select_related("host", "room__space").only(
        *("title", "starts_at", "ends_at", "cancelled_at", "room__kind", "host__name", "room__space__slug")
    )
    return lean[:SHOWN]


_NEXT = asking.Question(_next)
