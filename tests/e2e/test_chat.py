"""Ana and Ben talk in the chat of their cohort, each in a browser of their own."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person, by_and_by
from tests.e2e.test_every_page import faults


@pytest.fixture
def chat(site):
    return "/spaces/kestrel/chat/"


READ = """
from leaders.models import Leader; from community.models import Room, RoomReading
room = Room.objects.get(space__slug="kestrel", kind="space")
for leader in Leader.objects.filter(email__in=["ana@example.org", "ben@example.org"]):
    RoomReading.objects.update_or_create(leader=leader, room=room, defaults=dict(read_up_to=room.last_number))
"""


@pytest.fixture(scope="module", autouse=True)
def all_is_read(site):
    """The next story begins at the end of the room."""
    yield
    site.does(READ)


def enters(person: Person, chat: str):
    page = person.goes_to(chat)
    expect(page.locator("[data-live-state]")).to_have_text("Connected")
    return page


def says(page, words):
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def changes(page, words):
    """Put other words into the form of a message, once it has taken the place of the room."""
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Save").click()


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
    changes(ana, "We meet at nine, sharp.")
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
    ben.get_by_role("button", name="new message").click()
    expect(ben.get_by_text("And this is new.")).to_be_in_viewport()
    expect(ben.get_by_role("button", name="new message")).to_be_hidden()


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


def test_what_looks_like_a_patients_is_asked_about_and_goes_out_by_a_second_press(somebody, chat):
    page = enters(somebody("ana@example.org"), chat)
    says(page, "The example is 943 476 5919.")
    asked = page.locator(".message--unsent")
    expect(asked).to_contain_text("Not sent. There is what looks like an NHS number in your words.")
    expect(asked.get_by_role("button", name="Send anyway")).to_be_in_viewport(ratio=1)
    says(page, "And this goes on.")
    hears(page, "And this goes on.")
    asked.get_by_role("button", name="Send anyway").click()
    expect(asked).to_have_count(0)
    hears(page, "The example is 943 476 5919.")


def test_signing_out_in_one_tab_ends_the_other(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    other = ana.context.new_page()
    other.goto(f"{ana.site.url}/accounts/logout/")
    other.get_by_role("main").get_by_role("button", name=re.compile("sign out", re.IGNORECASE)).click()
    expect(page.locator("[data-live-state]")).to_contain_text("Sign in again", timeout=6_000)


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
    condition = """number => new Promise((resolve) => {
        const request = indexedDB.open("collaborate-chat", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("texts", { keyPath: "id" });
        request.onsuccess = () => {
            const count = request.result.transaction("texts").objectStore("texts").count();
            count.onsuccess = () => { request.result.close(); resolve(count.result === number); };
        };
    })"""
    by_and_by(page, condition, number)


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
    kept_becomes(page, 0)


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
    refused.get_by_role("button", name="Remove").click()
    for place in (page, tab):
        expect(place.locator(".message--unsent")).to_have_count(0)
    kept_becomes(page, 0)


def test_a_killed_browser_keeps_them(
    browser_type, browser_type_launch_args, somebody, site, chat, tmp_path, request
):
    def sits_down():
        context = browser_type.launch_persistent_context(
            tmp_path / "profile", locale="en-GB", **browser_type_launch_args
        )
        request.addfinalizer(context.close)
        person = Person(context.new_page(), context, site)
        if "/login/" in person.goes_to("/accounts/login/").url:
            person.fills_in_the_door("ana@example.org")
        return person

    chat += "?newest=1"
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
    assert [words for words in in_order(ben, "efore") if words in said] == said
    expect(page.get_by_label("Your message")).to_have_value("Half a sent")
    kept_becomes(page, 1)


def test_signing_out_leaves_nothing_on_the_device(somebody, chat):
    ana = somebody("ana@example.org")
    page = enters(ana, chat)
    page.get_by_label("Your message").fill("For nobody else's eyes.")
    kept_becomes(page, 1)
    page.locator(".masthead__account .menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    kept_becomes(page, 0)
    sits = ana.fills_in_the_door("ben@example.org")
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


# --- Coming back ------------------------------------------------------------------------------------------


TALK = """
from leaders.models import Leader; from community.rooms import chat
from community.models import RoomReading, Space
import uuid
room = chat.room_of(Space.objects.get(slug="kestrel"))
ana, ben = (Leader.objects.get(email=f"{{name}}@example.org") for name in ("ana", "ben"))
start = room.last_number
for n in range(1, {count} + 1):
    chat.say(room, by=ben, body=f"{words}, {{n}} of {count}.", uuid=uuid.uuid4())
RoomReading.objects.update_or_create(leader=ana, room=room, defaults=dict(read_up_to=start))
"""


LONG = """
from leaders.models import Leader; from community.rooms import chat
from community.models import Message, Space
room = chat.room_of(Space.objects.get(slug="kestrel")); ben = Leader.objects.get(email="ben@example.org")
numbers, said = range(1, 5_001), "Deep in the talk, {}."
Message.objects.bulk_create(
    Message(room=room, number=room.last_number + n, version=room.version + n, author=ben,
            body=said.format(n), body_html=f"<p>{said.format(n)}</p>") for n in numbers)
room.last_number += 5_000; room.version += 5_000; room.save()
"""
WHERE = """
from community.models import Message
print(Message.objects.get(body="Deep in the talk, 700.").get_absolute_url())
"""


def mark_becomes(page: Page, chat: str, number: int) -> None:
    """By and by the server knows that somebody has read so far."""
    condition = """async ([address, number]) => {
        const text = await (await fetch(address)).text();
        return Number(text.match(/data-mark="(\\d+)"/)[1]) >= number;
    }"""
    by_and_by(page, condition, [chat, number])


def last_number(page: Page) -> int:
    return int(page.locator("#chat-log [data-number]").last.get_attribute("data-number"))


def while_away(site, count: int, words: str = "While you were away") -> None:
    """Ben says so much after Ana read the last message: “…, 1 of 40.”, “…, 2 of 40.”"""
    site.does(TALK.format(count=count, words=words))


def has_read(page: Page, words: str) -> None:
    """Stay at a message until the server knows that it was read."""
    message = page.locator("[data-number]", has_text=words)
    mark_becomes(page, page.url.partition("#")[0], int(message.get_attribute("data-number")))


def position(page: Page, words: str) -> float:
    return page.locator("[data-number]", has_text=words).bounding_box()["y"]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_room_opens_at_the_first_unread_message(somebody, site, chat, width):
    while_away(site, 40, f"Away {width}")
    page = enters(somebody("ana@example.org", width=width), chat)
    line = page.get_by_text("New since your last visit")
    first, last = (page.get_by_text(f"Away {width}, {number} of 40.") for number in (1, 40))
    expect(line).to_be_in_viewport()
    expect(first).to_be_in_viewport()
    expect(last).not_to_be_in_viewport()
    assert faults(page) == []
    has_read(page, f"Away {width}, 1 of 40.")
    page.get_by_role("button", name="new messages").click()
    expect(last).to_be_in_viewport()
    page.reload()
    expect(line).to_be_in_viewport()
    expect(page.get_by_text(f"Away {width}, 40 of 40.")).not_to_be_in_viewport()


def test_what_was_not_seen_stays_unread(somebody, site, chat):
    while_away(site, 60)
    page = enters(somebody("ana@example.org"), chat)
    expect(page.get_by_text("away, 1 of 60.")).to_be_in_viewport()
    has_read(page, "away, 1 of 60.")
    page.get_by_role("button", name="new messages").click()
    expect(page.get_by_text("away, 60 of 60.")).to_be_in_viewport()
    page.goto(page.url + "?newest=1")
    page.get_by_role("link", name="first new message").click()
    expect(page.get_by_text("New since your last visit")).to_be_in_viewport()
    page.get_by_role("button", name="Mark these messages as read").click()
    expect(page.get_by_text("New since your last visit")).to_have_count(0)
    expect(page.get_by_text("away, 60 of 60.")).to_be_in_viewport()


def test_a_tab_that_nobody_looks_at_reads_nothing(somebody, site, chat):
    ana = somebody("ana@example.org")
    ana.context.add_init_script("""Object.defineProperty(document, "visibilityState",
        { get: () => window.isLookedAt ? "visible" : "hidden" })""")
    ana.page.clock.install()
    while_away(site, 3)
    page = enters(ana, chat)
    expect(page.get_by_text("away, 3 of 3.")).to_be_in_viewport()
    page.clock.fast_forward(5_000)
    mark = int(page.locator("[data-chat]").get_attribute("data-mark"))
    page.reload()
    assert int(page.locator("[data-chat]").get_attribute("data-mark")) == mark
    page.evaluate("isLookedAt = true; document.dispatchEvent(new Event('visibilitychange'))")
    mark_becomes(page, chat, mark + 3)


def test_reading_on_moves_the_mark_through_a_long_absence(somebody, site, chat):
    while_away(site, 180)
    page = somebody("ana@example.org").goes_to(chat)
    expect(page.get_by_text("New since your last visit")).to_be_in_viewport()
    expect(page.get_by_text("away, 180 of 180.")).to_have_count(0)
    for number in (1, 8, 14, 20):
        page.locator("[data-number]", has_text=f"away, {number} of 180.").scroll_into_view_if_needed()
        has_read(page, f"away, {number} of 180.")
    page.get_by_role("link", name="Newest messages").click()
    expect(page.get_by_text("away, 180 of 180.")).to_be_in_viewport()


NUMBERS = "all => all.map(one => Number(one.dataset.number))"
TO_THE_END = """place => { place.scrollTop = place.scrollHeight }"""
CHANGED = """
from leaders.models import Leader; from community.rooms import chat
from community.models import Message, Space
import uuid
ben, space = Leader.objects.get(email="ben@example.org"), Space.objects.get(slug="kestrel")
room = chat.room_of(space)
chat.edit(Message.objects.filter(room=room).order_by("-number")[30], by=ben, body="Changed meanwhile.")
chat.say(room, by=ben, body="Said meanwhile.", uuid=uuid.uuid4())
"""


def test_a_page_from_the_first_unread_goes_on_to_the_end_and_then_follows(somebody, site, chat):
    while_away(site, 400)
    page = enters(somebody("ana@example.org"), chat)
    first = page.locator("[data-number]", has_text="away, 1 of 400.")
    expect(first).to_be_in_viewport()
    before = position(page, "away, 40 of 400.")
    page.get_by_role("link", name="Later messages").evaluate("link => link.click()")
    expect(page.get_by_text("away, 60 of 400.")).to_have_count(1)
    assert abs(position(page, "away, 40 of 400.") - before) < 1
    site.does(CHANGED)
    expect(page.get_by_text("Said meanwhile.")).to_have_count(0)
    for number in (90, 140, 190, 240, 290, 340, 390):
        page.locator("#chat-scroller").evaluate(TO_THE_END)
        expect(page.get_by_text(f"away, {number} of 400.")).to_have_count(1)
    page.locator("#chat-scroller").evaluate(TO_THE_END)
    expect(page.get_by_text("Said meanwhile.")).to_have_count(1)
    expect(page.get_by_text("Changed meanwhile.")).to_have_count(1)
    expect(page.get_by_role("link", name="Later messages")).to_have_count(0)
    expect(page.get_by_role("link", name="Newest messages")).to_have_count(0)
    page.locator("#chat-scroller").evaluate(TO_THE_END)
    ben = enters(somebody("ben@example.org"), chat)
    says(ben, "And now live.")
    expect(hears(page, "And now live.")).to_be_in_viewport()
    numbers = page.locator("[data-number]").evaluate_all(NUMBERS)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) >= 400


def test_what_one_writes_further_back_stands_at_the_end(somebody, site, chat):
    while_away(site, 400)
    page = enters(somebody("ana@example.org"), chat)
    says(page, "Written before reading on.")
    expect(page.get_by_text("away, 400 of 400.")).to_have_count(1)
    expect(hears(page, "Written before reading on.")).to_be_in_viewport()
    page.get_by_role("link", name="first new message").click()
    # What stood in sight for a second is read by now.
    expect(page.get_by_text("New since your last visit")).to_be_in_viewport()
    expect(page.get_by_text("away, 20 of 400.")).to_have_count(1)


def test_looking_back_keeps_the_place(somebody, site, chat):
    while_away(site, 120)
    page = enters(somebody("ana@example.org"), chat + "?newest=1")
    page.locator("#chat-scroller").evaluate("place => { place.scrollTop = 0 }")
    before = position(page, "away, 71 of 120.")
    page.get_by_role("link", name="Earlier messages").click()
    expect(page.get_by_text("away, 21 of 120.")).to_have_count(1)
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))")
    assert abs(position(page, "away, 71 of 120.") - before) < 1
    numbers = page.locator("[data-number]").evaluate_all("all => all.map(one => Number(one.dataset.number))")
    assert numbers == list(range(numbers[0], numbers[0] + 100))


def test_a_permalink_deep_in_a_long_room(somebody, site, chat):
    site.does(LONG)
    ana = somebody("ana@example.org")
    page = ana.goes_to(site.does(WHERE).strip())
    message = page.locator("[data-number]", has_text="Deep in the talk, 700.")
    expect(message).to_be_in_viewport()
    place, shown = page.locator("#chat-scroller").bounding_box(), message.bounding_box()
    assert abs((shown["y"] + shown["height"] / 2) - (place["y"] + place["height"] / 2)) < 4
    assert message.evaluate("one => one.matches(':target')")
    expect(page.get_by_role("log")).to_have_count(1)
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_going_to_a_day_on_which_nobody_spoke(somebody, chat, width):
    page = enters(somebody("ana@example.org", width=width), chat)
    page.get_by_label("Go to a day").fill("2020-02-02")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_text("Nobody said anything here on 2 February 2020.")).to_be_visible()
    assert faults(page) == []
