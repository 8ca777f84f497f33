"""Which messages of a room one page shows: the first unread, the newest, around a number, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from community.models import Message, Room, RoomReading
from community.rooms import messages
from leaders.models import Leader

MESSAGES_PER_PAGE = 50
UNREAD_AT_MOST = 150  # that fit on the newest page; with more, the page begins where one left off
KNOWN = 5  # messages that stand before the first unread one


@dataclass
class Part:
    """A page of a room, the oldest message first; `first_new` is the first message one has not read.

    Everything up to `mark` needs no reading: read, one's own, hidden, or written before one's first visit.
    """

    room: Room
    messages: list[Message]
    mark: int | None
    first_new: int | None

    @property
    def is_newest(self) -> bool:
        return not self.messages or self.messages[-1].number >= self.room.last_number

    @property
    def has_unread(self) -> bool:
        return self.mark is not None and bool(self.messages) and self.messages[-1].number > self.mark

    @property
    def shows_first_new(self) -> bool:
        return any(message.number == self.first_new for message in self.messages)


def part_of(room: Room, *, to: Leader, before: int = 0, beginning: int = 0, is_newest: bool = False) -> Part:
    """The page before or from a number, the newest one, or else the one with the first unread message."""
    mark = RoomReading.objects.filter(leader=to, room=room).values_list("read_up_to", flat=True).first()
    heard = messages.heard(room, by=to)
    first_new = _first_new(heard, to, mark) if mark else None
    if before or beginning:
        shown = _before(heard, before) if before else _beginning(heard, beginning)
    elif first_new and not is_newest:
        shown = _around(heard, room.last_number, first_new)
    else:
        shown = _before(heard)
    shown = messages.dressed(shown, heard_after=room.heard_after(to))
    return Part(room, shown, _needs_no_reading(room, mark, first_new, shown), first_new)


def first_on(room: Room, day: date, *, to: Leader) -> Message | None:
    """The first message of a day in the reader's zone, or the first one after it."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    heard = messages.heard(room, by=to).filter(created_at__gte=start)
    return heard.order_by("created_at", "number").first()


def address_of(message: Message) -> str:
    """The page that shows a message among its neighbours."""
    room = message.room
    newest = room.last_number - MESSAGES_PER_PAGE + 1
    beginning = max(min(message.number - MESSAGES_PER_PAGE // 2, newest), 1)
    return f"{room.get_absolute_url()}?from={beginning}#message-{message.number}"


def _first_new(heard: QuerySet[Message], leader: Leader, mark: int) -> int | None:
    others = heard.filter(number__gt=mark, hidden_at=None, deleted_at=None, is_note=False).exclude(
        author=leader
    )
    return others.order_by("number").values_list("number", flat=True).first()


def _needs_no_reading(
    room: Room, mark: int | None, first_new: int | None, shown: list[Message]
) -> int | None:
    if first_new:
        return first_new - 1
    if mark:
        return mark
    # On a first visit, the newest messages are where reading begins.
    return shown[0].number - 1 if shown and shown[-1].number >= room.last_number else None


def _around(heard: QuerySet[Message], last: int, first_new: int) -> list[Message]:
    if last - first_new < UNREAD_AT_MOST:
        beginning = min(first_new - KNOWN, last - MESSAGES_PER_PAGE + 1)
        return _beginning(heard, beginning, UNREAD_AT_MOST + MESSAGES_PER_PAGE)
    return _beginning(heard, first_new - KNOWN)


def _beginning(heard: QuerySet[Message], number: int, count: int = MESSAGES_PER_PAGE) -> list[Message]:
    return list(heard.filter(number__gte=number).order_by("number")[:count])


def _before(heard: QuerySet[Message], number: int | None = None) -> list[Message]:
    found = heard.order_by("-number")
    if number is not None:
        found = found.filter(number__lt=number)
    return list(found[:MESSAGES_PER_PAGE])[::-1]
