"""A session to come, and a conversation between two people."""

from datetime import datetime, time, timedelta

from community import markdown
from community.models import Message, Participant, Room, RoomKind, RoomReading, Session
from community.rooms.conversations import BEGINNING
from faculty.demo import script
from faculty.demo.script import LONDON
from faculty.demo.world import World, identity

TALK = "ana-and-ben"


def make_session(world: World) -> None:
    """One in two days at lunch, announced a week ago."""
    day = world.clock.now.astimezone(LONDON).date() + timedelta(days=2)
    start = datetime.combine(day, time(12, 30), LONDON)
    planned = world.clock.at("7d 17:40")
    Session.objects.create(
        room=Room.objects.create(kind=RoomKind.SESSION, space=world.spaces["new-to-leading"]),
        title="Your first winter rota",
        about="Bring one rota that worked and one that did not. Old hands listen first.",
        starts_at=start,
        ends_at=start + timedelta(minutes=45),
        host=world.people["dara"],
        planned_by=world.people["dara"],
        created_at=planned,
        changed_at=planned,
        uid=identity("session/uid"),
        client_uuid=identity("session"),
    )


def make_conversation(world: World) -> None:
    """Ana and Ben, who has asked something since she last looked."""
    lines = script.chat(TALK, world.clock)
    people = [world.people[handle] for handle in ("ana", "ben")]
    room = Room.objects.create(kind=RoomKind.DIRECT, last_number=len(lines) + 1, version=len(lines) + 1)
    rows = [Participant(room=room, leader=each, added_by=people[0], joined_at=lines[0].at) for each in people]
    Participant.objects.bulk_create(rows)
    begun = {
        "body": BEGINNING,
        "body_html": f"<p>{BEGINNING}</p>",
        "is_note": True,
        "created_at": lines[0].at,
    }
    said = [Message(room=room, number=1, version=1, client_uuid=identity(f"{TALK}#1"), **begun)]
    said += [
        Message(
            room=room,
            number=number,
            version=number,
            author=world.people[line.author],
            body=line.body,
            body_html=markdown.render_message(line.body).html,
            renderer=markdown.RENDERER,
            created_at=line.at,
            client_uuid=identity(f"{TALK}#{number}"),
        )
        for number, line in enumerate(lines, start=2)
    ]
    Message.objects.bulk_create(said)
    for leader in people:
        seen = [
            m.number for m in said if m.author == leader or m.created_at <= world.last_visits[leader.handle]
        ]
        RoomReading.objects.create(leader=leader, room=room, read_up_to=max(seen))
