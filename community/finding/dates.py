"""Dates as people type them: 2026-03-01, 1 March 2026, March 2026, 2026, last month."""

import re
from datetime import date, timedelta

OLDEST, LATEST = 1970, 2100
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_MONTH = "(?P<month>" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS) + r"|sept)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_WRITTEN = [
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?",
        r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
        rf"(?:{_DAY} (?:of )?)?{_MONTH}(?:,? {_YEAR})?",
        rf"{_MONTH} {_DAY}(?:,? {_YEAR})?",
    )
]
_LAST = re.compile(r"(?P<which>this|last) (?P<unit>week|month|year)")
_AGO = re.compile(r"(?P<number>\d{1,4}|an?|one) (?P<unit>day|week|month|year)s? ago")


def first_day(words: str, today: date) -> date | None:
    """The day, or the first day of the month or year, that the words name; without a year, the latest one."""
    words = " ".join(words.lower().split())
    try:
        return _within(_spoken(words, today) or _written(words, today))
    except (ValueError, OverflowError):
        return None


def _within(day: date | None) -> date | None:
    return day if day and OLDEST <= day.year <= LATEST else None


def _spoken(words: str, today: date) -> date | None:
    near = {"today": 0, "yesterday": 1, "tomorrow": -1}
    if words in near:
        return today - timedelta(days=near[words])
    if words in WEEKDAYS:
        return today - timedelta(days=(today.weekday() - WEEKDAYS.index(words)) % 7)
    if found := _LAST.fullmatch(words):
        return _start(found["unit"], today, back=1 if found["which"] == "last" else 0)
    if found := _AGO.fullmatch(words):
        number = int(found["number"]) if found["number"].isdecimal() else 1
        return _back(found["unit"], today, number)
    return None


def _start(unit: str, today: date, back: int) -> date:
    """The first day of this week, month or year, or of an earlier one."""
    if unit == "week":
        return today - timedelta(days=today.weekday(), weeks=back)
    if unit == "month":
        return _months_before(today.replace(day=1), back)
    return date(today.year - back, 1, 1)


def _back(unit: str, today: date, number: int) -> date:
    if unit in ("day", "week"):
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    return _months_before(today, number * (12 if unit == "year" else 1))


def _months_before(day: date, number: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    # 31 March has no counterpart in February: the last day that every month has will do.
    return date(years, month + 1, min(day.day, 28) if number else day.day)


def _written(words: str, today: date) -> date | None:
    for pattern in _WRITTEN:
        if found := pattern.fullmatch(words):
            return _date(found.groupdict(), today)
    return None


def _date(parts: dict[str, str | None], today: date) -> date:
    month, day = _month(parts.get("month")), int(parts.get("day") or 1)
    if parts.get("year"):
        return date(int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0), month, day)
    return date(today.year - ((month, day) > (today.month, today.day)), month, day)


def _month(word: str | None) -> int:
    if not word or word.isdecimal():
        return int(word or 1)
    return next(number for number, month in enumerate(MONTHS, 1) if month[:3] == word[:3])
