"""What the log tells of a failure holds no words of people."""

import logging
import sys

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from collaborate import logs
from community.models import Thread

pytestmark = pytest.mark.django_db

CANARY = "Canary whose mother is ill"


@pytest.fixture
def written():
    """A function that says how the log writes the failure that is being handled."""
    config = settings.LOGGING["formatters"]["line"]
    formatter = config["()"](**{key: value for key, value in config.items() if key != "()"})

    def write(message="it failed", *args) -> str:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, sys.exc_info())
        logs.WithoutWords().filter(record)
        return formatter.format(record)

    return write


def fails(statement: str, values: list) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO community_space (name) VALUES (%s)", "23502"),
        ("SELECT %s::bigint", "22P02"),
        ("SELECT nothing FROM community_space WHERE name = %s", "42703"),
        ("SELECT FROM WHERE %s", "42601"),
    ],
)
def test_what_the_database_says_of_a_row_stays_out_of_the_log(written, statement, code):
    try:
        fails(statement, [CANARY])
    except DatabaseError:
        line = written()
    assert "Canary" not in line
    assert "DETAIL" not in line
    assert code in line
    assert "test_logs.py" in line


def test_a_failure_behind_another_is_told_without_its_row_too(written):
    try:
        try:
            fails("INSERT INTO community_space (name) VALUES (%s)", [CANARY])
        except DatabaseError as error:
            raise RuntimeError("The errand could not be kept.") from error
    except RuntimeError:
        line = written()
    assert CANARY not in line
    assert "RuntimeError: The errand could not be kept." in line
    assert "IntegrityError: 23502 community_space" in line


def test_a_key_that_exists_is_not_told_either(written, space):
    values = {"name": CANARY, "slug": space.slug, "kind": "open"}
    try:
        with transaction.atomic():
            type(space).objects.create(**values)
    except DatabaseError:
        line = written()
    assert space.slug not in line.replace("community_space_slug", "")


def test_the_queue_tells_a_failure_by_its_kind_alone(written):
    try:
        Thread.objects.get(title=CANARY)
    except Thread.DoesNotExist as error:
        line = written("Task %(name)s raised %(exc)s", {"name": "x", "exc": f"{CANARY} {error!r}"})
    assert CANARY not in line
    assert "DoesNotExist" in line


def test_a_report_of_errors_tells_no_row():
    values = [{"module": "psycopg2.errors", "value": CANARY}, {"module": None, "value": "kept"}]
    event = logs.without_rows({"exception": {"values": values}}, {})
    assert [told["value"] for told in event["exception"]["values"]] == ["", "kept"]
