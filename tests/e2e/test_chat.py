"""Ana and Ben talk in the chat of their cohort, each in a browser of their own."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

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


# --- What waits on this device ----------------------------------------------------------------------------


def waiting(page):
    return page.locator(".message--pending")


def goes_offline(person: Person) -> None:
    person.context.set_offline(True)


def opens_beside(person: Person, chat: str) -> Page:
    """The room in one more tab."""
    tab = person.context.new_page()
    tab.goto(person.site.url + chat)
    expect(tab.locator("[data-live-state]")).to_have_text("Connected")
    return tab


def kept_becomes(page: Page, number: int) -> None:
    """This device keeps so many messages and unsent words, by and by."""
    page.wait_for_function(
        """number => new Promise((resolve) => {
            const request = indexedDB.open("collaborate-chat", 1);
            request.onupgradeneeded = () => request.result.createObjectStore("texts", { keyPath: "id" });
            request.onsuccess = () => {
                const count = request.result.transaction("texts").objectStore("texts").count();
                count.onsuccess = () => { request.result.close(); resolve(count.result === number); };
            };
        })""",
        arg=number,
        polling=100,
    )


def in_order(page: Page, words: str) -> list[str]:
    return page.get_by_role("log").locator("[data-number] .prose", has_text=words).all_inner_texts()


def test_what_waits_survives_a_reload_and_goes_out_in_order(somebody, chat):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), chat)
    page = enters(ana, chat)
    page.route_web_socket("**/ws/", lambda socket: None)
    page.reload()
    said = [f"Before the reload, {n}." for n in range(3)]
    for words in said:
        says(page, words)
    page.get_by_label("Your message").fill("And not yet sent.")
    kept_becomes(page, 4)
    page.reload()
    expect(waiting(page)).to_have_text([re.compile(words) for words in said])
    expect(page.get_by_label("Your message")).to_have_value("And not yet sent.")
    tab = opens_beside(ana, chat)
    for words in said:
        hears(ben, words)
        hears(tab, words)
    assert in_order(ben, "Before the reload") == said
    page.get_by_label("Your message").fill("")
    kept_becomes(tab, 0)


def test_two_tabs_without_a_connection_show_and_send_each_message_once(somebody, chat):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), chat)
    first = enters(ana, chat)
    second = opens_beside(ana, chat)
    goes_offline(ana)
    said = [f"From tab {tab}, line {line}." for line in (1, 2) for tab in ("one", "two")]
    for number, words in enumerate(said):
        says((first, second)[number % 2], words)
        for page in (first, second):
            expect(waiting(page)).to_have_count(number + 1)
    ana.context.set_offline(False)
    for page in (first, second, ben):
        for words in said:
            hears(page, words)
        assert in_order(page, "From tab") == said
    for page in (first, second):
        expect(waiting(page)).to_have_count(0)
    kept_becomes(first, 0)


def test_an_open_tab_sends_what_a_closed_one_left(somebody, chat):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), chat)
    first = enters(ana, chat)
    second = opens_beside(ana, chat)
    goes_offline(ana)
    says(first, "Left behind.")
    expect(waiting(second)).to_have_text(re.compile("Left behind"))
    first.close()
    says(second, "And after it.")
    ana.context.set_offline(False)
    for page in (second, ben):
        hears(page, "Left behind.")
        hears(page, "And after it.")


def test_a_hundred_waiting_messages_arrive_once_and_in_order(somebody, chat):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), chat)
    page = enters(ana, chat)
    goes_offline(ana)
    said = [f"One of a hundred: {number:03}." for number in range(100)]
    page.evaluate(
        """said => { for (const words of said) {
            const form = document.querySelector("[data-composer-of-chat]");
            form.elements.body.value = words;
            form.requestSubmit();
        } }""",
        said,
    )
    expect(waiting(page)).to_have_count(100)
    ana.context.set_offline(False)
    expect(waiting(page)).to_have_count(0, timeout=90_000)
    hears(ben, said[-1])
    assert in_order(ben, "One of a hundred") == said
    assert in_order(page, "One of a hundred") == said


def test_a_refusal_survives_a_reload(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (text) { send.call(this, text.replace('"room":', '"rooms":')); };
    }""")
    says(page, "This one is refused and stays.")
    refused = page.locator(".message--unsent")
    expect(refused).to_contain_text("Not sent.")
    kept_becomes(page, 1)
    page.reload()
    expect(refused).to_contain_text("This one is refused and stays.")
    tab = opens_beside(ana, chat)
    expect(tab.locator(".message--unsent")).to_have_count(1)
    refused.get_by_role("button", name="Discard").click()
    for place in (page, tab):
        expect(place.locator(".message--unsent")).to_have_count(0)
    kept_becomes(page, 0)


def test_a_killed_browser_keeps_them(browser_type, browser_type_launch_args, somebody, site, chat, tmp_path):
    def sits_down():
        context = browser_type.launch_persistent_context(
            tmp_path / "profile", locale="en-GB", **browser_type_launch_args
        )
        person = Person(context.new_page(), context, site)
        if "/login/" in person.goes_to("/accounts/login/").url:
            person.signs_in("ana@example.org")
        return person

    ana, ben = sits_down(), enters(somebody("ben@example.org"), chat)
    page = enters(ana, chat)
    goes_offline(ana)
    said = ["Just before the battery died.", "Right before."]
    for words in said:
        says(page, words)
    page.get_by_label("Your message").fill("Half a sent")
    kept_becomes(page, 3)
    os.kill(int(os.readlink(tmp_path / "profile" / "SingletonLock").rpartition("-")[2]), signal.SIGKILL)
    ana = sits_down()
    page = enters(ana, chat)
    for words in said:
        hears(page, words)
        hears(ben, words)
    assert in_order(ben, "before") == said
    expect(page.get_by_label("Your message")).to_have_value("Half a sent")
    ana.context.close()


def test_signing_out_leaves_nothing_on_the_device(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    page.get_by_label("Your message").fill("For nobody else's eyes.")
    kept_becomes(page, 1)
    other = ana.context.new_page()
    other.goto(f"{ana.site.url}/accounts/logout/")
    other.get_by_role("main").get_by_role("button", name=re.compile("sign out", re.IGNORECASE)).click()
    kept_becomes(other, 0)
    sits = ana.signs_in("ben@example.org")
    page = enters(sits, chat)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_the_page_for_signing_out_leaves_nothing_either(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    page.get_by_label("Your message").fill("For nobody else's eyes.")
    kept_becomes(page, 1)
    page = ana.goes_to("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name=re.compile("sign out", re.IGNORECASE)).click()
    expect(page).not_to_have_url(re.compile("logout"))
    kept_becomes(page, 0)


def test_without_a_place_to_keep_things_a_reload_still_loses_nothing(somebody, chat):
    ana = somebody("ana@example.org")
    ana.context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('private'); }")
    page = enters(ana, chat)
    page.get_by_label("Your message").fill("In a private window")
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("In a private window")
    says(page, "In a private window, sent.")
    hears(page, "In a private window, sent.")
