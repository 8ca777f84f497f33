"""What the processes are told by environment variables, and whether the servers named there answer."""

import contextlib
import os
import sys
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg2
import redis

from collaborate.local import places, servers
from collaborate.local.console import Failure, step
from collaborate.local.processes import Supervisor

OLDEST_POSTGRES = 140000
TESTERS = min(os.cpu_count() or 1, 4)  # run unit tests side by side, each with a Valkey of its own


def serve(supervisor: Supervisor, directory: Path, *, port: int) -> dict[str, str]:
    """The environment of `make run`: servers that are named are used, the others are started here."""
    chosen = {
        "DATABASE_URL": _database(supervisor, directory),
        "REDIS_URL": _redis(supervisor, directory),
        **_mail(supervisor, directory),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or places.secret_key(directory),
        "MEDIA_ROOT": os.environ.get("MEDIA_ROOT") or str(directory / "media"),
        "SITE_URL": os.environ.get("SITE_URL") or f"http://localhost:{port}",
    }
    mild = {"DEVELOPMENT": "1", "DEMAND_SECOND_FACTOR": "0", "LOG_FORMAT": "console"}
    return {**mild, **os.environ, **_common(), **chosen}


def rehearse(supervisor: Supervisor, directory: Path) -> dict[str, str]:
    """The environment of tests: always servers of their own, whatever the shell says."""
    email_url, mailbox = servers.start_mail_sink(supervisor, directory)
    valkeys = [servers.start_valkey(supervisor, directory) for _ in range(TESTERS)]
    chosen = {
        "DATABASE_URL": servers.start_postgres(supervisor, directory, settings=servers.FORGETFUL),
        "REDIS_URL": valkeys[0],
        "REDIS_URLS": " ".join(valkeys),
        "EMAIL_URL": email_url,
        "MAILBOX_DIR": str(mailbox),
        "MEDIA_ROOT": str(directory / "media"),
        "SECRET_KEY": places.secret_key(directory),
        "SITE_URL": "http://localhost:8000",
        "DEVELOPMENT": "1",
        "DEMAND_SECOND_FACTOR": "0",
    }
    return {**os.environ, **_common(), **chosen}


def database_connection(url: str):
    """Connect to the database that the address names, or say in a sentence why not."""
    chosen = _parse(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    wanted = {key: chosen[name] for key, name in names.items() if chosen[name]}
    try:
        return psycopg2.connect(**{"connect_timeout": 5, **wanted, **chosen.get("OPTIONS", {})})
    except psycopg2.Error as error:
        place = f"{chosen['HOST'] or chosen.get('OPTIONS', {}).get('host', 'this machine')}"
        raise Failure(f"The database on {place} refuses: {_first_line(error)}") from error


def _parse(url: str) -> dict:
    # The parser of the settings, so that both read the same address alike; it warns where we refuse.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            chosen = environ.Env.db_url_config(url)
        except (ValueError, environ.ImproperlyConfigured):
            chosen = {}
    if not chosen.get("ENGINE", "").endswith("postgresql") or not chosen["NAME"]:
        raise Failure("DATABASE_URL must look like postgres://user:password@host:5432/name.")
    return chosen


def _common() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "collaborate.settings"}


def _database(supervisor: Supervisor, directory: Path) -> str:
    url = _given("DATABASE_URL")
    if url is None:
        with step("Starting PostgreSQL"):
            return servers.start_postgres(supervisor, directory)
    with step("Asking the database"), contextlib.closing(database_connection(url)) as connection:
        if connection.server_version < OLDEST_POSTGRES:
            raise Failure("The database is older than PostgreSQL 14, which Collaborate needs.")
    return url


def _redis(supervisor: Supervisor, directory: Path) -> str:
    url = _given("REDIS_URL")
    if url is None:
        with step("Starting Valkey"):
            return servers.start_valkey(supervisor, directory)
    with step("Asking Redis"):
        try:
            client = redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
            with contextlib.closing(client):
                client.ping()
        except ValueError as error:
            raise Failure("REDIS_URL must look like redis://host:6379/0.") from error
        except redis.RedisError as error:
            place = urlsplit(url).hostname or "this machine"
            raise Failure(f"Redis on {place} refuses: {_first_line(error)}") from error
    return url


def _mail(supervisor: Supervisor, directory: Path) -> dict[str, str]:
    url = _given("EMAIL_URL")
    if url is None:
        with step("Starting the mailbox"):
            url, mailbox = servers.start_mail_sink(supervisor, directory)
        return {"EMAIL_URL": url, "MAILBOX_DIR": str(mailbox)}
    try:
        environ.Env.email_url_config(url)
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise Failure("EMAIL_URL must look like smtp+tls://user:password@host:587.") from error
    return {"EMAIL_URL": url}


def _given(name: str) -> str | None:
    value = os.environ.get(name)
    if value is not None and not value.strip():
        raise Failure(f"{name} is set but empty: give it a value, or unset it.")
    return value


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n") or [""])[0].rstrip(".") + "."
