"""Commands beside the service: with the one that runs from here, or with its data when it does not run."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from collaborate.local import environment, places, servers, uploads
from collaborate.local.console import Failure, say
from collaborate.local.processes import Foreground, Supervisor
from collaborate.local.run import NOTE


def manage(arguments: list[str]) -> int:
    """Run a management command in the environment of `make run`."""
    with attached() as (supervisor, env):
        return _show(supervisor, [sys.executable, places.ROOT / "manage.py", *arguments], env)


def demo() -> int:
    """Put the demonstration into an empty database; it refuses any other."""
    with attached() as (supervisor, env):
        code = _show(supervisor, [sys.executable, places.ROOT / "manage.py", "migrate", "--verbosity=0"], env)
        return code or _show(supervisor, [sys.executable, places.ROOT / "manage.py", "demo"], env)


def backup(path: Path) -> int:
    """Write the database into one file that pg_restore reads too, and the uploaded files beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with attached() as (supervisor, env):
        tool = servers.postgres_program("pg_dump")
        code = _show(supervisor, [tool, "--format=custom", "--file", path.resolve(), _libpq(env)], env)
        if code:
            return code
        # After the database: a file that came between is one too many, not one too few.
        files = uploads.pack(Path(env["MEDIA_ROOT"]), path)
    for written in (path, files):
        say(f"Backup: {written}, {written.stat().st_size // 1024} KB")
    return 0


def restore(path: Path) -> int:
    """Replace the database and the uploaded files by those of a backup, as a whole or not at all."""
    if _running():
        raise Failure("Collaborate runs from here: end it before restoring a backup.")
    for needed in (path, uploads.archive_of(path)):
        if not needed.is_file():
            raise Failure(f"There is no backup {needed}.")
    with attached() as (supervisor, env), uploads.unpacked(Path(env["MEDIA_ROOT"]), path):
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        tool = servers.postgres_program("pg_restore")
        code = _show(supervisor, [tool, *options, "--dbname", _libpq(env), path.resolve()], env)
        if code:
            raise Failure("The database could not be restored, so nothing was changed.")
    say(f"Restored: {path}")
    return 0


@contextlib.contextmanager
def attached() -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """The running service's environment; when none runs, servers over the same data for this block."""
    directory = places.prepare(places.var())
    places.prepare(directory / "log")
    with Supervisor() as supervisor:
        if held := places.lock(directory):
            with held:
                yield supervisor, environment.serve(supervisor, directory, port=places.wanted_port())
                supervisor.stop_all()
        else:
            yield supervisor, {**os.environ, **_running()}


def _libpq(env: dict[str, str]) -> str:
    _scheme, rest = env["DATABASE_URL"].split("://", 1)
    return f"postgresql://{rest}"


def _running() -> dict[str, str]:
    note = places.var() / NOTE
    return json.loads(note.read_text()) if note.exists() else {}


def _show(supervisor: Supervisor, command: list, env: dict[str, str]) -> int:
    return supervisor.attend(Foreground(command, env=env, cwd=places.ROOT))
