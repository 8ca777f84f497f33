"""Who sits in which room, with a session each, and a chat to catch up with: python -m bench.meetings FILE."""

import json
import sys
from pathlib import Path
from uuid import uuid4

import django

django.setup()

from django.urls import reverse  # noqa: E402

from bench.people import WRITERS  # noqa: E402
from bench.rows import rows  # noqa: E402
from bench.sessions import sign_in  # noqa: E402
from community.models import Message, Room, Space  # noqa: E402
from community.rooms import chat  # noqa: E402
from leaders.models import Leader  # noqa: E402

CROWD, MANY, MISSED = 500, 2_000, 500
PAGE = "thread, first page"  # what somebody reads while the others come back


def forget() -> None:
    """Empty the rooms of an earlier run."""
    Message.objects.all().delete()
    Room.objects.update(last_number=0, version=0)


def meetings() -> dict:
    """A crowd in one room, many rooms with a few people each, what a page missed, and a page to read."""
    first, *_ = spaces = list(Space.objects.order_by("pk"))
    rooms = {space: chat.room_of(space) for space in spaces}
    few = {space: _readers(space, -(-MANY // len(spaces))) for space in spaces}
    crowd = [(leader, rooms[first]) for leader in _readers(first, CROWD)]
    many = [(leader, rooms[space]) for space in spaces for leader in few[space]]
    cookies = sign_in({leader.pk: leader for leader, _ in [*crowd, *many]}.values())
    page = next(row for row in rows() if row.name == PAGE)
    last, reader = spaces[-1], few[spaces[-1]][0]
    _speak(rooms[last], reader)
    return {
        "crowd": _seats(crowd, cookies),
        "many": _seats(many, cookies),
        "page": {"path": page.paths[0], "cookie": page.cookies[0]},
        "missed": {"path": reverse("chat_after", args=[last.slug, 0]), "cookie": cookies[reader.pk]},
    }


def _readers(space: Space, number: int) -> list[Leader]:
    return list(space.readers().filter(pk__gte=WRITERS.start).order_by("pk")[:number])


def _seats(taken: list[tuple[Leader, Room]], cookies: dict[int, str]) -> list[dict]:
    return [{"room": room.pk, "cookie": cookies[leader.pk]} for leader, room in taken]


def _speak(room: Room, by: Leader) -> None:
    for number in range(MISSED):
        body = (
            f"Message {number} of those that somebody missed.\n\nIt has two paragraphs, and **no** secrets."
        )
        chat.say(room, by=by, body=body, uuid=uuid4())


if __name__ == "__main__":
    forget()
    Path(sys.argv[1]).write_text(json.dumps(meetings()))
