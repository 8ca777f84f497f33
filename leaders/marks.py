"""Marks that turn the direction of writing: left open, they turn whatever follows as well."""

TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MARKS = [chr(mark) for mark in TURNING]


def upright(words: str) -> str:
    """The same words without them; Arabic and Hebrew need none of them."""
    return words.translate(TURNING) if any(mark in words for mark in _MARKS) else words
