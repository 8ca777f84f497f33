"""What the demonstration has put into the database so far, by the names that its files use."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import NAMESPACE_URL, UUID, uuid5

from community.models import Message, Post, Space, Thread
from faculty.demo.script import Clock
from leaders.models import Leader

# Hours since the cast last looked around; everybody else's come from their handles.
VISITS = {"ana": 62, "ben": 15, "cleo": 30, "dara": 20, "finn": 40}


@dataclass
class World:
    """The clock and the rows."""

    clock: Clock
    people: dict[str, Leader] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    posts: dict[str, list[Post]] = field(default_factory=dict)
    messages: dict[str, list[Message]] = field(default_factory=dict)

    @cached_property
    def last_visits(self) -> dict[str, datetime]:
        """When everybody last looked around."""
        hours = {handle: VISITS.get(handle) or 12 + chance(handle, below=130) for handle in self.people}
        return {handle: self.clock.now - timedelta(hours=count) for handle, count in hours.items()}

    def readers(self, key: str) -> dict[str, Leader]:
        """The people who may read a thread or space, by handle."""
        return {handle: self.people[handle] for handle in sorted(self.members[key.split("/")[0]])}

    def post(self, name: str) -> Post:
        """The post that space/thread#number names."""
        key, number = name.split("#")
        return self.posts[key][int(number) - 1]

    def item(self, row: dict) -> Post | Message:
        """The post or the message that a row names."""
        if "post" in row:
            return self.post(row["post"])
        return next(message for message in self.messages[row["room"]] if message.body == row["message"])


def identity(name: str) -> UUID:
    """The same UUID for the same name, always."""
    return uuid5(NAMESPACE_URL, f"https://collaborate.example.org/demo/{name}")


def chance(name: str, *, below: int) -> int:
    """A number that looks drawn by lot and is always the same."""
    return identity(name).int % below
