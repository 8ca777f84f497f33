"""The time at which the community was loaded, so that what it says is new again."""

from datetime import timedelta
from unittest import mock

from django.utils import timezone

from bench.people import LOADED_AT


def set_back():
    """While this lasts, Django's clock goes on from the hour after the last post."""
    real = timezone.now
    behind = real() - LOADED_AT - timedelta(hours=1)

    def now():
        return real() - behind

    return mock.patch.object(timezone, "now", now)
