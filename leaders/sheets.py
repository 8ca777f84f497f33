"""CSV files as spreadsheets write and read them."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError

MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(data: bytes, *, columns: Iterable[str], demanded: Iterable[str], ignored: Iterable[str] = ()):
    """The rows of a file as (row number, cells by column); the heading is row 1, empty rows are left out."""
    rows = _split(_decode(data))
    header = [_column(name) for name in next(rows, (1, []))[1]]
    _check_header(header, set(columns), demanded, set(ignored))
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise ValidationError("There are no rows below the heading.")
    if len(filled) > MAX_ROWS:
        raise ValidationError(f"The file has {len(filled):,} rows. At most {MAX_ROWS:,} go in one import.")
    return [(number, _by_column(header, cells)) for number, cells in filled]


def write(header: list[str], rows: Iterable[Iterable]) -> str:
    """A CSV file that a spreadsheet opens without taking any cell for a formula."""
    sheet = io.StringIO()
    sheet.write("\ufeff")
    writer = csv.writer(sheet)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return sheet.getvalue()


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ValidationError("The file is larger than 2 MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            "The file is not UTF-8 text. In a spreadsheet, save it as “CSV UTF-8” and try again."
        ) from None
    if "\x00" in text:
        raise ValidationError("The file contains NUL characters, so it is not a CSV file.")
    return text


def _split(text: str) -> Iterator[tuple[int, list[str]]]:
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    number = 0
    try:
        for number, cells in enumerate(_reader(text, delimiter), 1):
            yield number, [_clean(cell) for cell in cells]
    except csv.Error:
        raise ValidationError(f"Row {number + 1} cannot be read as CSV.") from None


def _reader(text: str, delimiter: str):
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _check_header(header: list[str], columns: set[str], demanded: Iterable[str], ignored: set[str]) -> None:
    complaints = [f"The column “{name}” is missing." for name in demanded if name not in header]
    complaints += [f"The column “{name}” is not known." for name in header if name not in columns | ignored]
    complaints += [f"The column “{name}” stands there twice." for name in columns if header.count(name) > 1]
    if complaints:
        raise ValidationError(complaints)


def _by_column(header: list[str], cells: list[str]) -> dict[str, str]:
    # A cell without a heading is kept under "", for whoever judges the row to complain of.
    extra = " ".join(cells[len(header) :]).strip()
    return {**dict.fromkeys(header, ""), **dict(zip(header, cells, strict=False)), "": extra}


def _column(name: str) -> str:
    return name.casefold().replace("e-mail", "email").removesuffix(" address").replace(" ", "_")


def _clean(cell: str) -> str:
    text = unicodedata.normalize("NFC", cell).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _harmless(cell) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
