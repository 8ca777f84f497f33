"""The public directory: entries come from a file once, and are curated by admins from then on."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from community.models import asking
from faculty.models import FacultyMember, FacultyQuerySet

COLUMNS = ["name", "title", "post", "organisation", "order"]


_SPEAKING = asking.Question(lambda _: FacultyMember.objects.published().speaking_of(asking.WORDS))


class BrokenFile(Exception):
    """Why a file cannot be imported, in a sentence that names the line."""


@dataclass(frozen=True)
class Imported:
    """How many entries a file added, and how many were there already."""

    added: int
    known: int


@transaction.atomic
def import_csv(path: Path) -> Imported:
    """Add the people of a file who are not in the directory yet; those who are stay as curated."""
    entries = read_csv(path)
    known = FacultyMember.objects.filter(name__in=[entry.name for entry in entries])
    names = set(known.values_list("name", flat=True))
    fresh = [entry for entry in entries if entry.name not in names]
    if taken := FacultyMember.objects.filter(slug__in=[entry.slug for entry in fresh]).first():
        raise BrokenFile(f"Another entry has the address /faculty/{taken.slug}/ already: {taken}.")
    FacultyMember.objects.bulk_create(fresh)
    return Imported(added=len(fresh), known=len(names))


def publish(entries: FacultyQuerySet) -> int:
    """Show entries in the public directory; returns how many were not shown before."""
    return entries.filter(is_published=False).update(is_published=True)


def withdraw(entries: FacultyQuerySet) -> int:
    """Take entries out of the public directory without losing them."""
    return entries.filter(is_published=True).update(is_published=False)


def speaking_of(words: str) -> list[FacultyMember]:
    """The published entries with these words, or with a name that comes close to them, the closest first."""
    return _SPEAKING.objects(words=words.lower())


def read_csv(path: Path) -> list[FacultyMember]:
    """The entries of a file, all of them sound; the first broken line raises BrokenFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _sound(_rows(csv.reader(file, strict=True)))
    except OSError as error:
        raise BrokenFile(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BrokenFile(f"Line {line}: this is not UTF-8 text.") from error


def _rows(reader) -> Iterable[tuple[int, dict[str, str]]]:
    """Each row with the number of the line on which it starts."""
    start = 1
    try:
        for row in reader:
            if start == 1 and row != COLUMNS:
                raise BrokenFile(f"Line 1: the columns must be {','.join(COLUMNS)}.")
            if start > 1 and len(row) != len(COLUMNS):
                raise BrokenFile(f"Line {start}: {len(COLUMNS)} columns are needed, here are {len(row)}.")
            if any("\0" in cell for cell in row):
                raise BrokenFile(f"Line {start}: there is a NUL in this line.")
            if start > 1:
                yield start, dict(zip(COLUMNS, (cell.strip() for cell in row), strict=True))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BrokenFile(f"Line {start}: {error}.") from error
    if start == 1:
        raise BrokenFile("Line 1: the file is empty.")


def _sound(rows: Iterable[tuple[int, dict[str, str]]]) -> list[FacultyMember]:
    entries: dict[str, FacultyMember] = {}
    for line, row in rows:
        entry = FacultyMember(slug=slugify(row["name"]), **row)
        try:
            entry.clean_fields()
        except ValidationError as error:
            field, sentences = next(iter(error.message_dict.items()))
            raise BrokenFile(f"Line {line}: {_column(field)}: {sentences[0]}") from error
        if entry.slug in entries:
            raise BrokenFile(f"Line {line}: {entry.name} stands in this file twice.")
        entries[entry.slug] = entry
    return list(entries.values())


def _column(field: str) -> str:
    return "name" if field == "slug" else field
