"""What is typed survives: a crash, a second tab, a lost connection, an expired session, a click on a link."""

import os
import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Person, by_and_by
from tests.e2e.test_every_page import faults

START = """
import uuid
from community import threads
from django.db import transaction
from community.models import Draft, Space
from leaders.models import Leader
with transaction.atomic():
    list(Draft.objects.select_for_update())
    Draft.objects.all().delete()
space, by = Space.objects.get(slug="new-to-leading"), Leader.objects.get(handle="ben")
print(threads.start(space, by=by, title="What do you do?", body="Tell me.", uuid=uuid.uuid4()).pk)
"""


def box(page: Page):
    return page.get_by_label("Your reply")


def state(page: Page):
    return page.locator("[data-draft-state]")


def writes(page: Page, words: str) -> None:
    """Type as people do, one letter after the other."""
    box(page).press_sequentially(words, delay=15)


def is_saved(page: Page) -> None:
    expect(state(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))


def kept_becomes(page: Page, number: int) -> None:
    """This device keeps so many texts, by and by."""
    by_and_by(
        page,
        """(number) => new Promise((resolve) => {
            const request = indexedDB.open("collaborate-unsent", 1);
            request.onupgradeneeded = () => request.result.createObjectStore("texts", { keyPath: "id" });
            request.onsuccess = () => {
                const count = request.result.transaction("texts").objectStore("texts").count();
                count.onsuccess = () => { request.result.close(); resolve(count.result === number); };
            };
        })""",
        number,
    )


def sits_down(person: Person, email: str) -> Person:
    """Sign in where somebody else's session has ended without signing out."""
    person.context.clear_cookies()
    return person.fills_in_the_door(email)


@pytest.fixture(autouse=True)
def thread(site):
    """A thread without drafts: what the page of an earlier story sends as it closes is for another one."""
    return f"/threads/{int(site.does(START))}/"


