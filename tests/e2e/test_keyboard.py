"""From the door to a reply, with nothing but the keyboard."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD

FAR = 80


def tabs_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, which can be seen there."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if target.evaluate("found => found === document.activeElement"):
            expect(target).to_be_in_viewport()
            return
    raise AssertionError(f"{FAR} presses of Tab do not reach {target}")


def test_sign_in_read_and_reply(somebody):
    page = somebody().goes_to("/")
    tabs_to(page, page.get_by_role("banner").get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")
    tabs_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type("ana@example.org")
    tabs_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")

    tabs_to(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Spaces"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Spaces")
    tabs_to(page, page.get_by_role("link", name="Access and triage"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Access and triage")
    tabs_to(page, page.get_by_role("main").locator(".row__link").first)
    page.keyboard.press("Enter")
    expect(page.locator(".post").first).to_be_visible()
    title = page.get_by_role("heading", level=1).inner_text()

    tabs_to(page, page.get_by_label("Your reply"))
    page.keyboard.type("Typed without a mouse.")
    tabs_to(page, page.get_by_role("button", name="Reply", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(".post", has_text="Typed without a mouse.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_first_stop_skips_to_the_content(somebody):
    page = somebody().goes_to("/faculty/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_menu_opens_and_closes_by_keys(somebody):
    page = somebody("ana@example.org").goes_to("/")
    summary = page.locator(".masthead__account .menu summary")
    tabs_to(page, summary)
    page.keyboard.press("Enter")
    settings = page.get_by_role("link", name=re.compile("^Settings$"))
    expect(settings).to_be_visible()
    page.keyboard.press("Escape")
    expect(settings).to_be_hidden()
    expect(summary).to_be_focused()
