"""Names of the time zones that there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Read from the disk once: looking through its files takes longer than a page."""
    return frozenset(available_timezones())
