"""What a log line tells: of a request its route, of a database error no row. The rest is words of people."""

import logging
import sys
import traceback

import django.db
import psycopg2
import structlog


def route(request) -> str:
    """The pattern of an address, without what stands in it."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(no such address)"


class WithoutWords(logging.Filter):
    """Puts the route in place of the address in Django's own lines about requests."""

    def filter(self, record) -> bool:
        if hasattr(record, "request") and isinstance(record.args, tuple) and len(record.args) == 2:
            record.args = (record.args[0], route(record.request))
        if record.exc_info and isinstance(record.args, dict) and "exc" in record.args:  # Celery's
            record.args = {**record.args, "exc": type(record.exc_info[1]).__name__}
        return True


class WithoutRows:
    """Tells of an exception and of those behind it; of one of the database neither a row nor a statement."""

    def __call__(self, _logger, _name, event: dict) -> dict:
        """A processor of structlog's."""
        raised = event.pop("exc_info", None)
        if raised is True:
            raised = sys.exc_info()
        if error := raised[1] if isinstance(raised, tuple) else raised:
            event["exception"] = told(error)
        return event


def told(error: BaseException | None) -> str:
    """A traceback as Python writes it, but for what the database says of a row."""
    chain: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines = ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)]
        chain.append("".join([*lines, in_words(error)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nThen:\n\n".join(reversed(chain))


def in_words(error: BaseException) -> str:
    """The last line of a traceback."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if not isinstance(error, (psycopg2.Error, django.db.Error)):
        return f"{name}: {error}"
    found = error if isinstance(error, psycopg2.Error) else error.__cause__
    if getattr(found, "pgcode", None) is None:  # it did not come from a statement
        return f"{name}: {str(error).partition(chr(10))[0]}"
    where = (found.diag.table_name, found.diag.column_name, found.diag.constraint_name)
    return " ".join([f"{name}:", found.pgcode, *filter(None, where)])


def without_rows(event: dict, hint: dict) -> dict:
    """The same for a report to Sentry."""
    for told in event.get("exception", {}).get("values", []):
        if (told.get("module") or "").startswith(("psycopg2", "django.db")):
            told["value"] = ""
    return event


_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]
STRUCTLOG = {
    "processors": [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    "logger_factory": structlog.stdlib.LoggerFactory(),
    "cache_logger_on_first_use": True,
}


def lines(form: str, level: str) -> dict:
    """Django's LOGGING: lines as JSON, or for somebody at a terminal, on standard error."""
    is_json = form == "json"
    last = structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, WithoutRows(), last]
    formatter = {"processors": processors, "foreign_pre_chain": _SHARED}
    handler = {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_words"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": structlog.stdlib.ProcessorFormatter, **formatter}},
        "filters": {"without_words": {"()": WithoutWords}},
        "handlers": {"console": handler},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django_structlog": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
    }


def report_to(dsn: str) -> None:
    """Report errors to Sentry, without rows, variables and what was sent."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=without_rows,
    )
