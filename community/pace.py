"""How often one may ask for what costs much; counted in the cache, without which nobody is stopped."""

from time import time

from django.core.cache import cache

from leaders.models import Leader
from leaders.permissions import TooOften


def keep(what: str, leader: Leader, *, at_most: int, seconds: int = 60) -> None:
    """Count one more of something; TooOften beyond what a person asks for in that time."""
    key = f"pace:{what}:{leader.pk}:{int(time()) // seconds}"
    cache.add(key, 0, 2 * seconds)
    try:
        done = cache.incr(key)
    except ValueError:  # the copy has gone meanwhile
        return
    if done > at_most:
        raise TooOften("That was very much just now. Please wait a minute.")
