"""A Collaborate whose parts can be killed one by one, behind a network that can be cut."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from collaborate.local import servers
from collaborate.local.environment import database_connection
from collaborate.local.places import ROOT, free_port
from collaborate.local.processes import Process, Supervisor
from tests.e2e.hand import Hand

PYTHON = [sys.executable, "-m"]
LIVE = [
    *PYTHON,
    "uvicorn",
    "collaborate.asgi:application",
    "--ws-per-message-deflate=false",
    "--log-level=warning",
]
CALL = "from django.core import management; management.call_command"
FORGETFUL_LIVE = [*PYTHON, "tests.e2e.forgetful_live"]


class Stack:
    """PostgreSQL, Valkey and one process for pages and sockets, each on a place that stays the same."""

    def __init__(self, supervisor: Supervisor, directory: Path):
        (directory / "log").mkdir()
        self.supervisor, self.directory = supervisor, directory
        self.valkey_port, self.live_port = free_port(), free_port()
        self.network = Network(self.live_port)
        self.url = f"http://localhost:{self.network.port}"
        self.env = {
            **os.environ,
            "SITE_URL": self.url,
            "REDIS_URL": f"redis://127.0.0.1:{self.valkey_port}/0",
        }
        self.parts: dict[str, Process] = {}
        self.start_postgres()
        self.start_valkey()
        for words in (["migrate", "--verbosity=0"], ["demo"]):
            self.manage(*words)
        self.hand = Hand([sys.executable, "manage.py"], self.env)
        self.start_live()

    def start_postgres(self) -> None:
        """The database, with what it held before."""
        settings = servers.FORGETFUL
        self.env["DATABASE_URL"] = servers.start_postgres(self.supervisor, self.directory, settings=settings)

    def start_valkey(self) -> None:
        """An empty Valkey."""
        options = ["--port", self.valkey_port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._start("valkey", [servers.valkey_program(), *options])

    def start_live(self, command=LIVE) -> None:
        """Pages and sockets."""
        self._start("live", [*command, "--host=127.0.0.1", f"--port={self.live_port}"])
        self.supervisor.wait_until(self._answers, seconds=60, failure="live did not come up")

    def kill(self, name: str) -> None:
        """End a part as a power cut does."""
        self.parts.pop(name).force()
        self.supervisor.stop(name)

    def restart_postgres(self) -> None:
        """The database goes away, with all its connections, and comes back."""
        self.supervisor.stop("postgres")
        self.start_postgres()

    def manage(self, *words: str) -> str:
        """What a management command says."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def integrity(self) -> str:
        """What verify_integrity says now."""
        return self.hand.does(
            "from django.core.management import call_command as call; call('verify_integrity')"
        )

    def close(self) -> None:
        """No more."""
        self.hand.goes()
        self.network.close()

    def messages(self, slug: str) -> list[tuple[int, str]]:
        """The numbers and words of all that a room's database rows hold, in order."""
        question = """
            SELECT m.number, m.body FROM community_message m JOIN community_room r ON r.id = m.room_id
            JOIN community_space s ON s.id = r.space_id WHERE s.slug = %s ORDER BY m.number
        """
        with (
            contextlib.closing(database_connection(self.env["DATABASE_URL"])) as link,
            link.cursor() as cursor,
        ):
            cursor.execute(question, [slug])
            return cursor.fetchall()

    def _answers(self) -> bool:
        with socket.socket() as knock:
            return knock.connect_ex(("127.0.0.1", self.live_port)) == 0

    def _start(self, name: str, command: list) -> None:
        log = self.directory / "log" / f"{name}-{free_port()}.log"
        self.parts[name] = self.supervisor.start(name, command, log=log, env=self.env, cwd=ROOT)


class Network:
    """A TCP proxy to one port of this machine, that can delay, swallow or refuse what passes."""

    def __init__(self, target: int):
        self.target, self.port = target, free_port()
        self.delay, self.swallows, self.refuses = 0.0, False, False
        self.pairs: set[asyncio.StreamWriter] = set()
        self.is_open, self.thread = (
            threading.Event(),
            threading.Thread(target=asyncio.run, args=[self._serve()]),
        )
        self.thread.start()
        self.is_open.wait()

    def cut(self) -> None:
        """Every connection ends now, and no new one comes about."""
        self.refuses = True
        self.loop.call_soon_threadsafe(self._drop_all)

    def heal(self) -> None:
        """As if nothing had been; what was swallowed stays lost."""
        if self.swallows:
            self.loop.call_soon_threadsafe(self._drop_all)
        self.delay, self.swallows, self.refuses = 0.0, False, False

    def close(self) -> None:
        """No more."""
        self.loop.call_soon_threadsafe(self.ending.set)
        self.thread.join()

    async def _serve(self) -> None:
        self.loop, self.ending = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.is_open.set()
        await self.ending.wait()
        server.close()
        self._drop_all()

    def _drop_all(self) -> None:
        for writer in list(self.pairs):
            writer.transport.abort()

    async def _pass_on(self, reader, writer) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.pairs |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self.pairs -= {writer, far_writer}

    async def _pump(self, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.delay:
                    arrived = self.loop.create_future()
                    self.loop.call_later(self.delay, arrived.set_result, None)
                    await arrived
                if not self.swallows:
                    writer.write(data)
                    await writer.drain()
        writer.close()
