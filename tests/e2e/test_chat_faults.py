"""Ana and Ben talk while parts of the service die under them; after each fault nothing is lost or doubled."""

import re

import pytest
from playwright.sync_api import expect

from collaborate.local.processes import Supervisor
from tests.e2e.conftest import Person
from tests.e2e.stack import FORGETFUL_LIVE, Stack

CHAT = "/spaces/kestrel/chat/"
SHOWN = """() => [...document.querySelectorAll('[data-earlier] [data-number], #chat-log [data-number]')]
    .map(one => [Number(one.dataset.number), one.querySelector('.prose')?.textContent.trim() ?? null])"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Supervisor() as supervisor:
        stack = Stack(supervisor, tmp_path_factory.mktemp("stack"))
        yield stack
        stack.close()


@pytest.fixture
def talk(browser, stack):
    """The open chat pages of Ana and Ben."""
    contexts = [browser.new_context(viewport={"width": 900, "height": 800}) for _ in range(2)]
    people = [Person(context.new_page(), context, stack) for context in contexts]
    pages = [
        person.signs_in(f"{name}@example.org").goes_to(CHAT)
        for person, name in zip(people, ("ana", "ben"), strict=True)
    ]
    for page in pages:
        expect(page.locator("[data-live-state]")).to_have_text("Connected")
    yield pages
    stack.network.heal()
    for context in contexts:
        context.close()


def says(page, words):
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def hears(page, words):
    shown = page.locator("#chat-log [data-number]", has_text=words)
    expect(shown).to_have_count(1, timeout=45_000)


def all_is_well(stack, pages, said):
    """Each page shows the newest part of what the server holds, in order, and nothing waits any more."""
    for page in pages:
        for words in said:
            hears(page, words)
        expect(page.locator(".message--pending, .message--unsent")).to_have_count(0, timeout=45_000)
    held = stack.messages("kestrel")
    bodies = [body for _, body in held]
    assert [bodies.count(words) for words in said] == [1] * len(said)
    for page in pages:
        shown = page.evaluate(SHOWN)
        numbers = [number for number, _ in shown]
        assert numbers == [number for number, _ in held][-len(numbers) :]
        assert [words for _, words in shown if words in said] == [body for body in bodies if body in said]
    assert "Everything holds together." in stack.integrity()


def test_valkey_dies_and_comes_back_empty(stack, talk):
    ana, ben = talk
    says(ana, "Before Valkey died.")
    hears(ben, "Before Valkey died.")
    stack.kill("valkey")
    says(ana, "Valkey is dead, says Ana.")
    says(ben, "Valkey is dead, says Ben.")
    hears(ana, "Valkey is dead, says Ben.")
    stack.start_valkey()
    says(ben, "Valkey is back and empty.")
    said = ["Before Valkey died.", "Valkey is dead, says Ana.", "Valkey is dead, says Ben."]
    all_is_well(stack, talk, [*said, "Valkey is back and empty."])


def test_postgres_restarts(stack, talk):
    ana, ben = talk
    says(ana, "Before the restart of the database.")
    hears(ben, "Before the restart of the database.")
    stack.restart_postgres()
    says(ana, "After it, says Ana.")
    says(ben, "After it, says Ben.")
    said = ["Before the restart of the database.", "After it, says Ana.", "After it, says Ben."]
    all_is_well(stack, talk, said)


def test_live_is_killed(stack, talk):
    ana, _ = talk
    stack.kill("live")
    expect(ana.locator("[data-live-state]")).to_have_text(re.compile("Reconnecting|Connecting"))
    said = [f"While nobody served, {n}." for n in ("one", "two", "three")]
    for words in said:
        says(ana, words)
    expect(ana.locator(".message--pending")).to_have_count(3)
    stack.start_live()
    all_is_well(stack, talk, said)
    assert [body for _, body in stack.messages("kestrel") if body in said] == said


def test_the_network_is_cut(stack, talk):
    stack.network.cut()
    said = [f"Through the cut, {n}." for n in ("one", "two")]
    for page, words in zip(talk, said, strict=True):
        says(page, words)
        expect(page.locator(".message--pending")).to_have_count(1)
    stack.network.heal()
    all_is_well(stack, talk, said)


def test_the_network_is_slow(stack, talk):
    stack.network.delay = 0.7
    said = [f"Slowly, {n}." for n in ("one", "two", "three", "four")]
    for n, words in enumerate(said):
        says(talk[n % 2], words)
    all_is_well(stack, talk, said)


def test_the_network_swallows_everything_without_a_word(stack, talk):
    ana, _ = talk
    stack.network.swallows = True
    says(ana, "Into the void.")
    expect(ana.locator(".message--pending")).to_have_count(1)
    expect(ana.locator("[data-live-state]")).not_to_have_text("Connected", timeout=60_000)
    stack.network.heal()
    all_is_well(stack, talk, ["Into the void."])


def test_three_of_ten_pushes_are_lost(stack, talk):
    stack.kill("live")
    stack.start_live(FORGETFUL_LIVE)
    said = [f"Some pushes get lost, {n}." for n in range(1, 13)]
    for n, words in enumerate(said):
        says(talk[n % 2], words)
    all_is_well(stack, talk, said)
    stack.kill("live")
    stack.start_live()
