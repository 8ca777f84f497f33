"""The whole of a leader's day in a browser that runs no scripts."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person

THREAD = re.compile(r"/threads/\d+/")


@pytest.fixture
def ana(browser: Browser, site):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="en-GB", java_script_enabled=False
    )
    yield Person(context.new_page(), context, site).signs_in("ana@example.org")
    context.close()


def opens_a_thread(person: Person):
    """Found by its title: whoever came before may have filled the first page of the space."""
    page = person.goes_to("/search/?kind=threads&q=partners+who+do+not+speak")
    page.get_by_role("link", name="Two partners who do not speak to each other").click()
    return page


def test_she_reads_and_replies(ana):
    page = opens_a_thread(ana)
    page.get_by_label("Your reply").fill("Ask each of them **what they fear**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer__preview strong")).to_have_text("what they fear")
    expect(page.get_by_label("Your reply")).to_have_value("Ask each of them **what they fear**.")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".post", has_text="Ask each of them what they fear.")).to_be_visible()
    expect(page).to_have_url(THREAD)


def test_back_to_the_form_after_sending_she_is_asked_before_it_stands_twice(ana):
    page = opens_a_thread(ana)
    words = "Would a walk together help?"
    page.get_by_label("Your reply").fill(words)
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".post", has_text=words)).to_have_count(1)
    page.go_back()
    page.get_by_label("Your reply").fill(words)  # as browsers do that keep what stood in a form
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You sent these very words a moment ago")
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()
    expect(page.locator(".post", has_text=words)).to_have_count(1)


def test_an_empty_reply_is_refused_beside_the_field(ana):
    page = opens_a_thread(ana)
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_label("Your reply")).to_have_accessible_description("Error: Write something first.")


def test_she_quotes_and_thanks(ana):
    page = opens_a_thread(ana)
    page.get_by_role("link", name=re.compile("^Quote")).first.click()
    expect(page.get_by_label("Your reply")).to_have_value(re.compile("^> "))
    page.get_by_role("link", name=re.compile("^Thank ")).first.click()
    page.get_by_label("A few words of why").fill("For saying it first")
    page.get_by_role("button", name="Say thank you").click()
    expect(page.get_by_text("“For saying it first”")).to_be_visible()


def test_she_watches_and_mutes(ana):
    page = opens_a_thread(ana)
    for choice, now in (("Muted", "Muted"), ("Watching", "Watching")):
        page.locator(".thread-tools summary").first.click()
        page.get_by_role("button", name=re.compile(f"^{choice}:")).click()
        expect(page.locator(".thread-tools summary").first).to_contain_text(now)


def test_she_reports_a_post(ana):
    page = opens_a_thread(ana)
    post = page.locator(".post").first
    post.get_by_text("More").click()
    post.get_by_role("link", name="Report").click()
    page.get_by_label("Something else").check()
    page.get_by_role("textbox").last.fill("Somebody may know them.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".flash")).to_contain_text("Thank you")


def test_she_chats(ana):
    page = ana.goes_to("/spaces/kestrel/chat/")
    page.get_by_label("Your message").fill("Written without any script.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log").get_by_text("Written without any script.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("")


def test_she_looks_a_day_of_a_chat_up(ana):
    page = ana.goes_to("/spaces/kestrel/chat/")
    page.get_by_label("Go to a day").fill("2020-02-02")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_text("Nobody said anything here on 2 February 2020.")).to_be_visible()
    expect(page.get_by_role("log").locator("[data-number]").first).to_have_attribute("data-number", "1")
    expect(page.get_by_role("link", name="Earlier messages")).to_be_hidden()
