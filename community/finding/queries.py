"""What somebody typed into the search box, taken apart: words, and filters such as in:north."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches

from django.contrib.postgres.search import SearchQuery
from django.utils import timezone

from community.finding import dates, words
from community.models import Space, SpaceKind
from leaders.models import Leader
from leaders.models.account import sort_key

LENGTH_AT_MOST = 300
FILTERS_AT_MOST = 8
NAMESAKES_AT_MOST = 20
OFFERED_AT_MOST = 5

_QUOTES = str.maketrans("“”„‟«»\x00", '""""""\ufffd')
_PIECE = re.compile(
    r'(?P<filter>(?P<minus>-?)(?P<name>in|by|before|after):(?P<value>"[^"]*"?|[^\s"]*))(?=\s|$)'
    r'|-?"[^"]*"?|[^\s"]+',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """A word, a phrase in quotation marks, or a filter with its name and value."""

    typed: str
    name: str = ""
    value: str = ""
    negative: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter that was understood, in words, and the search without it."""

    says: str
    without: str


@dataclass(frozen=True)
class Fault:
    """Why a search cannot be made, in a sentence, and searches that may have been meant."""

    sentence: str
    offers: list[tuple[str, str]] = field(default_factory=list)


class Understood(SearchQuery):
    """Words as PostgreSQL understood them, so that it does not read them again for each row."""

    def as_sql(self, compiler, connection, function=None, template=None):
        return super().as_sql(compiler, connection, function, "%(expressions)s::tsquery")


@dataclass
class Query:
    """A search as it was understood; None is no limit."""

    typed: str
    words: str = ""
    tsquery: str = ""
    any_of: str = ""
    filters: list[Filter] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    spaces: list[Space] | None = None
    authors: list[Leader] | None = None
    after: datetime | None = None
    before: datetime | None = None

    @property
    def name(self) -> str:
        """The words in which a name may stand: those that are not left out, without quotation marks."""
        kept = [piece.typed.strip('"') for piece in take_apart(self.words) if not piece.negative]
        return " ".join(filter(None, kept))

    @property
    def asks_for_posts(self) -> bool:
        """Whether there is a word to look for, or a filter that describes posts without one."""
        return bool(self.tsquery or self.filters)

    @property
    def has_only_common_words(self) -> bool:
        return bool(self.words and not self.tsquery and not self.faults)

    @property
    def asked(self) -> "Understood":
        return Understood(self.tsquery)

    @property
    def author_ids(self) -> list[int] | None:
        return None if self.authors is None else [leader.pk for leader in self.authors]

    @property
    def times(self) -> dict[str, datetime]:
        """The limits in time that there are."""
        limits = {"after": self.after, "before": self.before}
        return {name: moment for name, moment in limits.items() if moment}

    def until(self, day: date) -> str:
        """The same search for what is older than a day, whatever it said of that."""
        kept = [piece.typed for piece in take_apart(self.typed) if piece.name != "before"]
        return " ".join([*kept, f"before:{day}"])


def read(typed: str, *, by: Leader) -> Query:
    """Understand a search with the eyes of whoever searches."""
    typed = clean(typed)
    if len(typed) > LENGTH_AT_MOST:
        sentence = f"A search can have {LENGTH_AT_MOST} characters at most. This one has {len(typed):,}."
        return Query(typed, faults=[Fault(sentence)])
    query = _Reader(typed, by).query
    asked = words.understood(query.words)
    query.tsquery, query.any_of = asked.tsquery, asked.any_of
    if asked.only_leaves_out and not query.filters:
        query.faults.append(Fault("A minus only leaves out. Add a word to look for."))
    return query


def clean(typed: str) -> str:
    """Straight quotation marks, single spaces, and nothing that the database could not store."""
    readable = words.plain(typed.encode("utf-8", "replace").decode())
    return " ".join(readable.translate(_QUOTES).split())


def take_apart(typed: str) -> list[Piece]:
    """The pieces in their order; a date of several words is one piece."""
    pieces = [_piece(found) for found in _PIECE.finditer(typed)]
    taken: list[Piece] = []
    while pieces:
        taken.append(_with_date(pieces))
    return taken


def _piece(found: re.Match) -> Piece:
    if found["filter"]:
        return Piece(found[0], found["name"].lower(), found["value"].strip('"').strip(), bool(found["minus"]))
    return Piece(found[0], negative=found[0].startswith("-"))


def _with_date(pieces: list[Piece]) -> Piece:
    """Take the first piece away, with the words behind it that belong to its date."""
    first = pieces.pop(0)
    if first.name not in ("before", "after") or '"' in first.typed:
        return first
    for more in (2, 1):
        words = [first.value, *(piece.typed for piece in pieces[:more])]
        if len(words) == more + 1 and dates.first_day(" ".join(words), _today()):
            typed = " ".join([first.typed, *words[1:]])
            del pieces[:more]
            return Piece(typed, first.name, " ".join(words), first.negative)
    return first


def _today() -> date:
    return timezone.localdate()


