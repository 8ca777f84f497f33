"""PostgreSQL by Django's own means, but that a silent connection is taken for a living one."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks nothing over a kept connection to learn whether it lives, unless something arrived on it."""

    def close_if_health_check_failed(self):
        # A server that ends, or resets, is seen on the line at once. What is not seen there (a cable
        # that was cut) would keep the question waiting as well, and no connection is kept for long.
        if self.health_check_done:
            return
        if self.connection is not None and not self.errors_occurred and is_silent(self.connection):
            self.health_check_done = True
        super().close_if_health_check_failed()


def is_silent(session) -> bool:
    """Whether nothing at all, not even an end, arrived on an idle connection."""
    if session.closed:
        return False
    line = select.poll()
    line.register(session.fileno(), select.POLLIN)
    return not line.poll(0)
