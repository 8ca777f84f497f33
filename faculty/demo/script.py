"""Reads what was written for the demonstration: plain text files beside this module."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
LONDON = ZoneInfo("Europe/London")

_POST = re.compile(r"^--- (?P<author>[a-z]+)(?: \+(?P<after>\w+))?(?: thanks:(?P<thanks>[a-z,]+))?$", re.M)
_MESSAGE = re.compile(r"(?P<author>[a-z]+)(?: \+(?P<after>\d+))?: (?P<body>.+)")
_SPAN = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True)
class Clock:
    """Turns "three days ago, at 12:40" into a moment before the demonstration is loaded."""

    now: datetime

    def at(self, words: str) -> datetime:
        """A moment: "3d 12:40" is that day by the clock in London, "50m" that long ago."""
        span, _, clock = words.partition(" ")
        if not clock:
            return self.now - read_span(span)
        day = self.now.astimezone(LONDON).date() - read_span(span)
        return datetime.combine(day, time.fromisoformat(clock), LONDON)


@dataclass(frozen=True)
class Line:
    """Something that somebody said, and who thanked them for it."""

    author: str
    at: datetime
    body: str
    thanked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A thread as it was written; its key is space/name."""

    key: str
    head: dict[str, str]
    lines: list[Line]

    @property
    def space(self) -> str:
        return self.key.split("/")[0]


def table(name: str) -> dict:
    """One of the TOML files."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def house_rules() -> str:
    """The text of the common house rules, in Markdown."""
    return (HERE / "house_rules.md").read_text(encoding="utf-8")


def conversations(clock: Clock) -> list[Conversation]:
    """All threads, the oldest first."""
    files = (HERE / "threads").glob("*/*.md")
    return sorted((_conversation(file, clock) for file in files), key=lambda talk: talk.lines[0].at)


def chat(space: str, clock: Clock) -> list[Line]:
    """The messages of a space's room in their order."""
    file = HERE / "rooms" / f"{space}.md"
    lines, at = [], clock.now
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        if text.startswith("@ "):
            at = clock.at(text[2:])
        elif found := _MESSAGE.fullmatch(text):
            # Seconds, since several people answer within one minute.
            at += timedelta(minutes=int(found["after"] or 0), seconds=7)
            lines.append(Line(found["author"], at, found["body"]))
    return lines


def read_span(words: str) -> timedelta:
    """A span such as 1d2h30m."""
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in _SPAN.findall(words)})


def _conversation(file: Path, clock: Clock) -> Conversation:
    head, *parts = _POST.split(file.read_text(encoding="utf-8"))
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    lines, at = [], clock.at(facts["started"])
    for author, after, thanks, body in zip(*[iter(parts)] * 4, strict=True):
        at += read_span(after or "")
        lines.append(Line(author, at, body.strip(), tuple(thanks.split(",")) if thanks else ()))
    return Conversation(f"{file.parent.name}/{file.stem}", facts, lines)
