"""Pressing “Reply”: once, twice, without a connection, without an answer, and after coming back."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

THREAD = "/threads/64/"


def box(page: Page):
    return page.get_by_label("Your reply")


def button(page: Page):
    return page.get_by_role("button", name="Reply", exact=True)


def posts(page: Page, words: str):
    return page.locator(".post", has_text=words)


@pytest.fixture
def ana(somebody):
    return somebody("ana@example.org")


@pytest.fixture
def page(ana):
    page = ana.goes_to(THREAD)
    box(page).fill("")
    return page


def test_two_quick_presses_are_one_post(page):
    words = f"Pressed twice {time.time_ns()}"
    box(page).fill(words)
    button(page).dblclick()
    expect(posts(page, words)).to_have_count(1)
    expect(box(page)).to_have_value("")
    page.reload()
    expect(posts(page, words)).to_have_count(1)


def test_what_was_held_back_can_be_pressed_again_at_once(page):
    words = f"Held back once {time.time_ns()}"
    box(page).fill(words)
    hold = "(event) => { event.preventDefault(); }"
    page.evaluate(f"document.addEventListener('submit', {hold}, {{ once: true, capture: true }})")
    button(page).dblclick()
    expect(posts(page, words)).to_have_count(1)


def test_without_a_connection_the_page_stays_and_the_words_go_out_once_later(ana, page):
    words = f"In the lift {time.time_ns()}"
    box(page).fill(words)
    ana.context.set_offline(True)
    button(page).click()
    expect(page.get_by_text("Press “Reply” again when it is back.")).to_be_visible()
    expect(box(page)).to_have_value(words)
    ana.context.set_offline(False)
    button(page).click()
    expect(posts(page, words)).to_have_count(1)
    expect(box(page)).to_have_value("")


def test_a_lost_answer_and_a_way_back_are_no_second_post(page):
    words = f"The answer was lost {time.time_ns()}"
    box(page).fill(words)

    def reaches_but_never_returns(route):
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/reply/**", reaches_but_never_returns)
    button(page).click()
    page.wait_for_url(re.compile("^chrome-error:"))
    page.unroute("**/reply/**")
    page.go_back()
    expect(posts(page, words)).to_have_count(1)
    expect(page.get_by_text("These words were sent.").first).to_be_visible()
    expect(box(page)).to_have_value("")


def test_back_to_the_form_after_sending_does_not_offer_the_words_again(page):
    words = f"Sent, and back {time.time_ns()}"
    box(page).fill(words)
    button(page).click()
    expect(posts(page, words)).to_have_count(1)
    page.go_back()
    expect(box(page)).to_have_value("")
    other = f"Another thought {time.time_ns()}"
    box(page).fill(other)
    button(page).click()
    expect(posts(page, other)).to_have_count(1)
    expect(posts(page, words)).to_have_count(1)


def test_the_browser_remembers_that_words_were_sent_and_not_the_words(page):
    words = f"Between us {time.time_ns()}"
    box(page).fill(words)
    page.evaluate(
        "addEventListener('pagehide', () => sessionStorage.setItem('noted', JSON.stringify(history.state)))"
    )
    button(page).click()
    expect(posts(page, words)).to_have_count(1)
    noted = page.evaluate("sessionStorage.getItem('noted')")
    assert "reply:" in noted
    assert "Between us" not in noted
