"""`make test`, `make check` and any command that wants servers of its own: started for it, ended after it."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from collaborate.local import assets, browser, environment, places
from collaborate.local.console import say
from collaborate.local.processes import Foreground, Supervisor

NO_TESTS = 5
PYTEST = [sys.executable, "-m", "pytest"]
JOURNEYS = ["tests/e2e", "--reruns", "1", "-rR"]
PRODUCTION = {
    "DEVELOPMENT": "0",
    "SECRET_KEY": "only-to-look-at-the-settings-of-a-service-that-is-never-started",
    "SITE_URL": "https://collaborate.example",
    "ALLOWED_HOSTS": "collaborate.example",
    "DEFAULT_FROM_EMAIL": "Collaborate <hello@collaborate.example>",
}
MANAGE = [sys.executable, "manage.py"]


def execute(command: list[str]) -> int:
    """Run a command beside a PostgreSQL, a Valkey and a mailbox of its own."""
    with rehearsing() as (supervisor, env):
        return _show(supervisor, command, env)


def test(arguments: list[str]) -> int:
    """The unit tests, then the journeys in a browser; with arguments, what they choose of both."""
    with rehearsing() as (supervisor, env):
        assets.build(supervisor)
        env["CHROMIUM_PATH"] = browser.ensure(supervisor)
        side_by_side = ["-n", str(environment.TESTERS), "--dist", "worksteal"]
        suites = [[]] if _names_tests(arguments) else [side_by_side, JOURNEYS]
        codes = [_show(supervisor, [*PYTEST, *suite, *arguments], env) for suite in suites]
    failed = [code for code in codes if code not in (0, NO_TESTS)]
    return failed[0] if failed else min(codes)


def check() -> int:
    """Everything that a machine can see without running the service."""
    with rehearsing() as (supervisor, env):
        results = [_report(supervisor, title, command, env) for title, command in _checks()]
        deploy = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
        results.append(_report(supervisor, "Django, as deployed", deploy, {**env, **PRODUCTION}))
    return 0 if all(results) else 1


@contextlib.contextmanager
def rehearsing() -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Servers and the environment that leads to them, for as long as the block lasts."""
    directory, held = _own_directory()
    with held, Supervisor() as supervisor:
        yield supervisor, environment.rehearse(supervisor, directory)


def _own_directory() -> tuple[Path, IO[str]]:
    # Two test runs at once in one checkout get a directory each.
    for number in range(1, 100):
        directory = places.prepare(places.var() / ("test" if number == 1 else f"test-{number}"))
        if held := places.lock(directory):
            places.prepare(directory / "log")
            return directory, held
    raise AssertionError("a hundred test runs at once")


def _checks() -> Iterator[tuple[str, list[str]]]:
    binaries = Path(sys.executable).parent
    yield "Style", [str(binaries / "ruff"), "check", "."]
    yield "Format", [str(binaries / "ruff"), "format", "--check", "."]
    yield "Import contracts", [str(binaries / "lint-imports")]
    yield "Migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]
    yield "Templates", [sys.executable, "-m", "collaborate.local.templates"]


def _report(supervisor: Supervisor, title: str, command: list[str], env: dict[str, str]) -> bool:
    say(f"- {title}")
    return _show(supervisor, command, env) == 0


def _show(supervisor: Supervisor, command: list[str], env: dict[str, str]) -> int:
    code = supervisor.attend(Foreground(command, env=env, cwd=places.ROOT))
    return code if code >= 0 else 128 - code


def _names_tests(arguments: list[str]) -> bool:
    paths = [places.ROOT / word.split("::")[0] for word in arguments if not word.startswith("-")]
    return any(path.exists() for path in paths)
