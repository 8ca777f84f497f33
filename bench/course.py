"""One course of the bench: servers, data, every row beside the yardstick, and nothing left behind."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import VERSION, cannon, chat, mail, pages
from bench.chat_table import ChatTable
from bench.mail_table import MailTable
from bench.stand import PYTHON, Stand
from bench.table import Table
from bench.wish import Wish
from collaborate.local import assets, places, servers
from collaborate.local.console import Failure, step
from collaborate.local.processes import Foreground, Supervisor

MEGABYTE = 1024 * 1024
BYTES_A_POST = 5_000  # as measured, with the indexes and what loading needs for a while
BYTES_AT_LEAST = 400 * MEGABYTE
LOADING = {**servers.FORGETFUL, "max_wal_size": "4GB", "maintenance_work_mem": "512MB", "autovacuum": "off"}
STEADY = {"autovacuum": "off"}  # for pages: it is done before, and would come amid some row


@dataclass
class Report:
    """What was measured at one size."""

    size: int
    pages: Table | None = None
    chat: ChatTable | None = None
    mail: MailTable | None = None

    def as_text(self) -> str:
        """For the terminal."""
        head = f"{self.size:,} posts; x: CPU of all servers against"
        pages = self.pages and f"{head} the yardstick\n\n{self.pages.as_text()}"
        chat = self.chat and f"{head} the floor\n\n{self.chat.as_text()}"
        mail = self.mail and f"{self.size:,} posts; x: CPU against the bare loop\n\n{self.mail.as_text()}"
        return "\n\n".join(filter(None, (pages, chat, mail)))


def run(wish: Wish) -> list[Report]:
    """A report for each size."""
    directory = places.prepare(places.var() / "bench")
    places.prepare(directory / "log")
    held = places.lock(directory)
    if held is None:
        raise Failure("Another bench runs from here. Let it end first.")
    with held, Supervisor() as supervisor:
        assets.build(supervisor)
        cannon.install(supervisor)
        return _measure(supervisor, {size: directory / str(size) for size in wish.sizes}, wish)


def _measure(supervisor: Supervisor, directories: dict[int, Path], wish: Wish) -> list[Report]:
    """Pages of all sizes side by side; chat and mail of one size after the other."""
    for size, directory in directories.items():
        places.prepare(directory / "log")
        _load(supervisor, directory, size)
    stands = {size: _open(supervisor, directory, size, **STEADY) for size, directory in directories.items()}
    tables = pages.run(stands, wish)
    reports = [Report(size, tables.get(size)) for size in directories]
    for report in reports:
        _keep(report, directories[report.size])  # whatever becomes of chat and mail
    for report in reports if chat.names(wish) or mail.names(wish) else ():
        supervisor.stop_all()
        stand = _open(supervisor, directories[report.size], report.size)
        report.chat, report.mail = chat.run(stand, wish), mail.run(stand, wish)
        _keep(report, directories[report.size])
    return reports


def _keep(report: Report, directory: Path) -> None:
    (directory / "table.json").write_text(json.dumps(asdict(report), indent=1))


def _open(supervisor: Supervisor, directory: Path, size: int, **settings: str) -> Stand:
    with step(f"Starting PostgreSQL and Valkey for {size:,} posts"):
        stand = Stand(supervisor, directory, _environment(supervisor, directory, settings))
        stand.work("manage.py", "migrate", "--noinput")
        stand.work("manage.py", "collectstatic", "--noinput")
    return stand


def _load(supervisor: Supervisor, directory: Path, size: int) -> None:
    """Fill the database once; a load that did not end, or was of another kind, is begun anew."""
    note = directory / "loaded"
    if note.exists() and note.read_text() == str(VERSION):
        return
    note.unlink(missing_ok=True)
    shutil.rmtree(directory / "postgres", ignore_errors=True)
    require_room(directory, size)
    with step("Starting PostgreSQL for loading"):
        url = servers.start_postgres(supervisor, directory, settings=LOADING)
    stand = Stand(
        supervisor, directory, _production(directory, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1")
    )
    stand.work("manage.py", "migrate", "--noinput")
    process = Foreground([*PYTHON, "bench.load", str(size)], env=stand.env, cwd=places.ROOT)
    if supervisor.attend(process):
        raise Failure(f"Loading failed ({process.how_it_ended()}); what it said stands above.")
    supervisor.stop("postgres")
    note.write_text(str(VERSION))


def require_room(directory: Path, size: int) -> None:
    """Say how much room a set of this size needs, if there is too little."""
    needed = BYTES_AT_LEAST + BYTES_A_POST * size
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise Failure(
            f"The disk is too small: {size:,} posts need {needed // MEGABYTE:,} MB below {directory}, and "
            f"{free // MEGABYTE:,} MB are free. Choose fewer posts: make bench SIZE={max(size // 10, 200)}"
        )


def _environment(supervisor: Supervisor, directory: Path, settings: dict[str, str]) -> dict[str, str]:
    url = servers.start_postgres(supervisor, directory, settings={**servers.DURABLE, **settings})
    return _production(directory, DATABASE_URL=url, REDIS_URL=servers.start_valkey(supervisor, directory))


def _production(directory: Path, **chosen: str) -> dict[str, str]:
    """The settings of a service behind a proxy, which says that the browser came by HTTPS."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "collaborate.settings",
        "DEVELOPMENT": "0",
        "SECRET_KEY": places.secret_key(directory),
        "SITE_URL": "https://localhost",
        "ALLOWED_HOSTS": "localhost",
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SEARCHES_AT_MOST": "1000000",
        "MEDIA_ROOT": str(directory / "media"),
        "STATIC_ROOT": str(directory.parent / "static"),
        **chosen,
    }
