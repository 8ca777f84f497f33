"""The servers of one size, each on a port of its own, started as the image does."""

import contextlib
import json
import socket
import sys
from pathlib import Path

from collaborate.local import places
from collaborate.local.console import Failure
from collaborate.local.processes import Process, Supervisor

PYTHON = [sys.executable, "-m"]
GUNICORN = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
UVICORN = ["--ws-per-message-deflate=false", "--ws-max-size=65536", "--no-access-log", "--log-level=warning"]


class Stand:
    """Servers that come and go around one PostgreSQL and one Valkey."""

    def __init__(self, supervisor: Supervisor, directory: Path, env: dict[str, str]):
        self.supervisor, self.directory, self.env = supervisor, directory, env
        self.ports: dict[str, int] = {}
        # Other stands have a PostgreSQL and a Valkey too: the latest are those of this one.
        self.running = {process.name: process for process in supervisor.processes}

    def start_pages(self, name: str, application: str, **told: str) -> None:
        """Pages by gunicorn, unless they are there already."""
        if name not in self.ports:
            self.ports[name] = port = places.free_port()
            command = [*PYTHON, "gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN]
            self._serve(name, command, told)

    def start_sockets(self, name: str, **told: str) -> None:
        """A new `live`, or a new floor beside it."""
        self.supervisor.stop(name)
        self.ports[name] = port = places.free_port()
        live = [*PYTHON, "uvicorn", "collaborate.asgi:application", f"--port={port}", *UVICORN]
        self._serve(name, live if name == "live" else [*PYTHON, "bench.floor", port], told)

    def start_worker(self, **told: str) -> None:
        """A worker, with one process for tasks."""
        celery = [*PYTHON, "celery", "--quiet", "-A", "collaborate", "worker", "--concurrency=1"]
        self._start("worker", celery, told)

    def start_module(self, name: str, *arguments, **told: str) -> Process:
        """One of our modules as a process that stays until it is stopped."""
        return self._start(name, [*PYTHON, f"bench.{name}", *arguments], told)

    def work(self, *arguments, **told: str) -> None:
        """Run a command of ours to its end."""
        words = [str(word) for word in arguments]
        log = self.directory / "log" / f"{words[0].rpartition('.')[2] if words[0] != '-m' else words[1]}.log"
        env = {**self.env, **told}
        process = Process(words[-1], [sys.executable, *words], env=env, cwd=places.ROOT, log=log)
        if self.supervisor.attend(process):
            raise Failure(f"`{' '.join(words)}` failed: {process.last_words()}")

    def ask(self, module: str, plan: dict | None = None) -> dict | list:
        """What one of our modules brings as JSON, given a plan or none."""
        told, brought = self.file(f"{module}.plan"), self.file(f"{module}.found")
        told.write_text(json.dumps(plan))
        self.work("-m", f"bench.{module}", *([] if plan is None else [told]), brought)
        return json.loads(brought.read_text())

    def ask_several(self, module: str, plan: dict, number: int, **told: str) -> list[dict]:
        """What several processes of one of our modules bring that work side by side."""
        given, brought = self.file(f"{module}.plan"), [self.file(f"{module}-{n}") for n in range(number)]
        given.write_text(json.dumps(plan))
        command = [*PYTHON, f"bench.{module}", given]
        # They may end one after the other, so nobody watches but us.
        running = [self._process(f"{module}-{n}", [*command, brought[n]], told) for n in range(number)]
        for process in running:
            if self.supervisor.attend(process):
                raise Failure(f"{process.name} failed: {process.last_words()}")
        return [json.loads(file.read_text()) for file in brought]

    def file(self, name: str) -> Path:
        """A file for what processes tell one another."""
        return self.directory / f"{name}.json"

    def pid(self, name: str) -> int:
        """The process of this name."""
        return self.running[name].pid

    def pids(self, **servers: str) -> dict[str, int]:
        """The processes whose time is read, by the column of a table: a server's, and those behind it."""
        behind = {"database": "postgres", "redis": "valkey"}
        return {column: self.pid(name) for column, name in (servers | behind).items()}

    def _serve(self, name: str, command: list, told: dict[str, str]) -> None:
        self._start(name, command, told)
        self.supervisor.wait_until(
            lambda: self.listens(self.ports[name]), seconds=60, failure=f"{name} does not answer."
        )

    def _start(self, name: str, command: list, told: dict[str, str]) -> Process:
        options = self._options(name, told)
        self.running[name] = self.supervisor.start(name, command, **options)
        return self.running[name]

    def _process(self, name: str, command: list, told: dict[str, str]) -> Process:
        return Process(name, command, **self._options(name, told))

    def _options(self, name: str, told: dict[str, str]) -> dict:
        log = self.directory / "log" / f"{name}.log"
        return {"env": {**self.env, **told}, "cwd": places.ROOT, "log": log}

    @staticmethod
    def listens(port: int) -> bool:
        """Whether somebody answers there."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False
