"""Who hears that a place opened or closed to them, or plans a session."""

from django.db import transaction
from django.utils import timezone

from community.models import JoinRequest, Level, Notice, NoticeKind, Session
from community.telling import belonging
from community.telling.notices import tell
from leaders.models import Leader


@transaction.atomic
def tell_member(request: JoinRequest) -> None:
    """Tell a leader the answer to a request to join a space."""
    if request.decided_at is None:
        return
    if request.accepted:
        words = f"You now belong to {request.space}."
    else:
        words = f"Your request to join {request.space} was declined. The reason: {request.reason}"
    told = {"kind": NoticeKind.MEMBERSHIP, "cause": f"request:{request.pk}"}
    tell([Notice(leader=request.leader, **told, words=words, space=request.space)])


@transaction.atomic
def tell_followers(session: Session) -> None:
    """Tell those who watch its space that a session is planned, moved or cancelled; the last news counts."""
    space = session.room.space
    levels = {"space_levels__space": space, "space_levels__level": Level.WATCHING}
    watching = space.readers().filter(**levels).exclude(pk=session.planned_by_id)
    told = {
        "kind": NoticeKind.SESSION,
        "space": space,
        "cause": f"{session.cause_in_notices(session.pk)}{session.sequence}",
    }
    before = Notice.objects.filter(leader__in=watching, kind=NoticeKind.SESSION, read_at=None)
    before.filter(cause__startswith=session.cause_in_notices(session.pk)).update(read_at=timezone.now())
    tell(Notice(leader=each, words=_of_session(session, each), **told) for each in watching)


@transaction.atomic
def tell_of_places() -> None:
    """Tell leaders of the cohorts and spaces that opened or closed to them; each change once."""
    tell(belonging.changes())


def _of_session(session: Session, reader: Leader) -> str:
    start = f"{session.starts_at.astimezone(reader.zone):%A %-d %B, %H:%M}"
    if session.is_cancelled:
        return f"The session “{session}” on {start} is cancelled."
    what = "is now" if session.sequence else "is planned"
    return f"The session “{session}” {what} on {start}."
