"""Questions that every page asks: built once, as that takes Django longer than PostgreSQL needs to answer."""

import itertools
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID as Uuid
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import cached_property
from psycopg2.extensions import AsIs

from community.models.makers import Maker
from leaders.models import Leader

# Values that stand for those of a question while its SQL is built; no row has them.
LEADER, READ, MODERATED, THREAD = -7_000_001, -7_000_002, -7_000_003, -7_000_004
FIRST, LAST, POSTS, THREADS, SPACE = -7_000_005, -7_000_006, -7_000_007, -7_000_008, -7_000_009
SPACES, ROOM, LEADERS, COHORT, NOTICES = -7_000_010, -7_000_011, -7_000_012, -7_000_013, -7_000_014
ROWS = -7_000_015
NOW, DAY = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC), date(2, 3, 4)
TOLD, JOINED = datetime(1, 2, 3, 4, 5, 6, 8, tzinfo=UTC), datetime(1, 2, 3, 4, 5, 6, 9, tzinfo=UTC)
SINCE, UUID = datetime(1, 2, 3, 4, 5, 6, 10, tzinfo=UTC), Uuid(int=7_000_011)
NAMES = {LEADER: "leader", READ: "reads", MODERATED: "moderates", THREAD: "thread", COHORT: "cohort"}
SLUG, TSQUERY, KEY, WORDS = "?", "??", "???", "????"  # no slug, word, key of a session or name is this
NAMES |= {SLUG: "slug", TSQUERY: "tsquery", KEY: "key", SPACES: "spaces", ROOM: "room", LEADERS: "leaders"}
NAMES |= {WORDS: "words", FIRST: "first", LAST: "last", POSTS: "posts", THREADS: "threads", SPACE: "space"}
NAMES |= {NOW: "now", DAY: "day", TOLD: "told", JOINED: "joined", SINCE: "since", UUID: "uuid"}
NAMES |= {NOTICES: "notices", ROWS: "rows"}
LISTS = (READ, MODERATED, POSTS, THREADS, SPACES, LEADERS, NOTICES, ROWS)

LARGEST = 2**63 - 1  # of a bigint

