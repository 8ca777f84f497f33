"""Questions that every page asks: built once, as that takes Django longer than PostgreSQL needs to answer."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from leaders.models import Leader

# Values that stand for those of a question while its SQL is built; no row has them.
LEADER, READ, MODERATED, THREAD = -7_000_001, -7_000_002, -7_000_003, -7_000_004
NOW, DAY = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC), date(2, 3, 4)
TOLD, JOINED = datetime(1, 2, 3, 4, 5, 6, 8, tzinfo=UTC), datetime(1, 2, 3, 4, 5, 6, 9, tzinfo=UTC)
NAMES = {LEADER: "leader", READ: "reads", MODERATED: "moderates", THREAD: "thread"}
NAMES |= {NOW: "now", DAY: "day", TOLD: "told", JOINED: "joined"}

_remembered: ContextVar[dict | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """While this lasts, each question is asked once: for a page that changes nothing, never for a verb."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def is_remembering() -> bool:
    """Whether the answers of this page are kept until its end."""
    return _remembered.get() is not None


def is_building() -> bool:
    """Whether the SQL of a question is built: a moment in it must be one that stands for another."""
    return ("reads", LEADER) in (_remembered.get() or {})


def remember(key: Hashable, ask: Callable[[], Any]) -> Any:
    """The answer given before on this page, else a new one."""
    kept = _remembered.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


class Question:
    """A query about any leader, whose SQL is kept; `rows` asks it about one.

    `build` gets a leader who stands for all: one who moderates, or one who does not.
    """

    def __init__(self, build: Callable[[Leader], QuerySet], *, moderates: bool = False):
        self._build, self._moderates = build, moderates
        self._kept: tuple[str, list] | None = None

    def rows(self, **values) -> list[tuple]:
        """The answer for a `leader` (an id), who reads and moderates these lists of spaces."""
        sql, params = self._kept or self._compile()
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else value for name, value in params])
            return cursor.fetchall()

    @property
    def is_kept(self) -> bool:
        """Whether its SQL was built once for all."""
        return self._kept is not None

    def _compile(self) -> tuple[str, list]:
        sql, params = self._query().query.sql_with_params()
        pieces = sql.split("%s")
        # A list of one becomes a list of any length.
        for number, value in enumerate(params):
            if value in (READ, MODERATED):
                assert (pieces[number][-5:], pieces[number + 1][:1]) == (" IN (", ")"), sql
                pieces[number] = f"{pieces[number][:-5]} = ANY("
        built = "%s".join(pieces), [(_name(value), value) for value in params]
        # A time that was taken from the clock would stand still if it were kept.
        if not any(isinstance(value, date) and value not in NAMES for value in params):
            self._kept = built
        return built

    def _query(self) -> QuerySet:
        leader = Leader(pk=LEADER, joined_at=JOINED, is_faculty=self._moderates)
        token = _remembered.set({("reads", LEADER): [READ], ("moderates", LEADER): [MODERATED]})
        try:
            return self._build(leader)
        finally:
            _remembered.reset(token)


def _name(value) -> str | None:
    return NAMES.get(value) if isinstance(value, Hashable) else None
