"""Ana and Ben talk in the chat of their cohort, each in a browser of their own."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person


@pytest.fixture
def chat(site):
    return "/spaces/kestrel/chat/"


def enters(person: Person, chat: str):
    page = person.goes_to(chat)
    expect(page.locator("[data-live-state]")).to_have_text("Connected")
    return page


def says(page, words):
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def hears(page, words):
    message = page.get_by_role("log").locator("[data-number]", has_text=words)
    expect(message).to_have_count(1)
    return message


def test_two_people_talk(somebody, chat):
    ana, ben = (enters(somebody(f"{name}@example.org"), chat) for name in ("ana", "ben"))
    says(ana, "Is the meeting still at nine?")
    hears(ana, "Is the meeting still at nine?")
    hears(ben, "Is the meeting still at nine?")
    says(ben, "It is, with **biscuits**.")
    hears(ana, "It is, with biscuits.")
    expect(ana.get_by_label("Your message")).to_have_value("")
    expect(ana.locator("[data-here]")).to_contain_text("Ben")
    expect(ana.locator(".message--pending")).to_have_count(0)


def test_enter_sends_and_shift_enter_makes_a_line(somebody, chat):
    ana = enters(somebody("ana@example.org"), chat)
    box = ana.get_by_label("Your message")
    box.press_sequentially("First line")
    box.press("Shift+Enter")
    box.press_sequentially("Second line")
    box.press("Enter")
    expect(hears(ana, "First line")).to_contain_text("Second line")
    expect(box).to_be_focused()


def test_an_edit_reaches_the_other_browser(somebody, chat):
    ana, ben = (enters(somebody(f"{name}@example.org"), chat) for name in ("ana", "ben"))
    says(ana, "We meet at nien.")
    hears(ben, "We meet at nien.")
    menu = hears(ana, "We meet at nien.")
    menu.get_by_text("More").click()
    menu.get_by_role("link", name="Edit").click()
    ana.get_by_label("Your message").fill("We meet at nine, sharp.")
    ana.get_by_role("button", name="Save").click()
    expect(hears(ben, "We meet at nine, sharp.")).to_contain_text("edited")
    expect(ben.get_by_text("We meet at nien.")).to_have_count(0)
    others = hears(ben, "We meet at nine, sharp.")
    others.get_by_text("More").click()
    expect(others.get_by_role("link", name="Edit")).to_have_count(0)
    expect(others.get_by_role("link", name="Report")).to_be_visible()


def test_a_lost_connection_is_mended_without_a_hole(somebody, chat):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), chat)
    page = enters(ana, chat)
    ana.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    says(ben, "Said while Ana was away, one.")
    says(ben, "Said while Ana was away, two.")
    hears(ben, "Said while Ana was away, two.")
    says(page, "Written without a connection, first.")
    says(page, "Written without a connection, second.")
    expect(page.locator(".message--pending")).to_have_count(2)
    ana.context.set_offline(False)
    for words in ("away, one.", "away, two.", "connection, first.", "connection, second."):
        hears(page, words)
        hears(ben, words)
    expect(page.locator(".message--pending")).to_have_count(0)
    order = ben.get_by_role("log").locator("[data-number]", has_text="Written without").all_inner_texts()
    assert ["first" in text for text in order] == [True, False]


def test_what_was_typed_and_not_sent_survives_a_reload(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    page.get_by_label("Your message").fill("Not yet finished")
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("Not yet finished")


def test_one_who_looks_back_is_not_moved(somebody, chat):
    ana, ben = (enters(somebody(f"{name}@example.org"), chat) for name in ("ana", "ben"))
    for number in range(25):
        says(ana, f"Line {number} of many.")
    hears(ben, "Line 24 of many.")
    ben.locator("#chat-scroller").evaluate("place => { place.scrollTop = 0 }")
    says(ana, "And this is new.")
    hears(ben, "And this is new.")
    assert ben.locator("#chat-scroller").evaluate("place => place.scrollTop") < 50
    ben.get_by_role("button", name="New messages").click()
    expect(ben.get_by_text("And this is new.")).to_be_in_viewport()
    expect(ben.get_by_role("button", name="New messages")).to_be_hidden()


def test_a_refusal_can_be_tried_again_changed_or_discarded(somebody, chat):
    page = enters(somebody("ana@example.org"), chat)
    page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) { send.call(this, text.replace('"room":', '"rooms":')); };
    }""")
    says(page, "This will be refused.")
    refused = page.locator(".message--unsent")
    expect(refused).to_contain_text("Not sent.")
    refused.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Your message")).to_have_value("This will be refused.")
    expect(refused).to_have_count(0)


def test_signing_out_in_one_tab_ends_the_other(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    other = ana.context.new_page()
    other.goto(f"{ana.site.url}/accounts/logout/")
    other.get_by_role("main").get_by_role("button", name=re.compile("sign out", re.IGNORECASE)).click()
    expect(page.locator("[data-live-state]")).to_contain_text("Sign in again", timeout=2_500)


def test_on_a_phone_nothing_scrolls_sideways(somebody, chat):
    page = enters(somebody("ana@example.org", width=360), chat)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