_numbers = itertools.count(1)
_NAMED = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection
_remembered: ContextVar[dict | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering(known: dict | None = None) -> Iterator[None]:
    """While this lasts, each question is asked once: for a page that changes nothing, never for a verb.

    `known` are answers that somebody has asked for already, on the same page.
    """
    token = _remembered.set({**(known or {})})
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


def moment() -> datetime:
    """Now; while the SQL of a question is built, what stands for the `now` that it will be asked with."""
    return NOW if is_building() else timezone.now()


def remember(key: Hashable, ask: Callable[[], Any]) -> Any:
    """The answer given before on this page, else a new one."""
    kept = _remembered.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


class Question:
    """A query about any leader, whose SQL is kept, and prepared once on each connection.

    `build` gets a leader who stands for all: one who moderates, or one who does not.
    """

    def __init__(self, build: Callable[[Leader], QuerySet], *, moderates: bool = False):
        self._build, self._moderates = build, moderates
        self._name = f"question_{next(_numbers)}"
        self._kept: tuple[str, list, Maker] | None = None

    def rows(self, *, after: "Question | None" = None, **values) -> list[tuple]:
        """The answer for a `leader` (an id), who reads and moderates these lists of spaces.

        The one to be asked `after` goes ahead in the same message, for what it locks: this one sees what
        was there once it had its locks.
        """
        database = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up anew at each touch
        with database.cursor() as cursor:
            asked = [each._statement(database, values) for each in (after, self) if each]
            cursor.execute("; ".join(sql for sql, _ in asked), [one for _, given in asked for one in given])
            return cursor.fetchall()

    def objects(self, **values) -> list:
        """The same as the objects that the query is about, with what was joined and annotated."""
        rows = self.rows(**values)
        return list(self._kept[2].objects(rows))

    def _statement(self, database, values: dict) -> tuple[str, list]:
        """What asks it on a connection, and the values for its places."""
        sql, params, _ = self._kept or self.build()
        if not (self._kept and _may_prepare(database)):
            return sql, [_storable(values[name]) if name else value for name, value in params]
        self._prepare(database.connection)
        given = [_storable(values[name]) for name in self._names]
        return _execution(self._name, len(given)), given

    @property
    def is_kept(self) -> bool:
        """Whether its SQL was built once for all."""
        return self._kept is not None

    def _prepare(self, session) -> None:
        if _is_prepared(session, self._name):
            return
        sql, params, _ = self._kept
        places = {name: AsIs(f"${number}") for number, name in enumerate(self._names, 1)}
        _prepare(session, self._name, sql, [places.get(name, value) for name, value in params])

    @cached_property
    def _names(self) -> list[str]:
        """What it asks for, each once, however often it stands in the SQL."""
        return list(dict.fromkeys(name for name, _ in self._kept[1] if name))

    def build(self) -> tuple[str, list, "Maker"]:
        """Its SQL, values and maker of objects; kept, unless a time of the clock, which would stand still."""
        compiler = self._query().query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        pieces = sql.split("%s")
        # A list of one becomes a list of any length.
        for number, value in enumerate(params):
            if value in LISTS:
                assert (pieces[number][-5:], pieces[number + 1][:1]) == (" IN (", ")"), sql
                pieces[number] = f"{pieces[number][:-5]} = ANY("
        built = "%s".join(pieces), [(_name(value), value) for value in params], Maker(compiler)
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


class Together(Question):
    """Questions that are asked in one statement, each with its own answer."""

    def __init__(self, *questions: Question):
        super().__init__(lambda _: None)
        self._questions = questions

    def answers(self, **values) -> tuple[list[list], ...]:
        """The rows of each; days and times in them are words, as in JSON."""
        return self.rows(**values)[0]

    def build(self) -> tuple[str, list, None]:
        """Their SQL in one, and the values of all; kept, as theirs is."""
        built = [each._kept or each.build() for each in self._questions]
        assert all(each.is_kept for each in self._questions)
        answers = [_as_json(sql, maker.width) for sql, _, maker in built]
        self._kept = f"SELECT {', '.join(answers)}", [param for _, its, _ in built for param in its], None
        return self._kept


def _as_json(sql: str, width: int) -> str:
    """The rows of a question as one value."""
    names = ", ".join(f"value_{number}" for number in range(width))
    rows = f"coalesce(json_agg(json_build_array({names})), '[]')"
    return f"(SELECT {rows} FROM ({sql}) AS asked ({names}))"  # noqa: S608


class Statement:
    """A statement of our own, prepared once on each connection: `%s` or `%(name)s` for each of its values."""

    def __init__(self, sql: str):
        self._sql, self._name = sql, f"statement_{next(_numbers)}"
        self._names = [*dict.fromkeys(_NAMED.findall(sql))]

    def row(self, *values) -> tuple:
        """The first row that it returns."""
        return self.rows(*values)[0]

    def rows(self, *values, after: Iterable["Statement"] = (), **named) -> list[tuple]:
        """All rows that it returns; of the named values it may need fewer than it is given.

        Those to be asked `after` go ahead in the same message: without a transaction, all is one.
        """
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            asked = [each._statement(database, values, named) for each in (*after, self)]
            cursor.execute("; ".join(sql for sql, _ in asked), [one for _, given in asked for one in given])
            return cursor.fetchall()

    def _statement(self, database, values: tuple, named: dict) -> tuple[str, list]:
        """What asks it on a connection, and the values for its places."""
        given = [named[name] for name in self._names] or [*values]
        if not _may_prepare(database):
            return _NAMED.sub("%s", self._sql), [named[name] for name in _NAMED.findall(self._sql)] or given
        if not _is_prepared(database.connection, self._name):
            _prepare(database.connection, self._name, self._sql, self._places(len(given)))
        return _execution(self._name, len(given)), given

    def _places(self, count: int) -> list[AsIs] | dict[str, AsIs]:
        places = [AsIs(f"${number}") for number in range(1, count + 1)]
        return dict(zip(self._names, places, strict=True)) if self._names else places


def _prepare(session, name: str, sql: str, values: list | dict) -> None:
    """Have PostgreSQL read and plan it once, for as long as the connection lives."""
    with session.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {sql}", values)
    _prepared.setdefault(session, set()).add(name)


def _is_prepared(session, name: str) -> bool:
    return name in _prepared.get(session, ())


def _storable(value):
    """The same, but for a number that no column holds: an address can name any."""
    return min(value, LARGEST) if type(value) is int else value


def _name(value) -> str | None:
    return NAMES.get(value) if isinstance(value, Hashable) else None


@receiver(connection_created, dispatch_uid="plan_once")
def _plan_once(connection, **_) -> None:
    """What is prepared is planned once, for all values.

    Left to itself PostgreSQL plans a long question anew for each page, for longer than it needs to answer.
    """
    if _may_prepare(connection):
        with connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")


def _may_prepare(connection) -> bool:
    """Behind a pooler that lends a connection for one transaction only, nothing stays prepared."""
    return not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)


@cache
def _execution(name: str, count: int) -> str:
    return f"EXECUTE {name} ({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"