def kill(browser: Browser) -> None:
    """End the browser as a crash or an empty battery does."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(process["id"] for process in processes if process["type"] == "browser"), signal.SIGKILL)


def test_a_draft_survives_the_end_of_the_browser(
    browser_type, browser_type_launch_args, somebody, site, thread
):
    doomed = browser_type.launch(**browser_type_launch_args)
    context = doomed.new_context(locale="en-GB")
    page = Person(context.new_page(), context, site).signs_in("ana@example.org").goes_to(thread)
    writes(page, "Three things helped us: ")
    is_saved(page)
    kill(doomed)
    page = somebody("ana@example.org").goes_to(thread)
    expect(box(page)).to_have_value("Three things helped us: ")
    writes(page, "tea")
    is_saved(page)


def test_two_tabs_of_one_draft_lose_neither_text(somebody, thread):
    ana = somebody("ana@example.org")
    first, second = ana.goes_to(thread), ana.context.new_page()
    second.goto(ana.site.url + thread)
    writes(first, "From the first tab.")
    is_saved(first)
    writes(second, "From the second tab.")
    news = second.get_by_role("region", name="This draft was changed in two places")
    expect(news).to_contain_text("From the first tab.")
    expect(news).to_contain_text("From the second tab.")
    writes(second, " And on.")
    news.get_by_role("button", name="Keep both").click()
    expect(box(second)).to_have_value("From the first tab.\n\nFrom the second tab. And on.")
    expect(news).to_have_count(0)


def test_what_is_typed_without_a_connection_is_brought_up_later(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    ana.context.set_offline(True)
    writes(page, "In the cellar there is no network.")
    expect(state(page)).to_contain_text("Not saved yet, kept on this device")
    page.close()
    ana.context.set_offline(False)
    ana.page = ana.context.new_page()
    ana.goes_to("/")
    kept_becomes(ana.page, 0)
    page = somebody("ana@example.org").goes_to(thread)
    expect(box(page)).to_have_value("In the cellar there is no network.")


def test_back_online_the_open_page_saves_by_itself(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    ana.context.set_offline(True)
    writes(page, "Between two stations.")
    expect(state(page)).to_contain_text("Not saved yet, kept on this device")
    ana.context.set_offline(False)
    is_saved(page)
    kept_becomes(page, 0)


def test_an_expired_session_loses_nothing(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    ana.context.clear_cookies(name="sessionid")
    writes(page, "Typed after the session had ended.")
    page.get_by_role("link", name="Sign in again").click()
    page.locator("input[name=login]").fill("ana@example.org")
    page.locator("input[name=password]").fill("collaborate-demo")
    page.get_by_role("main").get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(box(page)).to_have_value("Typed after the session had ended.")


def test_sending_with_an_expired_session_loses_nothing(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    ana.context.clear_cookies(name="sessionid")
    box(page).fill("Sent into the void.")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_label("What you typed")).to_have_value("Sent into the void.")
    page.get_by_role("link", name="Sign in again").click()
    page.locator("input[name=login]").fill("ana@example.org")
    page.locator("input[name=password]").fill("collaborate-demo")
    page.get_by_role("main").get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    expect(box(page)).to_have_value("Sent into the void.")


def test_signing_in_again_in_another_tab_lets_the_first_go_on(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    other = Person(ana.context.new_page(), ana.context, ana.site)
    sits_down(other, "ana@example.org")
    writes(page, "Still here.")
    is_saved(page)


def test_the_next_person_at_the_computer_sees_nothing(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    ana.context.set_offline(True)
    writes(page, "Ana's own words.")
    expect(state(page)).to_contain_text("Not saved yet")
    ana.context.set_offline(False)
    ana.context.clear_cookies()
    page.goto("about:blank")
    ben = sits_down(ana, "ben@example.org")
    ben.goes_to(thread)
    expect(box(page)).to_have_value("")
    ben.goes_to("/drafts/")
    expect(page.get_by_text("Ana's own words.")).to_have_count(0)
    sits_down(ana, "ana@example.org").goes_to(thread)
    expect(box(page)).to_have_value("Ana's own words.")


def test_signing_out_leaves_nothing_on_the_device(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    writes(page, "Half a sen")
    page.locator(".masthead__account .menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    kept_becomes(page, 0)
    page = somebody("ana@example.org").goes_to(thread)
    expect(box(page)).to_have_value("Half a sen")


def test_escape_back_and_a_click_on_a_link_lose_nothing(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    writes(page, "Never lost")
    box(page).press("Escape")
    expect(box(page)).to_have_value("Never lost")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Spaces").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spaces")
    page.go_back()
    expect(box(page)).to_have_value("Never lost")
    page.reload()
    expect(box(page)).to_have_value("Never lost")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_drafts_can_be_read_by_everybody(somebody, width, thread):
    ana = somebody("ana@example.org", width)
    page, other = ana.goes_to(thread), ana.context.new_page()
    other.goto(ana.site.url + thread)
    writes(page, "From the first tab.")
    is_saved(page)
    writes(other, "From the second tab.")
    expect(other.get_by_role("region", name="This draft was changed in two places")).to_be_visible()
    assert faults(other) == []
    for address in ("/drafts/", f"/drafts/reply{thread.removeprefix('/threads')}"):
        ana.goes_to(address)
        expect(page.get_by_text("From the first tab.").first).to_be_visible()
        assert faults(page) == []


def test_what_was_sent_does_not_come_back(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    writes(page, "Sent and done.")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".post", has_text="Sent and done.")).to_be_visible()
    expect(box(page)).to_have_value("")
    kept_becomes(page, 0)
    ana.goes_to("/drafts/")
    expect(page.get_by_text("No drafts")).to_be_visible()


def test_a_new_thread_and_an_edit_are_drafts_of_their_own(somebody):
    ana = somebody("ana@example.org")
    page = ana.goes_to("/spaces/the-open-floor/start/")
    page.get_by_label("Title").press_sequentially("A title to be", delay=15)
    page.get_by_label("Question").check()
    page.get_by_label("Your words").press_sequentially("And some words", delay=15)
    is_saved(page)
    ana.goes_to("/drafts/")
    page.get_by_role("link", name="A title to be").click()
    expect(page.get_by_label("Title")).to_have_value("A title to be")
    expect(page.get_by_label("Question")).to_be_checked()
    expect(page.get_by_label("Your words")).to_have_value("And some words")
    page.get_by_role("button", name="Discard draft").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("link", name="A title to be")).to_be_visible()


def test_a_long_text_is_kept_and_its_length_told(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    box(page).fill("long " * 40_000)
    expect(page.get_by_text("200,000 characters: a post takes 20,000.")).to_be_visible()
    is_saved(page)
    page.reload()
    assert len(box(page).input_value()) == 200_000


def test_signing_in_again_in_another_tab_lets_the_first_send_at_one_press(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(thread)
    writes(page, "Written before, sent after.")
    is_saved(page)
    other = Person(ana.context.new_page(), ana.context, ana.site)
    sits_down(other, "ana@example.org")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".post", has_text="Written before, sent after.")).to_have_count(1)


def test_a_word_without_an_end_is_taken_at_once_and_kept(somebody, thread):
    page = somebody("ana@example.org").goes_to(thread)
    box(page).fill("x" * 200_000, timeout=15_000)
    is_saved(page)
    assert len(box(somebody("ana@example.org").goes_to(thread)).input_value()) == 200_000
