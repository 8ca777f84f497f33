"""The hours in which a chat is open, by the clock of its space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTE = timedelta(minutes=1)
LONGEST_JUMP = 24 * 60  # minutes by which clocks were ever put forward


@dataclass(frozen=True)
class Hours:
    """On these days of the week (1 is Monday) from `opens` until `closes`."""

    days: Sequence[int]
    opens: time
    closes: time
    zone: ZoneInfo

    def __str__(self):
        return f"Open {_days(sorted(set(self.days)))}, {self.opens:%H:%M} to {self.closes:%H:%M}"

    def are_on(self, at: datetime) -> bool:
        """Whether the clock of the space then shows one of these hours."""
        there = at.astimezone(self.zone)
        return there.isoweekday() in self.days and self.opens <= there.time() < self.closes

    def next_opening(self, at: datetime) -> datetime | None:
        """The moment at which they begin next."""
        today = at.astimezone(self.zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(15)):
            if day.isoweekday() in self.days and (moment := self._begin(day)) and moment > at:
                return moment
        return None

    def next_closing(self, at: datetime) -> datetime:
        """The moment at which they end next, as long as they are on."""
        today = at.astimezone(self.zone).date()
        return datetime.combine(today, self.closes, self.zone).astimezone(UTC)

    def _begin(self, day: date) -> datetime | None:
        """Where the clocks jump over the beginning, the first minute after it."""
        typed = datetime.combine(day, self.opens, self.zone)
        first = min(typed.astimezone(UTC), typed.replace(fold=1).astimezone(UTC))
        if self.are_on(first):
            return first
        later = (first + MINUTE * n for n in range(1, LONGEST_JUMP) if self.are_on(first + MINUTE * n))
        return next(later, None)


def _days(days: list[int]) -> str:
    names = [DAYS[day - 1] for day in days]
    if len(days) == len(DAYS):
        return "every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]} to {names[-1]}"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
