"""Fill an empty, migrated database: python -m bench.load SIZE."""

import itertools
import sys

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import copying, people, talk  # noqa: E402
from collaborate.local.console import step  # noqa: E402
from community import markdown  # noqa: E402
from community.models import Post, Thread  # noqa: E402

SHELVES, BOOKS = 500, 100


def load(size: int) -> None:
    """Everything in one transaction, then the indexes and the statistics."""
    with transaction.atomic():
        _cursor("SET LOCAL session_replication_role = replica")
        with step("Loading leaders and spaces"):
            places = people.load()
        tables = [model._meta.db_table for model in apps.get_app_config("community").get_models()]
        indexes = copying.drop_indexes(tables)
        with step(f"Loading {size:,} posts"):
            talk.Talk(places, size).load()
            _load_yardstick()
    with step("Building the indexes"):
        _cursor("SET maintenance_work_mem = '512MB'")
        for statement in indexes:
            _cursor(statement)
        copying.after_loading([m for m in apps.get_models() if _has_rows(m)])
        _cursor("VACUUM ANALYZE")
    check()
    _cursor("CREATE TABLE bench_loaded AS SELECT max(id) AS last_post FROM community_post")


def check() -> None:
    """Refuse to measure a community whose figures are not true, or whose HTML is not what would be stored."""
    wrong = _rows(
        """SELECT t.id FROM community_thread t JOIN community_post p ON p.thread_id = t.id GROUP BY t.id
           HAVING t.last_number <> max(p.number) OR t.last_number <> count(*)
               OR t.shown_count <> count(*) FILTER (WHERE p.hidden_at IS NULL)
               OR t.last_post_id <> max(p.id) FILTER (WHERE p.hidden_at IS NULL) LIMIT 1"""
    )
    if wrong:
        raise SystemExit(f"The figures of thread {wrong[0][0]} are not true.")
    for post in itertools.islice(Post.objects.order_by("pk").iterator(100), 200):
        if markdown.render(post.body).html != post.body_html:
            raise SystemExit(f"The HTML of post {post.pk} is not what its Markdown makes.")
    if Thread.objects.filter(posts=None).exists():
        raise SystemExit("A thread has no post.")


def _load_yardstick() -> None:
    _cursor(
        "CREATE TABLE bench_item (id serial PRIMARY KEY, shelf int, title text, author text, at timestamptz)"
    )
    _cursor(
        """INSERT INTO bench_item (shelf, title, author, at)
           SELECT n %% %s, 'A title of some words, ' || n, 'Somebody ' || n, now() - n * interval '1 min'
             FROM generate_series(1, %s) n""",
        [SHELVES, SHELVES * BOOKS],
    )
    _cursor("CREATE INDEX ON bench_item (shelf, at DESC)")


def _has_rows(model) -> bool:
    key = model._meta.pk
    return key.get_internal_type().endswith("AutoField") and model._base_manager.exists()


def _cursor(statement: str, values=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


if __name__ == "__main__":
    load(int(sys.argv[1]))
