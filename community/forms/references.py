"""Files in a field for words, as one can read and write them there:

    [image 3f2a9c1b: A full room]        for ![A full room](/attachments/3f2a9c1b-…/)
    [file 7c1d04ee: The plan.pdf]        for [The plan.pdf](/attachments/7c1d04ee-…/)

What is stored has the whole address. In a quote the field has it too: that file is of another post.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from community.models.attachments import MARK_LENGTH

_WORDS = r"((?:[^\[\]\\\n]|\\[^\n])*)"
_UUID = rf"([0-9a-f]{{{MARK_LENGTH}}})((?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})"
_STORED = re.compile(rf"(?<!\\)(!?)\[{_WORDS}\]\(/attachments/{_UUID}/\)")
_TYPED = re.compile(rf"(?<![\\!])\[(image|file) ([0-9a-f]{{{MARK_LENGTH}}})(?:: {_WORDS})?\](?!\()")
_QUOTED = re.compile(r"\s*>")


@dataclass(frozen=True)
class Reference:
    """A file that a stored text names outside of quotes."""

    mark: str
    uuid: UUID
    words: str
    is_image: bool

    @property
    def kind(self) -> str:
        return "image" if self.is_image else "file"


def as_typed(text: str) -> str:
    """A stored text as its author reads and changes it in a field."""
    return _elsewhere(_STORED, _typed, text) if "/attachments/" in text else text


def as_stored(text: str, uuids: Mapping[str, UUID]) -> str:
    """What was typed, with the addresses of the files whose marks are known."""

    def stored(found: re.Match) -> str:
        kind, mark, words = found.groups(default="")
        if mark not in uuids or not (words or kind == "image"):
            return found[0]
        return f"{'!' if kind == 'image' else ''}[{words}](/attachments/{uuids[mark]}/)"

    return _elsewhere(_TYPED, stored, text)


def marks(text: str) -> list[str]:
    """The marks of files in what was typed, each once."""
    found: dict[str, None] = {}
    _elsewhere(_TYPED, lambda each: found.setdefault(each[2]) or each[0], text)
    return list(found)


def named(text: str) -> list[Reference]:
    """The files that a stored text names, each once."""
    found: dict[str, Reference] = {}

    def note(each: re.Match) -> str:
        sign, words, mark, rest = each.groups()
        found.setdefault(mark, Reference(mark, UUID(mark + rest), words, bool(sign)))
        return each[0]

    _elsewhere(_STORED, note, text)
    return list(found.values())


def _typed(found: re.Match) -> str:
    sign, words, mark, _rest = found.groups()
    return f"[{'image' if sign else 'file'} {mark}{f': {words}' if words else ''}]"


def _elsewhere(pattern: re.Pattern, change: Callable[[re.Match], str], text: str) -> str:
    """Change what is found, but for the lines of quotes."""
    lines = text.split("\n")
    return "\n".join(line if _QUOTED.match(line) else pattern.sub(change, line) for line in lines)
