"""The real product on a port of its own, and people with browsers."""

import os
import re
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event, Thread
from typing import IO

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect

from collaborate.local.places import free_port
from tests.e2e.hand import Hand

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "collaborate-demo"
# All people of all stories knock at one door, from one address, within a few minutes.
FORGET_TRIES = """
from allauth.core import ratelimit; from django.test import RequestFactory
for address in ("127.0.0.1", "::1"):
    ratelimit.clear(RequestFactory(REMOTE_ADDR=address).get("/"), action="login")
"""
expect.set_options(timeout=10_000)


@dataclass
class Site:
    """A running Collaborate."""

    url: str
    env: dict[str, str]

    def manage(self, *words: str) -> str:
        """What a management command says."""
        command = [sys.executable, "-m", "collaborate.local", "manage", *words]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout

    def does(self, code: str) -> str:
        """What a piece of code prints that is done to its data: much sooner than a command of its own."""
        return self.hand.does(code)

    @cached_property
    def hand(self) -> Hand:
        """Whoever does such pieces, from the first to the last."""
        return Hand([sys.executable, "-m", "collaborate.local", "manage"], self.env)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """`make run`, from an empty directory to “Ready”, and ended as by Ctrl-C."""
    given = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "MEDIA_ROOT", "SECRET_KEY", "SITE_URL"}
    env = {name: value for name, value in os.environ.items() if name not in given}
    env |= {"PORT": str(free_port()), "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
    command = [sys.executable, "-m", "collaborate.local", "run"]
    said: list[str] = []
    settled = Event()
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        listener = Thread(target=listen, args=(process.stdout, said, settled))
        listener.start()
        settled.wait()
        if process.poll() is not None:
            pytest.fail("It never became ready:\n" + "".join(said))
        site = Site(f"http://localhost:{env['PORT']}", env)
        yield site
        if "hand" in vars(site):
            site.hand.goes()
        process.send_signal(signal.SIGINT)
        listener.join()
        assert process.wait() == 0


def listen(stream: IO[str], said: list[str], settled: Event) -> None:
    """Keep what is said, so that the pipe never fills; settled once it is ready or has ended."""
    for line in stream:
        said.append(line)
        if line.startswith("Ready: "):
            settled.set()
    settled.set()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    return {"executable_path": os.environ["CHROMIUM_PATH"], "args": quiet}


def by_and_by(page: Page, condition: str, arg=None) -> None:
    """Wait for an asynchronous condition; `page.wait_for_function` takes its promise for a yes."""
    script = """async (arg) => {
        const holds = CONDITION;
        for (const end = Date.now() + 15_000; Date.now() < end; ) {
            if (await holds(arg)) return true;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return false;
    }"""
    assert page.evaluate(script.replace("CONDITION", condition), arg), condition


@dataclass
class Person:
    """Somebody at a browser of their own."""

    page: Page
    context: BrowserContext
    site: Site

    def goes_to(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.site.url + path)
        return self.page

    def signs_in(self, email: str) -> "Person":
        """Sign in by password, without the page that asks for it; the open page stays as it is."""
        answer = self._knocks(email)
        if answer.status == 429:
            self.site.does(FORGET_TRIES)
            answer = self._knocks(email)
        assert (answer.status, answer.headers.get("location")) == (302, "/"), answer.text()
        return self

    def _knocks(self, email: str) -> APIResponse:
        token, address = secrets.token_hex(16), f"{self.site.url}/accounts/login/"
        self.context.add_cookies([{"name": "csrftoken", "value": token, "url": self.site.url}])
        form = {"login": email, "password": PASSWORD}
        return self.context.request.post(address, form=form, headers={"X-CSRFToken": token}, max_redirects=0)

    def fills_in_the_door(self, email: str) -> "Person":
        """Sign in on the page that asks for it, as the demonstration's people do."""
        self.goes_to("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role(
            "button", name=re.compile("^sign in$", re.IGNORECASE)
        ).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Hello")
        return self


@pytest.fixture
def somebody(browser: Browser, site: Site):
    """Opens browsers: somebody() is a stranger, somebody("ana@example.org") has signed in."""
    contexts = []

    def open_browser(email: str = "", width: int = 1280) -> Person:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
        contexts.append(context)
        person = Person(context.new_page(), context, site)
        return person.signs_in(email) if email else person

    yield open_browser
    for context in contexts:
        context.close()
