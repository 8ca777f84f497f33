"""What Ana wrote waits for her and for nobody else; her page catches up whatever clocks and versions say."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person
from tests.e2e.test_chat import (
    all_is_read,
    enters,
    hears,
    in_order,
    kept_becomes,
    opens_beside,
    says,
    waiting,
)
from tests.e2e.test_every_page import faults

__all__ = ["all_is_read"]

CHAT = "/spaces/kestrel/chat/?newest=1"
MANY = """
from leaders.models import Leader; from community.rooms import chat; from community.models import Space
import uuid
room, ben = chat.room_of(Space.objects.get(slug="kestrel")), Leader.objects.get(email="ben@example.org")
for n in range(500):
    chat.say(room, by=ben, body=f"Missed, {n:03}.", uuid=uuid.uuid4())
"""
NUMBERS = "all => all.map(one => Number(one.dataset.number))"


def signs_out(person: Person) -> None:
    person.page.locator(".masthead__account .menu summary").click()
    person.page.get_by_role("button", name="Sign out").click()
    expect(person.page.get_by_role("link", name="Sign in").first).to_be_visible()


def without_socket(person: Person):
    """The room on a network that lets pages through, but no sockets."""
    person.page.route_web_socket(re.compile("/ws/"), lambda socket: None)
    person.goes_to(CHAT)
    return person.page


def test_what_waits_outlives_a_sign_out_and_is_never_sent_as_somebody_else(somebody):
    ana, elsewhere = somebody("ana@example.org"), enters(somebody("ben@example.org"), CHAT)
    page = without_socket(ana)
    says(page, "Waits through the night.")
    page.get_by_label("Your message").fill("Nobody else reads this.")
    kept_becomes(page, 2)
    signs_out(ana)
    kept_becomes(page, 1)
    ana.fills_in_the_door("ben@example.org")
    tab = opens_beside(ana, CHAT)
    says(tab, "Ben sits here now.")
    hears(elsewhere, "Ben sits here now.")
    for place in (tab, elsewhere):
        expect(place.get_by_text("Waits through the night.")).to_have_count(0)
    expect(tab.get_by_label("Your message")).to_have_value("")
    tab.close()
    signs_out(ana)
    ana.fills_in_the_door("ana@example.org")
    tab = opens_beside(ana, CHAT)
    hears(tab, "Waits through the night.")
    expect(hears(elsewhere, "Waits through the night.")).to_contain_text("Ana")
    kept_becomes(tab, 0)


def test_a_page_left_open_sends_nothing_as_whoever_signed_in_later(somebody):
    ana, elsewhere = somebody("ana@example.org"), enters(somebody("ben@example.org"), CHAT)
    page = enters(ana, CHAT)
    beside = Person(ana.context.new_page(), ana.context, ana.site)
    beside.goes_to("/")
    signs_out(beside)
    expect(page.locator("[data-live-state]")).to_contain_text("Sign in again")
    says(page, "From the page that stayed open.")
    beside.fills_in_the_door("ben@example.org")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-live-state]")).to_contain_text("Sign in again")
    expect(waiting(page)).to_have_count(1)
    signs_out(beside)
    beside.fills_in_the_door("ana@example.org")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(waiting(page)).to_have_count(0)
    expect(hears(elsewhere, "From the page that stayed open.")).to_contain_text("Ana")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_two_hours_wrong_changes_no_order(somebody, hours):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), CHAT)
    ana.page.clock.install(time=datetime.now() + timedelta(hours=hours))
    page = enters(ana, CHAT)
    ana.context.set_offline(True)
    said = [f"By a clock {hours} hours wrong, {n}." for n in ("one", "two", "three")]
    says(page, said[0])
    page.clock.set_system_time(datetime.now() - timedelta(hours=hours))
    says(page, said[1])
    says(page, said[2])
    expect(waiting(page)).to_have_count(3)
    ana.context.set_offline(False)
    for words in said:
        hears(ben, words)
        hears(page, words)
    assert in_order(ben, f"By a clock {hours} hours") == said
    expect(page.locator("[data-live-state]")).to_have_text("Connected")


def test_five_hundred_missed_messages_come_in_pages(somebody, site):
    ana = somebody("ana@example.org")
    page = enters(ana, CHAT)
    asked = []
    page.on("request", lambda request: "/after/" in request.url and asked.append(request.url))
    ana.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("[data-live-state]")).to_contain_text("Offline.", timeout=20_000)
    site.does(MANY)
    ana.context.set_offline(False)
    last = page.locator("#chat-log [data-number]", has_text="Missed, 499.")
    expect(last).to_have_count(1, timeout=45_000)
    numbers = page.locator("#chat-log [data-number]").evaluate_all(NUMBERS)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(set(asked)) >= 3
    expect(page.locator("[data-told]")).to_contain_text("new messages")
    expect(page.locator("#chat-log > .chat__item", has_text="Missed, 499.")).to_have_attribute(
        "aria-live", "off"
    )


def test_a_page_that_knows_more_than_the_server_believes_the_server(somebody):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), CHAT)
    ana.context.add_init_script("""document.addEventListener("readystatechange", () => {
        const root = document.querySelector("[data-chat]");
        if (root && document.readyState === "interactive") root.dataset.version = "99999999";
    })""")
    page = enters(ana, CHAT)
    says(ben, "After the backup was restored.")
    hears(page, "After the backup was restored.")


def test_a_short_drop_is_not_mentioned(somebody):
    page = enters(somebody("ana@example.org"), CHAT)
    state = page.locator("[data-live-state]")
    page.clock.install()
    become = """async (state) => {
        const { live } = await import("/static/js/live.js");
        live.state = state;
        live.dispatchEvent(new CustomEvent("state", { detail: state }));
    }"""
    page.evaluate(become, "waiting")
    page.clock.run_for(200)
    expect(state).to_have_text("Connected")
    page.evaluate(become, "connected")
    page.clock.run_for(10_000)
    expect(state).to_have_text("Connected")
    page.evaluate(become, "waiting")
    page.clock.run_for(2_500)
    expect(state).to_have_text("Reconnecting… Your messages wait here.")


def test_pages_come_back_scattered(somebody):
    page = somebody().goes_to("/")
    pauses = page.evaluate("""async () => {
        const { pauseAfter } = await import("/static/js/backoff.js");
        const many = (failures) => Array.from({ length: 2000 }, () => pauseAfter(failures));
        return { first: many(0), later: many(3), late: many(50), least: pauseAfter(9, () => 0) };
    }""")
    for name, most in (("first", 1_000), ("later", 8_000), ("late", 20_000)):
        some = sorted(pauses[name])
        assert 0 <= some[0] < most / 20
        assert most * 0.95 < some[-1] <= most
        assert 0.45 < sum(some) / len(some) / most < 0.55
    assert pauses["least"] == 0


def test_what_waits_goes_out_from_any_page_once_and_in_order(somebody):
    ana, ben = somebody("ana@example.org"), enters(somebody("ben@example.org"), CHAT)
    page = without_socket(ana)
    said = [f"On the way out, {n}." for n in range(3)]
    for words in said:
        says(page, words)
    kept_becomes(page, 3)
    ana.goes_to("/")
    expect(page.locator(".waiting-line")).to_contain_text("3 chat messages wait to be sent.")
    tabs = [ana.context.new_page(), ana.context.new_page()]
    for tab, path in zip(tabs, ("/", "/spaces/"), strict=True):
        tab.goto(ana.site.url + path)
    for words in said:
        expect(hears(ben, words)).to_contain_text("Ana")
    assert in_order(ben, "On the way out") == said
    kept_becomes(tabs[0], 0)


REFUSED = """async () => {
    const courier = document.querySelector("script[src*=courier]").src;
    const { chats } = await import(courier.replace(/courier[^/]*/, "device.js"));
    const id = crypto.randomUUID(), told = { body: "To a room that is gone.", href: "/", room: 999_999 };
    await chats.keep({ id, uuid: id, leader: document.body.dataset.leader, at: Date.now(), ...told });
}"""


def test_a_refusal_is_told_on_another_page_and_can_be_removed(somebody):
    page = somebody("ana@example.org", width=360).goes_to("/")
    page.evaluate(REFUSED)
    page.reload()
    line = page.locator(".waiting-line")
    expect(line).to_contain_text(
        "Not sent: “To a room that is gone.” There is no room here in which you can speak."
    )
    assert faults(page) == []
    line.get_by_role("button", name="Remove").click()
    expect(line).to_be_hidden()
    kept_becomes(page, 0)
