"""What a log line tells of a request: its route. Addresses hold words of titles and of searches."""

import logging


def route(request) -> str:
    """The pattern of an address, without what stands in it."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(no such address)"


class WithoutWords(logging.Filter):
    """Puts the route in place of the address in Django's own lines about requests."""

    def filter(self, record) -> bool:
        if hasattr(record, "request") and isinstance(record.args, tuple) and len(record.args) == 2:
            record.args = (record.args[0], route(record.request))
        return True
