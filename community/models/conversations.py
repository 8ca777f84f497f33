"""The conversations of a leader: which there are, and which hold something new."""

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from community.models.chat import Message, RoomReading
from community.models.rooms import Room, RoomKind
from leaders.models.account import may_come_in

WAITING_AT_MOST = 99


def conversations_of(leader):
    """Those that a leader is in, each with `heard`: how far it was read, or where the leader came in."""
    mine = {"participants__leader": leader, "participants__left_at": None}
    mark = RoomReading.objects.filter(leader=leader, room=OuterRef("pk")).values("read_up_to")[:1]
    read = Coalesce(Subquery(mark), 0)
    rooms = Room.objects.filter(kind=RoomKind.DIRECT, **mine).annotate(
        since=F("participants__since"), heard=Greatest(F("participants__since"), read)
    )
    return rooms if may_come_in(leader) else rooms.none()


def unread_conversations(leader):
    """Those in which somebody else has said something since."""
    return conversations_of(leader).filter(Exists(_new(leader)))


def listed_conversations(leader):
    """All, the newest first, each with `new` (how many messages), `last_at` and `last_author`."""
    heard = Message.objects.filter(room=OuterRef("pk"), number__gt=OuterRef("since")).order_by("-number")
    spoken = heard.filter(is_note=False, hidden_at=None, deleted_at=None)
    number = _new(leader).order_by().values("room").annotate(n=Count("pk")).values("n")
    rooms = conversations_of(leader).annotate(
        new=Coalesce(Subquery(number), 0),
        last_at=Subquery(heard.values("created_at")[:1]),
        last_author=Subquery(spoken.values("author")[:1]),
    )
    return rooms.order_by(F("last_at").desc(nulls_last=True), "-pk")


def _new(leader):
    later = Message.objects.filter(room=OuterRef("pk"), number__gt=OuterRef("heard"))
    return later.filter(is_note=False, hidden_at=None, deleted_at=None).exclude(author=leader)
