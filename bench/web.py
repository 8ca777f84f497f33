"""Collaborate as `web` serves it, on connections to PostgreSQL that last as long as the bench.

In life they end after a quarter of an hour, at one request in thousands: here at a large share of
some row's second.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")

from django.conf import settings

settings.DATABASES["default"]["CONN_MAX_AGE"] = None

from collaborate.wsgi import application  # noqa: E402, F401
