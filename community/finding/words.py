"""Words as PostgreSQL looks for them, and as people write the same words on telephones and in a hurry."""

import re
import unicodedata

from community.models.asking import Statement

_READ = Statement("""SELECT asked::text, querytree(asked) NOT IN ('', 'T')
    FROM websearch_to_tsquery('english', %(words)s) asked""")
_LEXEME = re.compile(r"'([^'\\]+)'")
_WITH_APOSTROPHE = re.compile(r"\b(\w+)'(\w{3,})")
_ABBREVIATION = re.compile(r"[bcdfghjklmnpqrstvwxz]{2,4}a?")  # GP, PCN, HCA
_UNSEEN = dict.fromkeys(map(ord, "\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")


def plain(typed: str) -> str:
    """Without signs that nobody sees, each letter with its accent as one, apostrophes as on a keyboard."""
    return unicodedata.normalize("NFC", typed).translate(_UNSEEN).translate(_APOSTROPHES)


def understood(words: str) -> tuple[str, bool]:
    """What PostgreSQL looks for, and whether it looks for anything that must be there."""
    [(tsquery, looks_for_something)] = _READ.rows(words=words)
    return _widened(tsquery, words.lower()), looks_for_something


def _widened(tsquery: str, words: str) -> str:
    """With other ways to write each word beside it."""
    names = {f"'{one}' <-> '{other}'": f"'{one}’{other}'" for one, other in _WITH_APOSTROPHE.findall(words)}
    for name, other in names.items():
        tsquery = tsquery.replace(name, f"( {name} | {other} )")
    return _LEXEME.sub(lambda found: _any_of([found[1], *_others(found[1])]), tsquery)


def _others(lexeme: str) -> list[str]:
    """The same word as others may have written it: PCNs, GP’s, COVID-19, resume for résumé."""
    one = lexeme.removesuffix("s")
    if _ABBREVIATION.fullmatch(one):
        others = [other for other in (one, f"{one}s", f"{one}’s") if other != lexeme]
    else:
        others = [] if "’" in lexeme else [f"{lexeme}’"]
    if lexeme.removeprefix("-").isdecimal():
        others.append(lexeme[1:] if lexeme.startswith("-") else f"-{lexeme}")
    unaccented = unicodedata.normalize("NFKD", lexeme).encode("ascii", "ignore").decode()
    if unaccented.isalnum() and unaccented != lexeme and len(unaccented) == len(lexeme):
        others.append(unaccented)
    return others


def _any_of(lexemes: list[str]) -> str:
    quoted = " | ".join(f"'{lexeme}'" for lexeme in lexemes)
    return quoted if len(lexemes) == 1 else f"( {quoted} )"
