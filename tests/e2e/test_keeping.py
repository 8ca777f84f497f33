"""Thanking for a post and keeping it, without leaving the page and without losing one's place."""

import pytest
from playwright.sync_api import expect


def settles(page):
    """What was exchanged works without leaving the page from here on."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_thanks_and_bookmarks_stay_in_their_place(somebody, width):
    page = somebody("cleo@example.org", width=width).goes_to("/threads/22/?page=1")
    page.evaluate("window.isTheSamePage = true")
    post = page.locator(".post").nth(2)
    post.get_by_role("link", name="Thank").click()
    expect(page.get_by_label("A few words of why")).to_be_focused()
    page.keyboard.type("It helped me on Monday.")
    page.keyboard.press("Enter")
    expect(post.get_by_text("It helped me on Monday.")).to_be_visible()
    back = post.get_by_role("button", name="Take thanks back")
    expect(back).to_be_focused()
    settles(page)
    page.keyboard.press("Enter")
    expect(post.get_by_text("It helped me on Monday.")).to_have_count(0)
    expect(post.get_by_role("link", name="Thank")).to_be_focused()
    post.get_by_role("button", name="Bookmark").click()
    button = post.get_by_role("button", name="Bookmarked")
    expect(button).to_be_focused()
    settles(page)
    page.keyboard.press("Enter")
    expect(button).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")


def test_a_note_is_changed_and_a_bookmark_had_back_on_the_list(somebody):
    person = somebody("ben@example.org", width=360)
    page = person.goes_to("/threads/22/?page=1")
    page.locator(".post").first.get_by_role("button", name="Bookmark").click()
    expect(page.get_by_role("button", name="Bookmarked")).to_be_visible()
    person.goes_to("/bookmarks/")
    page.get_by_role("link", name="Add a note").click()
    page.get_by_label("Your note").fill("For the huddle on Tuesday.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("For the huddle on Tuesday.")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("For the huddle on Tuesday.")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("For the huddle on Tuesday.")).to_be_visible()
