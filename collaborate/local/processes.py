"""The supervisor: starts processes, shows what they say, notices when one dies, ends every one of them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from collaborate.local import console
from collaborate.local.console import Failure

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 8.0


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, a signal, or the parent went away."""


class Process:
    """One child in a session of its own, so that Ctrl-C reaches the supervisor alone."""

    def __init__(self, name, command, *, ending=signal.SIGTERM, log: Path | None = None, **options):
        self.name, self.ending, self.log = name, ending, log
        options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, **options}
        with contextlib.ExitStack() as stack:
            if log:
                options["stdout"] = stack.enter_context(log.open("wb"))
            else:
                options.setdefault("stdout", subprocess.PIPE)
            command = [str(part) for part in command]
            self.popen = subprocess.Popen(command, start_new_session=True, **options)
        self.pid = self.popen.pid
        self.reader = threading.Thread(target=self.read, name=name, daemon=True)
        if self.popen.stdout:
            self.reader.start()

    def read(self) -> None:
        """Show each line that the process says, until it says no more."""
        with self.popen.stdout as lines:
            for line in lines:
                console.log(self.name, line.decode(errors="replace").rstrip())

    def ended(self) -> bool:
        return self.popen.poll() is not None

    def ask(self) -> None:
        """Ask the process to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, self.ending)

    def force(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def finish(self) -> None:
        """Collect the ended process and what it said last."""
        self.popen.wait()
        if self.popen.stdout:
            self.reader.join(2)

    def how_it_ended(self) -> str:
        code = self.popen.returncode
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def everything(self) -> str:
        """All that stands in its log."""
        return self.log.read_text(errors="replace") if self.log and self.log.exists() else ""

    def last_words(self) -> str:
        """The last line of its log, for a failure's sentence."""
        lines = [line.strip() for line in self.everything().split("\n") if line.strip()]
        return lines[-1] if lines else "it said nothing"


class Foreground(Process):
    """A command that uses our own terminal; Ctrl-C is passed on to it."""

    def __init__(self, command: list, **options):
        streams = {"stdin": None, "stdout": None, "stderr": None}
        super().__init__(Path(str(command[0])).name, command, ending=signal.SIGINT, **streams, **options)


class Supervisor:
    """Owns processes: none of them outlives it, however it ends."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.stop_wanted = False
        self.hurry = False
        self._guardian: subprocess.Popen | None = None
        self._handlers: dict = {}
        self._parent = os.getppid() if os.environ.get("MAKELEVEL") else None

    def __enter__(self) -> "Supervisor":
        guardian = Path(__file__).with_name("guardian.py")
        command = [sys.executable, "-I", "-S", str(guardian)]
        self._guardian = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, text=True)
        self._handlers = {number: signal.signal(number, self._on_signal) for number in ENDINGS}
        return self

    def __exit__(self, *_exception) -> None:
        self.stop_wanted = True
        self.stop_all()
        self._guardian.stdin.close()
        self._guardian.wait()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, name: str, command: list, **options) -> Process:
        """Start a process that is expected to stay."""
        process = Process(name, command, **options)
        self.processes.append(process)
        self._tell_guardian(f"+{process.pid} {int(process.ending)}")
        return process

    def attend(self, process: Process) -> int:
        """Wait for a command to end; if we are stopped meanwhile, it is stopped as well."""
        self.processes.append(process)
        self._tell_guardian(f"+{process.pid} {int(process.ending)}")
        while not process.ended():
            self.check(besides=process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.popen.wait(0.2)
        self._forget(process)
        return process.popen.returncode

    def check(self, besides: Process | None = None) -> None:
        """Raise if somebody asked for the end, or if a process that should stay has ended."""
        if self.stop_wanted or (self._parent and os.getppid() != self._parent):
            raise Stopped
        for process in self.processes:
            if process is not besides and process.ended():
                raise Failure(f"{process.name} stopped unexpectedly ({process.how_it_ended()}).")

    def wait_until(self, is_true: Callable[[], bool], *, seconds: float, failure: str) -> None:
        """Wait for a condition as long as all processes stay."""
        deadline = time.monotonic() + seconds
        while not is_true():
            self.check()
            if time.monotonic() > deadline:
                raise Failure(failure)
            time.sleep(0.1)

    def watch(self) -> None:
        """Stay until a process ends (a failure) or somebody asks for the end (`Stopped`)."""
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self, *names: str) -> None:
        """End the named processes: politely, then by force."""
        leaving = [process for process in self.processes if process.name in names]
        self._end(leaving)

    def stop_all(self) -> None:
        """End all: first those that use the servers, then the servers, last started first."""
        for servers in (False, True):
            self._end([p for p in reversed(self.processes) if _is_server(p) is servers])

    def _end(self, leaving: list[Process]) -> None:
        for process in leaving:
            process.ask()
        deadline = time.monotonic() + GRACE
        while not all(process.ended() for process in leaving):
            if self.hurry or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for process in leaving:
            process.force()
            process.finish()
            self._forget(process)

    def _forget(self, process: Process) -> None:
        self.processes.remove(process)
        self._tell_guardian(f"-{process.pid}")

    def _tell_guardian(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self._guardian.stdin.write(line + "\n")
            self._guardian.stdin.flush()

    def _on_signal(self, _number, _frame) -> None:
        # Only a note for the next check(): an exception here could lose a child that has just been born.
        # While things are ending, a second Ctrl-C shortens the wait.
        self.hurry = self.stop_wanted
        self.stop_wanted = True


def _is_server(process: Process) -> bool:
    return process.name in ("postgres", "valkey")
