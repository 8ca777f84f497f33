"""Ana chats on a phone: by touch, above its keyboard, in a narrow window, in any script."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, by_and_by
from tests.e2e.test_chat import changes
from tests.e2e.test_every_page import faults

CHAT = "/spaces/kestrel/chat/"
ODD = [
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3,
    "https://example.org/" + "a-rather-long-path/" * 12,
    "`a_name_in_code_that_is_longer_than_any_phone_is_wide_even_when_it_is_turned_around`",
    "```\n" + "x = 1  # " + "and so on " * 30 + "\n```",
    "مرحبا بالجميع، الاجتماع في التاسعة",
    "🎉🎉",
]
# A keyboard that covers the lower part of the page without making it smaller, as on an iPhone.
KEYBOARD = """
    const seen = new EventTarget();
    Object.assign(seen, { height: innerHeight, offsetTop: 0, scale: 1 });
    Object.defineProperty(window, "visualViewport", { get: () => seen });
    window.keyboard = (height) => {
        seen.height = innerHeight - height;
        seen.dispatchEvent(new Event("resize"));
    };
"""

ABOVE = """part => {
    const { top, bottom } = part.getBoundingClientRect();
    return top >= 0 && bottom <= visualViewport.height + 1;
}"""
LAST_ABOVE = """box => {
    const last = [...document.querySelectorAll("#chat-log [data-number]")].at(-1);
    return last.getBoundingClientRect().bottom <= box.getBoundingClientRect().top;
}"""


@pytest.fixture
def phone(playwright, browser, site):
    """Opens phones that Ana has signed in on."""
    contexts = []

    def open_phone(name: str, **options):
        context = browser.new_context(**{**playwright.devices[name], **options}, locale="en-GB")
        contexts.append(context)
        return Person(context.new_page(), context, site).signs_in("ana@example.org")

    yield open_phone
    for context in contexts:
        context.close()


def enters(person: Person):
    page = person.goes_to(CHAT + "?newest=1")
    expect(page.locator("[data-live-state]")).to_have_text("Connected")
    return page


@pytest.mark.parametrize("width", [320, 360])
def test_whatever_is_said_fits(phone, width):
    page = enters(phone("Pixel 5", viewport={"width": width, "height": 640}))
    for words in ODD:
        page.get_by_label("Your message").fill(words)
        page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.locator(".message--pending")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    scroller = page.locator("#chat-scroller")
    assert scroller.evaluate("place => place.scrollWidth <= place.clientWidth")
    arabic = page.locator(".message .prose p", has_text="مرحبا").last
    assert arabic.evaluate("words => getComputedStyle(words).unicodeBidi") == "plaintext"
    assert faults(page) == []


def test_enter_makes_a_line_where_there_is_no_keyboard(phone):
    page = enters(phone("Pixel 5"))
    box = page.get_by_label("Your message")
    box.tap()
    page.keyboard.type("First line")
    page.keyboard.press("Enter")
    page.keyboard.type("Second line")
    expect(box).to_have_value("First line\nSecond line")
    expect(page.locator("[data-keys]")).to_be_hidden()
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_text("Second line").last).to_be_visible()


def test_the_page_is_not_enlarged_when_one_begins_to_write(phone):
    page = enters(phone("iPhone 13"))
    for field in (page.get_by_label("Your message"), page.get_by_label("Go to a day")):
        assert field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16


def test_the_composer_stands_above_the_keyboard(phone):
    ana = phone("iPhone 13")
    ana.context.add_init_script(KEYBOARD)
    page = enters(ana)
    box, send = page.get_by_label("Your message"), page.get_by_role("button", name="Send", exact=True)
    box.tap()
    page.evaluate("keyboard(300)")
    for part in (box, send):
        by_and_by(page, ABOVE, part.element_handle())
    by_and_by(page, LAST_ABOVE, box.element_handle())
    page.evaluate("keyboard(0)")
    by_and_by(page, "() => document.querySelector('#chat-scroller').style.height === ''")


def test_escape_discards_nothing_and_the_focus_stays(phone, somebody):
    page = enters(somebody("ana@example.org"))
    box = page.get_by_label("Your message")
    box.fill("Half a thought")
    box.press("Escape")
    expect(box).to_have_value("Half a thought")
    expect(box).to_be_focused()
    ben = enters(somebody("ben@example.org"))
    ben.get_by_label("Your message").fill("Does this take your focus away?")
    ben.keyboard.press("Enter")
    expect(page.get_by_text("Does this take your focus away?").last).to_be_visible()
    expect(box).to_be_focused()
    expect(page.get_by_role("log")).to_have_count(1)


def test_only_what_is_new_is_read_out(somebody):
    ana, ben = enters(somebody("ana@example.org")), enters(somebody("ben@example.org"))
    ben.get_by_label("Your message").fill("Read this out.")
    ben.keyboard.press("Enter")
    item = ana.locator("#chat-log > .chat__item", has_text="Read this out.").last
    expect(item).to_be_visible()
    assert item.get_attribute("aria-live") is None
    own = ben.locator("#chat-log > .chat__item", has_text="Read this out.").last
    expect(own).to_have_attribute("aria-live", "off")
    own.get_by_text("More").click()
    own.get_by_role("link", name="Edit").click()
    changes(ben, "Read this out, says Ben.")
    changed = ana.locator("#chat-log > .chat__item", has_text="Read this out, says Ben.")
    expect(changed).to_have_attribute("aria-live", "off")
    assert ana.locator("[data-earlier]").evaluate("place => place.closest('[role=log], [aria-live]')") is None
