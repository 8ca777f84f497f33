"""One course of the bench: servers, data, every row beside the yardstick, and nothing left behind."""

import contextlib
import json
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import VERSION, cannon, cpu
from bench.table import Line, Table
from collaborate.local import assets, places, servers
from collaborate.local.console import Failure, say, step
from collaborate.local.processes import Foreground, Process, Supervisor

MEGABYTE = 1024 * 1024
BYTES_A_POST = 5_000  # as measured, with the indexes and what loading needs for a while
BYTES_AT_LEAST = 400 * MEGABYTE
GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
LOADING = {**servers.FORGETFUL, "max_wal_size": "4GB", "maintenance_work_mem": "512MB", "autovacuum": "off"}
YARDSTICK = {
    "name": "yardstick",
    "paths": [f"/shelves/{n}/" for n in range(40)],
    "cookies": [""],
    "clients": 16,
}
WARM = 48


@dataclass
class Wish:
    """What somebody asked for on the command line."""

    sizes: list[int]
    seconds: float
    only: str
    requests: int = 0  # exactly so many for each row, to try the bench itself


def run(wish: Wish) -> list[Table]:
    """A table for each size."""
    directory = places.prepare(places.var() / "bench")
    places.prepare(directory / "log")
    held = places.lock(directory)
    if held is None:
        raise Failure("Another bench runs from here. Let it end first.")
    with held, Supervisor() as supervisor:
        assets.build(supervisor)
        cannon.install(supervisor)
        return [_size(supervisor, directory / str(size), size, wish) for size in wish.sizes]


def _size(supervisor: Supervisor, directory: Path, size: int, wish: Wish) -> Table:
    places.prepare(directory / "log")
    say(f"{size:,} posts")
    _load(supervisor, directory, size)
    with step("Starting PostgreSQL and Valkey"):
        env = _environment(supervisor, directory)
        _work(supervisor, directory, env, "manage.py", "migrate", "--noinput")
        _work(supervisor, directory, env, "manage.py", "collectstatic", "--noinput")
    with step("Choosing what to read"):
        _work(supervisor, directory, env, "-m", "bench.rows", directory / "rows.json")
    rows = [row for row in json.loads((directory / "rows.json").read_text()) if wish.only in row["name"]]
    stand = Stand(supervisor, directory, env)
    table = Table(size, [stand.measure(row, wish) for row in (YARDSTICK, *rows)])
    supervisor.stop_all()
    (directory / "table.json").write_text(table.as_json())
    return table


class Stand:
    """The servers of one size, each with its port, and what measures them."""

    def __init__(self, supervisor: Supervisor, directory: Path, env: dict[str, str]):
        self.supervisor, self.directory = supervisor, directory
        self.ports = {name: places.free_port() for name in ("web", "yardstick")}
        self._start("web", "collaborate.wsgi:application", env)
        self._start("yardstick", "bench.yardstick:application", env)
        for port in self.ports.values():
            supervisor.wait_until(
                lambda port=port: _listens(port), seconds=60, failure="A server does not answer."
            )
        self.pids = {process.name: process.pid for process in supervisor.processes}

    def measure(self, row: dict, wish: Wish) -> Line:
        """Warm a page up, then drive it for about so long, and wait for the last answer."""
        server = "yardstick" if row["name"] == "yardstick" else "web"
        plan = {"url": f"http://localhost:{self.ports[server]}", **row, "amount": wish.requests or WARM}
        plan["clients"] = min(plan["clients"], plan["amount"])
        reply = row.get("replies_to")
        with step(row["name"]):
            plan["reply"] = reply and {**reply, "body": "Thank you. We tried the same in our practice."}
            warm = cannon.fire(self.supervisor, self.directory, plan)
            if reply:
                plan["reply"]["seen"] = warm.seen
            meter = cpu.Meter(
                web=self.pids[server], database=self.pids["postgres"], redis=self.pids["valkey"]
            )
            before = meter.read()
            plan["amount"] = wish.requests or cannon.amount(warm, wish.seconds, row["clients"])
            volley = cannon.fire(self.supervisor, self.directory, plan)
            spent = cpu.per_request(before, meter.read(), len(volley.times))
        return Line(
            name=row["name"],
            median=volley.quantile(0.5),
            p95=volley.quantile(0.95),
            cpu=spent,
            bytes=volley.bytes // len(volley.times),
            queries=row.get("queries"),
            clients=row["clients"],
            requests=len(volley.times),
            goal=row.get("goal", ""),
        )

    def _start(self, name: str, application: str, env: dict[str, str]) -> None:
        address = ["--bind", f"127.0.0.1:{self.ports[name]}"]
        command = [sys.executable, "-m", "gunicorn", application, *address, *GUNICORN]
        log = self.directory / "log" / f"{name}.log"
        self.supervisor.start(name, command, env=env, cwd=places.ROOT, log=log)


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
    env = _production(directory, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1")
    _work(supervisor, directory, env, "manage.py", "migrate", "--noinput")
    process = Foreground([sys.executable, "-m", "bench.load", str(size)], env=env, cwd=places.ROOT)
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


def _environment(supervisor: Supervisor, directory: Path) -> dict[str, str]:
    url = servers.start_postgres(supervisor, directory)
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


def _work(supervisor: Supervisor, directory: Path, env: dict[str, str], *arguments) -> None:
    name = next(str(word) for word in arguments[-2:] if not str(word).startswith("-"))
    process = Process(
        name, [sys.executable, *arguments], env=env, cwd=places.ROOT, log=directory / "log" / "work.log"
    )
    if supervisor.attend(process):
        raise Failure(f"`{' '.join(str(word) for word in arguments)}` failed: {process.last_words()}")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
