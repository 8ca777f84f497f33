"""Chromium for the tests: one on the PATH, else Debian's, else Playwright's own."""

import os
import shutil
import subprocess
import sys

from collaborate.local import places
from collaborate.local.console import Failure, step
from collaborate.local.processes import Process, Supervisor

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a browser that starts, or None."""
    given = os.environ.get("CHROMIUM_PATH")
    candidates = [given] if given else [shutil.which(name) for name in NAMES] + [_of_playwright()]
    return next((path for path in candidates if path and _starts(path)), None)


def ensure(supervisor: Supervisor) -> str:
    """The path of a browser, installed first if there is none."""
    found = find()
    if found:
        return found
    places.prepare(places.var() / "log")
    with step("Installing a browser for the tests"):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _install_from_debian(supervisor)
        if not (found := find()):
            _work(supervisor, [sys.executable, "-m", "playwright", "install", "chromium"])
    found = found or find()
    if not found:
        raise Failure("No browser could be installed: put chromium on the PATH, or set CHROMIUM_PATH.")
    return found


def _install_from_debian(supervisor: Supervisor) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _work(supervisor, ["apt-get", "update"], env=env)
    _work(supervisor, ["apt-get", "install", "-y", "--no-install-recommends", "chromium"], env=env)


def _work(supervisor: Supervisor, command: list[str], **options) -> bool:
    log = places.var() / "log" / "browser.log"
    return supervisor.attend(Process(command[0], command, log=log, **options)) == 0


def _of_playwright() -> str | None:
    code = "from playwright.sync_api import *\nwith sync_playwright() as p: print(p.chromium.executable_path)"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    path = asked.stdout.strip()
    return path if path and os.path.exists(path) else None


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser may be a stub that only tells to install a snap.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
