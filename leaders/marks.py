"""Marks that nobody sees: those that turn the direction of writing turn what follows as well, left open."""

import unicodedata

TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters by name, of no shape
_MARKS = [chr(mark) for mark in TURNING]


def upright(words: str) -> str:
    """The same words without them; Arabic and Hebrew need none of them."""
    return words.translate(TURNING) if any(mark in words for mark in _MARKS) else words


def is_seen(words: str) -> bool:
    """Whether there is anything to be seen in them."""
    return any(unicodedata.category(sign)[0] not in "CZ" and sign not in _BLANK for sign in words)
