"""The difference between two texts, word by word, so that one can read what an edit changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from diff_match_patch import diff_match_patch

CONTEXT = 20  # words that stay around a change
SHORT = 800  # words and signs in both texts: those are always compared to the end, in less than 0.1 s
PATIENCE = 0.2  # seconds for all others
FOLDED_FROM = 60  # unchanged words in a row, from which on the middle is folded

_WORDS = re.compile(r"[^\S\n]*(?:\w+|[^\w\s]|\n)")  # each with the spaces before it
_ALPHABET = 0x20000  # each word stands as one letter while texts are compared

Run = tuple[int, list[str], list[str]]  # -1, 0 or 1; its words in the old text; its words in the new one


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
        """Whether nothing but ends of lines went or came."""
        return not self.text.strip()

    @property
    def word_count(self) -> int:
        return len(self.text.split())


def between(old: str, new: str) -> list[Piece]:
    """What became of a text, in the order of reading; long stretches that stayed are folded.

    How many spaces stand between two words makes no difference.
    """
    was, now = _words(old), _words(new)
    comparer = diff_match_patch()
    # Long texts that have hardly anything in common are replaced whole after that time; short ones are never.
    comparer.Diff_Timeout = PATIENCE if len(was) + len(now) > SHORT else 0
    letters: dict[str, str] = {}
    found = comparer.diff_main(_spell(was, letters), _spell(now, letters), False)
    pieces = _pieces(_without_crumbs(list(_runs(found, was, now))))
    return [part for place, piece in enumerate(pieces) for part in _fold(piece, place, len(pieces))]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.replace("\r\n", "\n"))


def _spell(words: list[str], letters: dict[str, str]) -> str:
    return "".join(letters.setdefault(word.strip(), chr(_ALPHABET + len(letters))) for word in words)


def _runs(found: list[tuple[int, str]], was: list[str], now: list[str]) -> Iterator[Run]:
    """The words behind the letters, each from its own text."""
    old, new = iter(was), iter(now)
    for sign, spelt in found:
        gone = list(islice(old, len(spelt))) if sign <= 0 else []
        come = list(islice(new, len(spelt))) if sign >= 0 else []
        yield sign, gone, come


def _without_crumbs(runs: list[Run]) -> list[tuple[list[str], list[str], list[str]]]:
    """What went and came, each with what stayed after it; changes that only a stray word divides are one."""
    tidy: list[tuple[list[str], list[str], list[str]]] = []
    gone, come = [], []
    for place, (sign, was, now) in enumerate(runs, start=1):
        if sign == 0 and (place == len(runs) or not _is_crumb(now, gone, come)):
            tidy.append((gone, come, now))
            gone, come = [], []
        else:
            gone += was
            come += now
    return [*tidy, (gone, come, [])]


def _is_crumb(stayed: list[str], gone: list[str], come: list[str]) -> bool:
    changed = min(_count(gone), _count(come))
    return changed > 0 and "\n" not in stayed and _count(stayed) * 3 <= changed


def _count(words: list[str]) -> int:
    return sum(word.strip().isalnum() for word in words)


def _pieces(tidy: list[tuple[list[str], list[str], list[str]]]) -> list[Piece]:
    """The words as texts; a space before both what went and what came belongs to neither."""
    pieces: list[Piece] = []
    for gone, come, stayed in tidy:
        went, came = "".join(gone), "".join(come)
        if pieces and went.startswith(" ") and came.startswith(" "):
            pieces[-1] = Piece(Kind.SAME, f"{pieces[-1].text} ")
            went, came = went[1:], came[1:]
        each = [(Kind.REMOVED, went), (Kind.ADDED, came), (Kind.SAME, "".join(stayed))]
        pieces += [Piece(kind, text) for kind, text in each if text]
    return pieces


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
