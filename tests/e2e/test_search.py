"""A leader finds last year's answer between two clinics, on a phone and at a desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_every_page import comes_to_rest


def has_no_fault(page: Page) -> None:
    comes_to_rest(page)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1280])
def test_she_finds_what_was_said_and_who_said_it(somebody, width):
    page = somebody("ana@example.org", width=width).goes_to("/search/")
    page.get_by_role("searchbox").fill("phone in:opne-floor")
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_have_accessible_description(re.compile("is called “opne-floor”"))
    expect(page.get_by_role("searchbox")).to_have_value("phone in:opne-floor")
    has_no_fault(page)

    page.get_by_role("link", name="The open floor").click()
    expect(page.get_by_role("link", name="Remove: In The open floor")).to_be_visible()
    expect(page.locator("mark").first).to_contain_text("phone")
    has_no_fault(page)

    kinds = page.get_by_role("navigation", name="Kinds of results")
    kinds.get_by_role("link", name=re.compile("^Posts [1-9]")).click()
    page.get_by_role("link", name="Newest first").click()
    expect(kinds.locator("[aria-current]")).to_contain_text("Posts")
    has_no_fault(page)

    page.get_by_role("link", name=re.compile("^Remove")).click()
    expect(page.get_by_role("searchbox")).to_have_value("phone")
    page.locator(".row__link").first.click()
    expect(page).to_have_url(re.compile(r"/threads/\d+/.+#post-\d+$"))


def test_a_name_with_a_mistake_leads_to_the_person(somebody):
    page = somebody("ana@example.org", width=360).goes_to("/search/")
    page.get_by_role("searchbox").fill("phil yatse")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Faculty", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("Phil Yates")).click()
    expect(page).to_have_url(re.compile("/faculty/phil-yates/"))


def test_nothing_found_says_what_one_can_try(somebody):
    page = somebody("ana@example.org", width=360).goes_to("/search/?q=zzqqx+by:ben")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.get_by_text("How to search")).to_be_visible()
    has_no_fault(page)
    page.get_by_role("link", name="the same words without filters").click()
    expect(page.get_by_role("searchbox")).to_have_value("zzqqx")
