"""How fast each mail domain is written to, and which one asked for a rest."""

import random
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from time import time

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from community.models import Digest, Letter
from leaders.mail import CLOSING, Delivery

A_MINUTE = 60
_GREYLISTS = re.compile(r"gr[ae]y[ -]?list", re.IGNORECASE)
BUSY = {421, 450, 451}  # not now: of the server, not of a mailbox
ENOUGH = 51  # a domain that weighs so much in a row is meant as a whole: after three answers, as a rule
WEIGHT = 17
LIGHT = 1  # where it may greylist: put off whom it has not heard of, and take them a little later
REST = timedelta(minutes=2)

Row = Digest | Letter


def of(row: Row) -> str:
    """The domain of the address that a row goes to."""
    return row.leader.email.rpartition("@")[2]


def share_out(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Those that may go in this minute, and those beyond what their domain is sent in one.

    Counted in the cache for all workers together; without it nobody waits.
    """
    by_domain = defaultdict(list)
    for row in rows:
        by_domain[of(row)].append(row)
    now, late = [], []
    for domain, its in by_domain.items():
        room = max(settings.MAIL_PER_DOMAIN_AND_MINUTE - _count(domain, len(its)), 0)
        now += its[:room]
        late += its[room:]
    return now, late


def next_minute() -> datetime:
    """When each domain has room again."""
    return datetime.fromtimestamp((int(time()) // A_MINUTE + 1) * A_MINUTE, UTC)


def in_this_minute(domain: str) -> int:
    """How many letters went to a domain in this minute, as far as the cache knows."""
    return cache.get(_key(domain), 0)


def rest_over() -> datetime:
    """When a domain that asked for a rest is tried again; not at the same second as all others."""
    return timezone.now() + REST * random.uniform(1, 1.5)  # noqa: S311


def within(rows: QuerySet, domain: str) -> QuerySet:
    """Those of these rows that go to a domain."""
    return rows.filter(leader__email__endswith=f"@{domain}")


class Mood:
    """What each domain answered last in one run."""

    def __init__(self):
        self._busy = Counter()

    def asks_for_rest(self, row: Row, delivery: Delivery) -> bool:
        """Whether its domain has now said “not now” so often in a row that it is meant as a whole."""
        domain = of(row)
        self._busy[domain] = self._busy[domain] + _weight(row, delivery) if delivery.code in BUSY else 0
        return self._busy[domain] >= ENOUGH


def _weight(row: Row, delivery: Delivery) -> int:
    """How much one “not now” says of its domain."""
    if _GREYLISTS.search(delivery.note):
        return 0
    is_first = delivery.is_of_address and delivery.code != CLOSING and row.attempts <= 1
    return LIGHT if is_first else WEIGHT


def _count(domain: str, more: int) -> int:
    """Count so many more letters to a domain; return how many it had in this minute before."""
    key = _key(domain)
    cache.add(key, 0, 2 * A_MINUTE)
    try:
        return cache.incr(key, more) - more
    except ValueError:  # the copy has gone meanwhile
        return 0


def _key(domain: str) -> str:
    return f"mail:{domain}:{int(time()) // A_MINUTE}"
