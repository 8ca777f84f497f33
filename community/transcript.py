"""Which messages of a room one page shows: the first unread, the newest, around a number, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from community.models import Message, Room, RoomReading
from leaders.models import Leader

MESSAGES_PER_PAGE = 50
UNREAD_AT_MOST = 150  # that fit on the newest page; with more, the page begins where one left off
KNOWN = 5  # messages that stand before the first unread one


@dataclass
class Part:
    """A page of a room, the oldest message first; `first_new` is the first message one has not read."""

    room: Room
    messages: list[Message]
    mark: int
    first_new: int | None

    @property
    def is_newest(self) -> bool:
        return not self.messages or self.messages[-1].number >= self.room.last_number

    @property
    def has_unread(self) -> bool:
        return bool(self.messages) and self.messages[-1].number > self.mark


def part_of(room: Room, *, to: Leader, before: int = 0, beginning: int = 0, is_newest: bool = False) -> Part:
    """The page before or from a number, the newest one, or else the one with the first unread message."""
    mark = RoomReading.objects.filter(leader=to, room=room).values_list("read_up_to", flat=True).first()
    first_new = _first_new(room, to, mark) if mark else None
    if before or beginning:
        messages = _before(room, before) if before else _beginning(room, beginning)
    elif first_new and not is_newest:
        messages = _around(room, first_new)
    else:
        messages = _before(room)
    return Part(room, messages, mark or 0, first_new)


def first_on(room: Room, day: date) -> Message | None:
    """The first message of a day in the reader's zone, or the first one after it."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return room.messages.filter(created_at__gte=start).order_by("created_at", "number").first()


def address_of(message: Message) -> str:
    """The page that shows a message among its neighbours."""
    room = message.room
    newest = room.last_number - MESSAGES_PER_PAGE + 1
    beginning = max(min(message.number - MESSAGES_PER_PAGE // 2, newest), 1)
    return f"{reverse('chat', args=[room.space.slug])}?from={beginning}#message-{message.number}"


def _first_new(room: Room, leader: Leader, mark: int) -> int | None:
    others = room.messages.filter(number__gt=mark, hidden_at=None).exclude(author=leader)
    return others.order_by("number").values_list("number", flat=True).first()


def _around(room: Room, first_new: int) -> list[Message]:
    if room.last_number - first_new < UNREAD_AT_MOST:
        newest = room.last_number - MESSAGES_PER_PAGE + 1
        return _beginning(room, min(first_new - KNOWN, newest), UNREAD_AT_MOST + MESSAGES_PER_PAGE)
    return _beginning(room, first_new - KNOWN)


def _beginning(room: Room, number: int, count: int = MESSAGES_PER_PAGE) -> list[Message]:
    return list(_messages(room).filter(number__gte=number).order_by("number")[:count])


def _before(room: Room, number: int | None = None) -> list[Message]:
    messages = _messages(room).order_by("-number")
    if number is not None:
        messages = messages.filter(number__lt=number)
    return list(messages[:MESSAGES_PER_PAGE])[::-1]


def _messages(room: Room) -> QuerySet[Message]:
    return room.messages.select_related("author")
