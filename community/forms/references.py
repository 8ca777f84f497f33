"""Files in a field for words, as one can read and write them there:

    [image 3f2a9c1b: A full room]        for ![A full room](/attachments/3f2a9c1b-…/)
    [file 7c1d04ee: The plan.pdf]        for [The plan.pdf](/attachments/7c1d04ee-…/)

What is stored has the whole address.
"""

import re
from collections.abc import Mapping
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
    return _STORED.sub(_typed, text) if "/attachments/" in text else text


def as_stored(text: str, uuids: Mapping[str, UUID]) -> str:
    """What was typed, with the addresses of the files whose marks are known."""

    def stored(found: re.Match) -> str:
        kind, mark, words = found.groups(default="")
        if mark not in uuids or not (words or kind == "image"):
            return found[0]
        return f"{'!' if kind == 'image' else ''}[{words}](/attachments/{uuids[mark]}/)"

    return _TYPED.sub(stored, text)


def marks(text: str) -> list[str]:
    """The marks of files in what was typed, each once."""
    return list(dict.fromkeys(found[2] for found in _TYPED.finditer(text)))


def named(text: str) -> list[Reference]:
    """The files that a stored text names outside of quotes, each once."""
    own = "\n".join(line for line in text.split("\n") if not _QUOTED.match(line))
    found: dict[str, Reference] = {}
    for sign, words, mark, rest in _STORED.findall(own):
        found.setdefault(mark, Reference(mark, UUID(mark + rest), words, bool(sign)))
    return list(found.values())


def _typed(found: re.Match) -> str:
    sign, words, mark, _rest = found.groups()
    return f"[{'image' if sign else 'file'} {mark}{f': {words}' if words else ''}]"
