"""A database to which all migrations have been applied; those of the tests are copies of it."""

from hashlib import sha256

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

PREFIX, DRAFT = "migrated_", "migrated_draft"


def database() -> str:
    """Its name; made by the first who asks, and made anew when a migration has come or changed."""
    name = PREFIX + fingerprint()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")  # until this connection ends: who asks later waits here
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = [row[0] for row in cursor]
        if name not in found:
            for old in found:
                cursor.execute(f"DROP DATABASE {old}")
            make(cursor, name)
    return name


def fingerprint() -> str:
    """Another one for other migrations."""
    told = sha256(django.__version__.encode())
    for key in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations):
        told.update(repr(key).encode())
    for path in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def make(cursor, name: str) -> None:
    """Migrate under another name, so that a run that is broken off leaves nothing half made."""
    usual = connection.settings_dict["NAME"]
    cursor.execute(f"CREATE DATABASE {DRAFT}")
    connection.settings_dict["NAME"] = DRAFT
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
    cursor.execute(f"ALTER DATABASE {DRAFT} RENAME TO {name}")
