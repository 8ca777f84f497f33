"""What is measured, as whom, how many at once, and the queries of each: python -m bench.rows FILE."""

import contextlib
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils.http import urlencode  # noqa: E402

from bench.people import FIVE, HUNDRED, READ, WRITERS  # noqa: E402
from bench.sessions import sign_in  # noqa: E402
from bench.talk import DEEP  # noqa: E402
from bench.words import COMMON, MEDIUM, PAIR, Vocabulary, rare  # noqa: E402
from community import threads  # noqa: E402
from community.models import Errand, Post, Space, Thread  # noqa: E402
from leaders.models import Leader  # noqa: E402

TOKEN = "b" * 32  # the CSRF token of every session here
CROWD, ALONE = 16, 1  # 8 connections for each of two workers; or one after the other


@dataclass
class Row:
    """One line of the table."""

    name: str
    paths: list[str]
    cookies: list[str]
    clients: int = CROWD
    goal: str = ""
    replies_to: dict | None = None
    queries: int | None = field(default=None)


def rows() -> list[Row]:
    """Every row for which there is a page."""
    sessions = sign_in(Leader.objects.filter(pk__in=[FIVE, HUNDRED]))
    five, hundred = cookies(sessions[FIVE]), cookies(sessions[HUNDRED])
    read = Space.objects.get(pk=READ + 1)
    shown = Thread.objects.shown().filter(space=read).order_by("pk")
    long = shown.order_by("-last_number").first()
    full = list(shown.filter(last_number__range=(21, DEEP)).order_by("-last_number")[:20]) or [long]
    deep = full[0]
    found = [
        Row("almost empty page", [reverse("accessibility")], [five]),
        Row("thread, first page", [page(t, 1) for t in full], [five], goal="3x, 8 queries, 60 KB"),
        Row("thread, deep page", [page(deep, deep.page_count)], [five], goal="3x, 8 queries, 60 KB"),
        Row("long thread, first page", [page(long, 1)], [five], goal="3x, 8 queries, 60 KB"),
        Row(
            "long thread, middle",
            [page(long, long.page_count // 2 or 1)],
            [five],
            goal="3x, 8 queries, 60 KB",
        ),
        Row("long thread, last page", [page(long, long.page_count)], [five], goal="3x, 8 queries, 60 KB"),
        Row("threads of a space", [read.get_absolute_url()], [five], goal="3x"),
        Row("home", [reverse("home")], [five]),
    ]
    with contextlib.suppress(NoReverseMatch):
        found.append(Row("catch-up", [reverse("catch_up")], [five]))
    found.append(Row("directory", [reverse("leaders")], [five]))
    people = Leader.objects.filter(pk__in=range(100, 120)).values_list("name", flat=True)
    named = [f"{reverse('leaders')}?{urlencode({'name': name})}" for name in people]
    found.append(Row("directory, a name", named, [five], clients=ALONE))
    return [*found, *_searches(five, hundred), _reply(shown)]


def _searches(five: str, hundred: str) -> list[Row]:
    words = Vocabulary().words
    pair = " ".join(words[rank] for rank in PAIR)
    few = words[rare(Post.objects.count())]
    asked = {"common": words[COMMON], "pair": pair, "medium": words[MEDIUM], "rare": few}
    return [
        Row(
            f"search, {kind}, {spaces} spaces",
            [f"{reverse('search')}?{urlencode({'q': text})}"],
            [who],
            clients=ALONE,
            goal="p95 100 ms",
        )
        for spaces, who in ((5, five), (100, hundred))
        for kind, text in asked.items()
    ]


def _reply(shown) -> Row:
    thread = shown.filter(closed_at=None, last_number__lt=20).last() or shown.last()
    sessions = sign_in(Leader.objects.filter(pk__in=WRITERS).order_by("pk")).values()
    told = {"token": TOKEN, "origin": settings.SITE_URL, "seen": thread.last_number}
    return Row(
        "reply",
        [reverse("reply", args=[thread.pk])],
        [*map(cookies, sessions)],
        clients=ALONE,
        goal="2x",
        replies_to=told,
    )


def cookies(session: str) -> str:
    """What a browser sends that has shown a page before."""
    return f"{session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def page(thread: Thread, number: int) -> str:
    """The address of one page of a thread."""
    return f"{thread.get_absolute_url()}?page={number}"


def count_queries(row: Row) -> None:
    """Ask once to warm the caches, then once more and count; a page that does not answer 200 is a mistake."""
    if row.replies_to:
        return
    client = Client(headers={"Cookie": row.cookies[0], "Host": "localhost"})
    client.get(row.paths[0], secure=True)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(row.paths[0], secure=True)
    if answer.status_code != 200:
        raise SystemExit(f"{row.name}: {row.paths[0]} answers {answer.status_code}.")
    row.queries = len(asked)


def forget_replies() -> None:
    """Take away what an earlier run of the bench wrote."""
    added = Post.objects.filter(pk__gt=_last_loaded())
    for thread in Thread.objects.filter(posts__in=added).distinct():
        thread.last_number = thread.posts.exclude(pk__in=added).aggregate(n=Max("number"))["n"]
        thread.last_post = None
        thread.save(update_fields=["last_number", "last_post"])
        thread.posts.filter(pk__in=added).delete()
        threads.recount(thread)
    Errand.objects.all().delete()


def _last_loaded() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_post FROM bench_loaded")
        return cursor.fetchone()[0]


def tidy() -> None:
    """Do now what PostgreSQL would begin by itself while rows are measured: the data are freshly loaded.

    Columns that migrations added since then have no statistics otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


if __name__ == "__main__":
    forget_replies()
    tidy()
    all_rows = rows()
    for each in all_rows:
        count_queries(each)
    Path(sys.argv[1]).write_text(json.dumps([asdict(row) for row in all_rows]))
