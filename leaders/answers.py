"""What a mail server answers, without what it repeats of a letter: addresses, links, names, words."""

import re

AT_MOST = 2_000  # signs that are looked at
SHORTEST = 4  # letters of a word that tells something
_REPEATED = re.compile(
    r"""<[^<>]*> | "[^"]*" | “[^”]*” | (?<!\w)'[^']*'(?!\w)  # quoted, whatever it is
    | \S+@\S+ | \b(?:https?|mailto):\S+ | \bwww\.\S+""",
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def without_words(said: str, *told: str) -> str:
    """An answer fit to be kept: without what it quotes, and without the words of these texts."""
    ours = {word.lower() for text in told for word in _WORD.findall(text) if len(word) >= SHORTEST}
    plain = _REPEATED.sub("…", " ".join(said[:AT_MOST].split()))
    return _WORD.sub(lambda word: "…" if word[0].lower() in ours else word[0], plain)
