"""The difference between two texts, word by word, so that one can read what an edit changed."""

import re
from dataclasses import dataclass
from enum import StrEnum

from diff_match_patch import diff_match_patch

CONTEXT = 20  # words that stay around a change
FOLDED_FROM = 60  # unchanged words in a row, from which on the middle is folded

_WORDS = re.compile(r"\w+|\s|[^\w\s]")
_ALPHABET = 0x20000  # each word stands as one letter while texts are compared


class Kind(StrEnum):
    SAME = "same"
    FOLDED = "folded"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words in a row that stayed, went or came."""

    kind: Kind
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing but spaces and ends of lines went or came."""
        return not self.text.strip()

    @property
    def word_count(self) -> int:
        return len(self.text.split())


def between(old: str, new: str) -> list[Piece]:
    """What became of a text, in the order of reading; long stretches that stayed are folded."""
    comparer = diff_match_patch()
    comparer.Diff_Timeout = 0.2  # seconds; texts that have hardly anything in common are then replaced whole
    letters: dict[str, str] = {}
    found = comparer.diff_main(_spell(old, letters), _spell(new, letters), False)
    words = {letter: word for word, letter in letters.items()}
    found = _without_crumbs([(sign, [words[letter] for letter in spelt]) for sign, spelt in found])
    pieces = [Piece(_KINDS[sign], "".join(run)) for sign, run in found]
    return [part for place, piece in enumerate(pieces) for part in _fold(piece, place, len(pieces))]


_KINDS = {-1: Kind.REMOVED, 0: Kind.SAME, 1: Kind.ADDED}


def _spell(text: str, letters: dict[str, str]) -> str:
    text = text.replace("\r\n", "\n")
    return "".join(letters.setdefault(word, chr(_ALPHABET + len(letters))) for word in _WORDS.findall(text))


def _without_crumbs(found: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Join changes that only a sign or a stray word divides: one change is easier to read than five."""
    tidy: list[tuple[int, list[str]]] = []
    gone, come = [], []
    for place, (sign, run) in enumerate(found):
        between_changes = (gone or come) and place < len(found) - 1
        if sign == 0 and not (between_changes and _is_crumb(run, gone, come)):
            tidy += [(-1, gone), (1, come), (0, run)]
            gone, come = [], []
        else:
            gone.extend(run if sign <= 0 else [])
            come.extend(run if sign >= 0 else [])
    return [part for part in [*tidy, (-1, gone), (1, come)] if part[1]]


def _is_crumb(run: list[str], gone: list[str], come: list[str]) -> bool:
    stayed = sum(word.isalnum() for word in run)
    changed = min(sum(word.isalnum() for word in side) for side in (gone, come))
    return "\n" not in run and (not stayed or stayed * 3 <= changed)


def _fold(piece: Piece, place: int, count: int) -> list[Piece]:
    """A long stretch that stayed, in up to three: what stands beside the changes stays in sight."""
    if piece.kind != Kind.SAME or count == 1:
        return [piece]
    ends = [found.end() for found in re.finditer(r"\S+\s*", piece.text)]
    if len(ends) < FOLDED_FROM:
        return [piece]
    start = ends[CONTEXT - 1] if place else 0
    stop = ends[-CONTEXT - 1] if place < count - 1 else len(piece.text)
    parts = [(Kind.SAME, 0, start), (Kind.FOLDED, start, stop), (Kind.SAME, stop, len(piece.text))]
    return [Piece(kind, piece.text[begin:end]) for kind, begin, end in parts if begin < end]
