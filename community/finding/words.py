"""Words as PostgreSQL looks for them, and as people write the same words on telephones and in a hurry."""

import re
import unicodedata
from dataclasses import dataclass

from community.models.asking import Statement

_READ = Statement(
    "SELECT asked::text, querytree(asked) FROM websearch_to_tsquery('english', %(words)s) asked"
)
PHRASE = re.compile(r" <(?:-|\d+)> ")
_ALL_OF = re.compile(r" (?:&|<->|<\d+>) ")
_LEXEME = re.compile(r"'((?:[^']|'')+)'")  # as PostgreSQL quotes it
_WITH_APOSTROPHE = re.compile(r"\b(\w+)'(\w{3,})")
_ABBREVIATION = re.compile(r"[bcdfghjklmnpqrstvwxz]{2,4}a?")  # GP, PCN, HCA
_UNSEEN = dict.fromkeys(map(ord, "\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")


def plain(typed: str) -> str:
    """Without signs that nobody sees, each letter with its accent as one, apostrophes as on a keyboard."""
    return unicodedata.normalize("NFC", typed).translate(_UNSEEN).translate(_APOSTROPHES)


@dataclass(frozen=True)
class Words:
    """What PostgreSQL looks for; `any_of` looks for one of several words that all must be there."""

    tsquery: str = ""
    any_of: str = ""
    only_leaves_out: bool = False


def understood(typed: str) -> Words:
    """The words as PostgreSQL looks for them."""
    [(tsquery, present)] = _READ.rows(words=typed)
    nothing = present in ("", "T")
    any_of = "" if nothing or not _ALL_OF.search(present) else _ALL_OF.sub(" | ", _widened(present, ""))
    return Words(_widened(tsquery, typed.lower()), any_of, only_leaves_out=bool(tsquery and nothing))


def _widened(tsquery: str, words: str) -> str:
    """With other ways to write each word beside it."""
    names = {f"'{one}' <-> '{other}'": f"'{one}’{other}'" for one, other in _WITH_APOSTROPHE.findall(words)}
    for name, other in names.items():
        tsquery = tsquery.replace(name, f"( {name} | {other} )")
    return _LEXEME.sub(_or_others, tsquery)


def _or_others(found: re.Match) -> str:
    lexeme = found[1]
    # Those of addresses may hold apostrophes and backslashes: nobody writes them in another way.
    return found[0] if "'" in lexeme or "\\" in lexeme else _any_of([lexeme, *_others(lexeme)])


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
