"""The demonstration: invented people, their spaces and what they say, for an empty database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from faculty import directory
from faculty.demo import cast, desk, hosting, talk
from faculty.demo.script import Clock
from faculty.demo.world import World

FOUNDERS = Path(__file__).parent.parent / "data" / "founding_faculty.csv"


@transaction.atomic
def load(now: datetime, tell: Callable[[str], None]) -> None:
    """Write everything as if it had happened in the weeks before `now`, or nothing."""
    world = World(Clock(now))
    cast.make_people(world)
    cast.make_signposts(world)
    tell(f"People: {len(world.people)}")
    talk.make_spaces(world)
    talk.make_threads(world)
    tell(f"Spaces: {len(world.spaces)}, threads: {len(world.threads)}, posts: {_total(world.posts)}")
    talk.make_chat(world)
    tell(f"Chat messages: {_total(world.messages)}")
    hosting.make_session(world)
    hosting.make_conversation(world)
    desk.make_desk(world)
    desk.settle(world)
    desk.make_readings(world)
    desk.make_notices(world)
    tell(f"Faculty in the directory: {directory.import_csv(FOUNDERS).added}")


def _total(rows: dict[str, list]) -> int:
    return sum(map(len, rows.values()))
