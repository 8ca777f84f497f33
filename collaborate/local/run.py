"""`make run`: from a checkout to pages that answer, and down again without a trace."""

import contextlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from collaborate.local import assets, environment, places
from collaborate.local.console import Failure, say, step
from collaborate.local.processes import Process, Stopped, Supervisor

CAST = {
    "ana": "a leader",
    "ben": "a leader in ana's cohort",
    "cleo": "a leader outside it",
    "dara": "faculty, moderates ana's spaces",
    "finn": "an admin, also at /admin/",
}
PASSWORD = "collaborate-demo"
NOTE = "running.json"
DEMO = "*/management/commands/demo.py"


def run() -> None:
    """Bring everything up, stay until asked to end, end everything."""
    port = places.wanted_port()
    directory = places.prepare(places.var())
    places.prepare(directory / "log")
    lock = places.lock(directory)
    if lock is None:
        owner = (directory / "lock").read_text().strip()
        raise Failure(f"Collaborate already runs from here: process {owner}. End it first.")
    places.require_port(port)
    with lock, Supervisor() as supervisor:
        try:
            open_doors(supervisor, directory, port)
            supervisor.watch()
        except Stopped:
            say("Ending all processes ...")
        finally:
            (directory / NOTE).unlink(missing_ok=True)
    say("Ended. What was written stays in var/ and is there at the next start.")


def open_doors(supervisor: Supervisor, directory: Path, port: int) -> None:
    """Start what is needed, in order, and say so once pages answer."""
    assets.build(supervisor)
    env = environment.serve(supervisor, directory, port=port)
    prepare_database(supervisor, env, directory / "log")
    for name, command in commands(port, directory).items():
        supervisor.start(name, command, env=env, cwd=places.ROOT)
    if env.get("INBOUND_DOOR"):
        supervisor.start("inbound", [sys.executable, "manage.py", "receive_mail"], env=env, cwd=places.ROOT)
    with step("Waiting for the first page"):
        supervisor.wait_until(lambda: pages_answer(port), seconds=90, failure="The pages do not answer.")
    told = {name: value for name, value in env.items() if value != os.environ.get(name)}
    places.write_private(directory / NOTE, json.dumps(told))
    welcome(env, port)


def commands(port: int, directory: Path) -> dict[str, list[str]]:
    """The processes of the service itself."""
    # As root Celery warns at length; the first start on a spare machine is often as root.
    python = [sys.executable, "-W", "ignore:You're running the worker", "-m"]
    celery = [*python, "celery", "--quiet", "-A", "collaborate"]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    manners = [
        "--ws-per-message-deflate",
        "false",
        "--ws-max-size",
        "65536",
        "--timeout-graceful-shutdown",
        "3",
        "--log-level",
        "warning",
    ]
    schedule = ["--schedule", str(directory / "beat-schedule"), "--pidfile="]
    return {
        "web": [*python, "uvicorn", "collaborate.asgi:application", *address, *manners],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", *schedule],
    }


def prepare_database(supervisor: Supervisor, env: dict[str, str], logs: Path) -> None:
    """Bring the tables up to date, and put the demonstration into a database without leaders."""
    with step("Bringing the database up to date"):
        manage(supervisor, ["migrate", "--noinput"], env, logs / "migrate.log")
    wanted = env["DEVELOPMENT"] == "1" and env.get("DEMO", "1") == "1" and any(places.ROOT.glob(DEMO))
    if wanted and not has_leader(env["DATABASE_URL"]):
        with step("Loading the demonstration"):
            manage(supervisor, ["demo"], env, logs / "demo.log")


def manage(supervisor: Supervisor, arguments: list[str], env: dict[str, str], log: Path) -> None:
    """Run a management command; its last words become the failure's sentence."""
    command = [sys.executable, places.ROOT / "manage.py", *arguments]
    process = Process(arguments[0], command, log=log, env=env, cwd=places.ROOT)
    if supervisor.attend(process):
        raise Failure(f"`manage.py {arguments[0]}` failed: {process.last_words()} (see {log})")


def has_leader(database_url: str, email: str = "") -> bool:
    """Whether the database has any leader, or the one with this e-mail address."""
    question = "SELECT EXISTS (SELECT 1 FROM leaders_leader WHERE %s IN ('', email))"
    connection = environment.database_connection(database_url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(question, [email])
        return cursor.fetchone()[0]


def pages_answer(port: int) -> bool:
    """Whether the service says that it is ready and its first page comes."""
    site = f"http://localhost:{port}"
    ready = _status(f"{site}/readyz") == 200
    status = _status(f"{site}/") if ready else 0
    if status >= 500:
        raise Failure(f"The first page is broken: it answers {status}. The reason stands above.")
    return status == 200


def welcome(env: dict[str, str], port: int) -> None:
    """Tell how to get in; the last line is the address."""
    for line in _welcome(env, port):
        say(line)


def _welcome(env: dict[str, str], port: int) -> Iterator[str]:
    site = f"http://localhost:{port}"
    yield ""
    if env["DEVELOPMENT"] == "1" and has_leader(env["DATABASE_URL"], "ana@example.org"):
        yield f"Sign in with the password {PASSWORD} as"
        yield from (f"  {name + '@example.org':<18} {role}" for name, role in CAST.items())
    if env["DEMAND_SECOND_FACTOR"] == "0":
        yield "Second factor: skipped here. Demand it of faculty and admins: DEMAND_SECOND_FACTOR=1 make run"
    else:
        yield "Second factor: demanded of faculty and admins. Skip it here: DEMAND_SECOND_FACTOR=0 make run"
    mailbox = f"{site}/mailbox/ (nothing leaves this machine)"
    yield f"E-mail: {mailbox if 'MAILBOX_DIR' in env else 'sent by the server of EMAIL_URL'}"
    yield "Commands: make manage ARGS='send_digest ana@example.org --now'"
    yield "To end: Ctrl-C"
    yield ""
    yield f"Ready: {site}"


def _status(url: str) -> int:
    # No proxy: a shell's HTTP_PROXY would be asked for our own loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
