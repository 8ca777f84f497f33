"""Rows into tables by COPY, whatever columns a table has by now."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import GeneratedField, Model

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """A model's table as a target of COPY: columns that are not named get the default of their field."""

    def __init__(self, model: type[Model]):
        fields = [f for f in model._meta.local_concrete_fields if not isinstance(f, GeneratedField)]
        self.name = model._meta.db_table
        self.columns = [field.column for field in fields]
        self._arrays = {field.column for field in fields if isinstance(field, ArrayField)}
        self._defaults = {field.column: self._as_text(field.column, field.get_default()) for field in fields}

    def line(self, **values) -> str:
        """One row in the text format of COPY."""
        row = self._defaults | {column: self._as_text(column, value) for column, value in values.items()}
        return "\t".join(row[column] for column in self.columns) + "\n"

    def copy(self, lines: Iterable[str]) -> None:
        """Send lines that `line` made."""
        columns = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.name}" ({columns}) FROM STDIN', Stream(iter(lines)))

    def fill(self, rows: Iterable[dict]) -> None:
        """Send rows given as values by column."""
        self.copy(self.line(**row) for row in rows)

    def _as_text(self, column: str, value) -> str:
        return as_array(value) if column in self._arrays and value is not None else as_text(value)


class Stream:
    """An iterator of lines, read as the file that COPY wants."""

    def __init__(self, lines: Iterator[str]):
        self._lines = lines

    def read(self, size: int = 65_536) -> str:
        """Whole lines, about `size` characters; nothing at the end."""
        taken, length = [], 0
        for line in self._lines:
            taken.append(line)
            length += len(line)
            if length >= size:
                break
        return "".join(taken)


def as_text(value) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value).translate(ESCAPES)
    return str(value)


def as_array(values: Iterable) -> str:
    """A list in the text format of COPY, for a column that holds an array."""
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return ("{" + ",".join(f'"{value}"' for value in quoted) + "}").translate(ESCAPES)


def drop_indexes(tables: Iterable[str]) -> list[str]:
    """Take the indexes away that guard nothing; return the statements that make them again."""
    question = """
        SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
         WHERE t.relname = ANY(%s) AND NOT i.indisunique AND NOT i.indisexclusion
    """
    with connection.cursor() as cursor:
        cursor.execute(question, [list(tables)])
        found = cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


def after_loading(models: Iterable[type[Model]]) -> None:
    """Let each sequence go on after the largest key that was loaded."""
    with connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table}\"",
                [table],
            )