class _Reader:
    """Reads the pieces of one search for one leader."""

    def __init__(self, typed: str, by: Leader):
        self.by, self.pieces, self.query = by, take_apart(typed), Query(typed)
        filters = [piece for piece in self.pieces if piece.name]
        self.query.words = " ".join(piece.typed for piece in self.pieces if not piece.name)
        if len(filters) > FILTERS_AT_MOST:
            self._fault(f"A search can have {FILTERS_AT_MOST} filters at most. This one has {len(filters)}.")
            return
        for piece in filters:
            self._read(piece)

    def _read(self, piece: Piece) -> None:
        if piece.negative:
            self._misread(piece, f"A minus leaves out words. It does not work with “{piece.name}:”.")
        elif not piece.value:
            self._misread(piece, _NOTHING_BEHIND[piece.name])
        else:
            {"in": self._space, "by": self._person}.get(piece.name, self._day)(piece)

    def _space(self, piece: Piece) -> None:
        known = list(Space.objects.visible_to(self.by))
        key = sort_key(piece.value)
        named = [space for space in known if key in (space.slug, sort_key(space.name))]
        found = named or [space for space in known if key in sort_key(space.name)]
        if len(found) != 1:
            self._which_space(piece, found or known, several=bool(found))
        elif found[0].kind == SpaceKind.SEALED:
            self._misread(piece, f"Nothing that is said in {found[0]} can be searched: it is sealed.")
        else:
            self.query.spaces = [*(self.query.spaces or []), *found]
            self._understood(piece, f"In {found[0]}")

    def _which_space(self, piece: Piece, known: list[Space], several: bool) -> None:
        offered = known if several else _alike(piece.value, known) or known
        offers = [
            (space.name, self._instead(piece, f"in:{space.slug}"))
            for space in offered
            if space.kind != SpaceKind.SEALED
        ][:OFFERED_AT_MOST]
        what = "More than one space" if several else "No space that you can read"
        self._misread(piece, f"{what} is called “{piece.value}”.", offers)

    def _person(self, piece: Piece) -> None:
        exact, alike = self._people(piece.value)
        found = exact or (alike if len(alike) == 1 else [])
        if len(found) > NAMESAKES_AT_MOST:
            sentence = (
                f"More than {NAMESAKES_AT_MOST} people are called “{piece.value}”. Give more of the name."
            )
            self._misread(piece, sentence)
        elif not found:
            offers = [(leader.name, self._instead(piece, f"by:{leader.handle}")) for leader in alike]
            self._misread(piece, f"Nobody here is called “{piece.value}”.", offers)
        else:
            self.query.authors = [*(self.query.authors or []), *found]
            several = f"one of {len(found)} people called “{piece.value}”"
            self._understood(piece, f"By {found[0].name if len(found) == 1 else several}")

    def _people(self, value: str) -> tuple[list[Leader], list[Leader]]:
        """Those with that handle or name, or else those whose names come close."""
        known = Leader.objects.visible_to(self.by)
        handle, key = value.lstrip("@").lower(), sort_key(value)
        if handle == "me":
            return [self.by], []
        for named in ({"handle": handle}, {"sort_name": key}, {"sort_name__contains": key}):
            if found := list(known.filter(**named).order_by("sort_name", "pk")[: NAMESAKES_AT_MOST + 1]):
                return found, []
        return [], list(known.named_nearly(value)[:OFFERED_AT_MOST])

    def _day(self, piece: Piece) -> None:
        day = dates.first_day(piece.value, _today())
        if day is None:
            self._misread(piece, f"“{piece.value}” is not a date that I can read. {_DATES}")
            return
        start = timezone.make_aware(datetime.combine(day, time.min))
        if piece.name == "before":
            self.query.before = min(filter(None, [self.query.before, start]))
        else:
            self.query.after = max(filter(None, [self.query.after, start]))
        words = "Before" if piece.name == "before" else "From"
        self._understood(piece, f"{words} {day:%-d %B %Y}")

    def _understood(self, piece: Piece, says: str) -> None:
        self.query.filters.append(Filter(says, self._instead(piece, "")))

    def _misread(self, piece: Piece, sentence: str, offers: list[tuple[str, str]] | None = None) -> None:
        """A fault of one filter: what may have been meant, and at last the search without it."""
        rest = self._instead(piece, "")
        self._fault(sentence, [*(offers or []), *([(f"Without “{piece.typed}”", rest)] if rest else [])])

    def _fault(self, sentence: str, offers: list[tuple[str, str]] | None = None) -> None:
        self.query.faults.append(Fault(sentence, offers or []))

    def _instead(self, piece: Piece, other: str) -> str:
        """The search with something else, or nothing, in the place of one piece."""
        return " ".join(filter(None, (other if each is piece else each.typed for each in self.pieces)))


_DATES = "Write 2026-03-01, 1 March 2026, March 2026 or 2026."
_NOTHING_BEHIND = {
    "in": "“in:” needs the name of a space right behind it, such as in:north or in:\"North cohort\".",
    "by": "“by:” needs a name right behind it, such as by:ana or by:\"Ana Brook\".",
    "before": f"“before:” needs a date right behind it. {_DATES}",
    "after": f"“after:” needs a date right behind it. {_DATES}",
}  # fmt: skip


def _alike(value: str, spaces: list[Space]) -> list[Space]:
    """The spaces whose name or slug comes close, the closest first."""
    key = sort_key(value)
    names = {name: space for space in spaces for name in (space.slug, sort_key(space.name))}
    names |= {word: space for space in spaces for word in sort_key(space.name).split()}
    close = get_close_matches(key, names, n=2 * OFFERED_AT_MOST, cutoff=0.6)
    return list(dict.fromkeys(names[name] for name in close))
