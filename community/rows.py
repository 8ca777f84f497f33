"""Rows of lists of threads: what they show, asked for without making objects of it, and as HTML."""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from types import SimpleNamespace
from typing import NamedTuple

from django.db.models import QuerySet
from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from community import moulds, reading
from community.models import Level, Thread, ThreadKind, asking
from community.models.threads import address
from leaders import profiles
from leaders.models import Leader
from leaders.models.account import initials

TEMPLATE = "community/_thread_row.html"
MANY = 99  # new posts, as counted by `reading`
PLACES = moulds.places(
    *("pk", "unread", "replies", "href", "title", "space", "name", "initials", "photo", "tone", "when")
)


class Row(NamedTuple):
    """What a list shows of a thread, by the names of columns and of what `reading.listed` adds."""

    pk: int
    title: str
    kind: str
    is_pinned: bool
    is_answered: bool
    closed_at: datetime | None
    shown_count: int
    last_post_at: datetime
    last_post__alias: str | None
    last_post__author: int | None
    last_post__author__name: str | None
    last_post__author__handle: str | None
    last_post__author__photo: str | None
    last_post__author__visibility: str | None  # JSON, as it is stored
    space__name: str
    level: str
    is_new: bool
    unread: int

    @property
    def name(self) -> str:
        """Whoever wrote last, as far as lists say it."""
        return self.last_post__author__name or self.last_post__alias or "Somebody who has left"

    @property
    def initials(self) -> str:
        """What stands in place of their photo."""
        if self.last_post__author:
            return initials(self.last_post__author__name)
        return (self.last_post__alias or "?")[:1].upper()

    @property
    def photo(self) -> str:
        """The address of their photo, if every leader may see it."""
        if not self.last_post__author__photo:
            return ""
        author = SimpleNamespace(
            handle=self.last_post__author__handle,
            photo=self.last_post__author__photo,
            visibility=json.loads(self.last_post__author__visibility),
        )
        return profiles.public_photo(author)


class Kind(NamedTuple):
    """All upon which the template decides. Nothing of what a thread says, or of whom, is in it."""

    level: int  # of its heading
    with_space: bool
    question: str  # asked, answered or nothing
    answers: str  # none, one or many
    news: str  # few, many or nothing
    has_photo: bool
    is_pinned: bool
    is_closed: bool
    is_muted: bool


def of(leader: Leader, threads: list[int]) -> list[Row]:
    """The rows of these threads, in this order, but for those that the leader may not see in lists."""
    found = {row[0]: Row._make(row) for row in _ROWS.rows(threads=threads, **reading.asker(leader))}
    return [found[pk] for pk in threads if pk in found]


def of_several(leader: Leader, *lists: list[int]) -> list[list[Row]]:
    """The rows of several lists, asked for at once."""
    found = {row.pk: row for row in of(leader, list(chain(*lists)))}
    return [[found[pk] for pk in threads if pk in found] for threads in lists]


@pass_environment
def cast(environment: Environment, rows: Iterable[Row], level: int, *, with_space: bool = False) -> Markup:
    """The HTML of rows; `with_space` names the space of each."""
    return Markup("\n".join(_cast(environment, row, level, with_space) for row in rows))  # noqa: S704


def _cast(environment: Environment, row: Row, level: int, with_space: bool) -> str:
    photo = row.photo
    values = {
        "pk": row.pk,
        "unread": row.unread,
        "replies": row.shown_count - 1,
        "href": address(row.pk, row.title),
        "title": escape(row.title),
        "space": escape(row.space__name) if with_space else "",
        "name": escape(row.name),
        "initials": "" if photo else escape(row.initials),
        "photo": escape(photo) if photo else "",
        "tone": row.last_post__author % 5 if row.last_post__author else "none",
        "when": environment.filters["ago"](row.last_post_at),
    }
    return _MOULDS.of(environment, _kind(row, level, with_space, bool(photo))).format_map(values)


def _kind(row: Row, level: int, with_space: bool, has_photo: bool) -> Kind:
    is_question, replies = row.kind == ThreadKind.QUESTION, row.shown_count - 1
    unread = row.unread if row.is_new else 0
    return Kind(
        level,
        with_space,
        question="" if not is_question else "answered" if row.is_answered else "asked",
        answers="none" if replies < 1 else "one" if replies == 1 else "many",
        news="" if not unread else "many" if unread >= MANY else "few",
        has_photo=has_photo,
        is_pinned=row.is_pinned,
        is_closed=row.closed_at is not None,
        is_muted=row.level == Level.MUTED,
    )


def _rows(leader: Leader) -> QuerySet[Thread]:
    found = reading.listed(leader).filter(pk__in=[asking.THREADS])
    return found.select_related(None).defer(None).order_by().values_list(*Row._fields)


_ROWS = asking.Question(_rows)
_MOULDS = moulds.Moulds(TEMPLATE, PLACES)
