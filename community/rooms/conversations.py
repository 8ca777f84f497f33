"""Conversations of two to eight people, which belong to no space."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from community import permissions, spaces
from community.models import KeptOut, Message, NobodyNew, Participant, Room, RoomKind
from community.models.conversations import listed_conversations
from community.permissions import require
from community.rooms import chat
from community.sockets import live
from leaders.models import Leader

BEGINNING = (
    "Only the people in this conversation can read it. If one of them reports a message, faculty moderators "
    "read that message, and up to three before and after it."
)


def between(leaders: Iterable[Leader]) -> Room | None:
    """The latest conversation of exactly these people."""
    wanted = {leader.pk for leader in leaders}
    here = Count("participants", filter=Q(participants__left_at=None))
    mine = Participant.objects.now().filter(leader=min(wanted)).values("room")
    rooms = (
        Room.objects.filter(kind=RoomKind.DIRECT, pk__in=mine).annotate(here=here).filter(here=len(wanted))
    )
    for pk in wanted:
        rooms = rooms.filter(pk__in=Participant.objects.now().filter(leader=pk).values("room"))
    return rooms.order_by("-pk").first()


@transaction.atomic
def begin(people: list[Leader], *, by: Leader, body: str, uuid: UUID, sure: bool = False) -> Message:
    """Say something to these people: where exactly they talk already, or else in a new conversation."""
    _hold([by, *people])
    if said := Message.objects.filter(author=by, client_uuid=uuid).select_related("room").first():
        return said
    room = between([by, *people])
    if room is None:
        require(permissions.may_begin(by, people))
        require(permissions.may_go_on_bringing(by, len(people)))
        room = _open(people, by)
    return chat.say(room, by=by, body=body, uuid=uuid, sure=sure)


@transaction.atomic
def add(room: Room, person: Leader, *, by: Leader) -> None:
    """Bring somebody in, who sees what is said from now on."""
    _hold([by, person])
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    require(permissions.may_add(by, room, person))
    require(permissions.may_go_on_bringing(by, 1))
    Participant.objects.create(room=room, leader=person, since=room.last_number, added_by=by)
    chat.note(room, f"{by} added {person}, who sees what is said from now on.")


@transaction.atomic
def leave(room: Room, *, by: Leader, keep_out: bool = False) -> None:
    """Go for good, and, if so wished, let none of those who stay begin a conversation with one again."""
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    require(permissions.may_leave(by, room))
    others = room.participants.now().exclude(leader=by).values_list("leader", flat=True)
    if keep_out:
        rows = [KeptOut(leader=by, other_id=other) for other in others]
        KeptOut.objects.bulk_create(rows, ignore_conflicts=True)
    room.participants.now().filter(leader=by).update(left_at=timezone.now())
    chat.note(room, f"{by} has left.")
    live.rights_changed(by.pk)
    live.push(live.leader_topic(by.pk), {"type": "conversations"})


@transaction.atomic
def let_in(other: Leader, *, by: Leader) -> None:
    """Let somebody begin conversations with one again."""
    KeptOut.objects.filter(leader=by, other=other).delete()


@transaction.atomic
def welcome_nobody_new(leader: Leader, *, nobody: bool) -> None:
    """Choose whether people may begin conversations with a leader."""
    if nobody:
        NobodyNew.objects.get_or_create(leader=leader)
    else:
        NobodyNew.objects.filter(leader=leader).delete()


def people_in(room: Room, *, but: Leader | None = None) -> list[Leader]:
    """Who is in a conversation now, by name."""
    here = Leader.objects.filter(
        participations__room=room, participations__left_at=None, is_active=True
    ).order_by("sort_name", "pk")
    return list(here.exclude(pk=but.pk) if but else here)


def named(room: Room, leader: Leader) -> str:
    """What a conversation is called to one who is in it: by the names of the others."""
    names = [str(person) for person in people_in(room, but=leader)]
    return _together(names) if names else "Nobody else is here"


def listed(leader: Leader) -> QuerySet[Room]:
    """A leader's conversations, the newest first."""
    return listed_conversations(leader)


def with_people(rooms: list[Room], leader: Leader) -> list[Room]:
    """The same rows, each with `people` but for the leader, `name`, and who spoke last, `last_name`."""
    here = Participant.objects.now().filter(room__in=rooms, leader__is_active=True).exclude(leader=leader)
    here = here.select_related("leader").order_by("leader__sort_name", "leader")
    people = {room.pk: [] for room in rooms}
    for each in here:
        people[each.room_id].append(each.leader)
    speakers = Leader.objects.in_bulk([room.last_author for room in rooms if room.last_author])
    for room in rooms:
        room.people = people[room.pk]
        room.name = _together([str(person) for person in room.people]) or "Nobody else is here"
        speaker = speakers.get(room.last_author)
        room.last_name = "You" if speaker == leader else str(speaker or "")
    return rooms


def meant(words: str, *, by: Leader) -> tuple[list[Leader], list[str]]:
    """The people whom words mean, and the words that mean nobody, or more than one."""
    return spaces.meant(Leader.objects.visible_to(by), words)


def _together(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _hold(leaders: list[Leader]) -> None:
    """Hold people in one order, so that the same ones begin one conversation and not two."""
    rows = Leader.objects.select_for_update(no_key=True).filter(pk__in=[leader.pk for leader in leaders])
    list(rows.order_by("pk").values_list("pk"))


def _open(people: list[Leader], by: Leader) -> Room:
    room = Room.objects.create(kind=RoomKind.DIRECT)
    rows = [Participant(room=room, leader=leader, added_by=by) for leader in [by, *people]]
    Participant.objects.bulk_create(rows)
    chat.note(room, BEGINNING)
    return room
