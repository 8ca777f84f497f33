"""In the chat of their cohort Ana and Ben answer, name and thank each other, and make a thread of it."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.e2e.test_chat import enters, hears, says


@pytest.fixture
def chat(site):
    return "/spaces/kestrel/chat/?newest=1"


def both(somebody, chat, *names):
    return [enters(somebody(f"{name}@example.org"), chat) for name in names]


def loads_again_until(page, something):
    """Whoever is named is told after a while; other notices may come before."""
    for _ in range(40):
        page.reload()
        with suppress(AssertionError):
            return expect(something).to_have_count(1, timeout=1_000)
    return expect(something).to_have_count(1)


def presses(message, name):
    """An action of a message, behind its menu."""
    message.get_by_text("More").click()
    message.get_by_role("link", name=name, exact=True).last.click()


def test_a_reply_shows_what_it_answers_and_jumps_to_it(somebody, chat):
    ana, ben = both(somebody, chat, "ana", "ben")
    says(ana, "Who brings the cake?")
    hears(ben, "Who brings the cake?").get_by_role("link", name=re.compile("^Reply to message")).click()
    expect(ben.locator("[data-answering]")).to_contain_text("Who brings the cake?")
    box = ben.get_by_label("Your message")
    expect(box).to_be_focused()
    box.press_sequentially("I do, on Tuesday.")
    box.press("Escape")
    expect(box).to_have_value("I do, on Tuesday.")
    expect(ben.locator("[data-answering]")).to_be_visible()
    box.press("Enter")
    expect(ben.locator("[data-answering]")).to_be_hidden()
    line = (
        ana.get_by_role("log")
        .locator("[data-number]", has_text="I do, on Tuesday.")
        .locator("[data-reply-to]")
    )
    expect(line).to_contain_text("Who brings the cake?")
    line.click()
    expect(ana.locator("article.message:focus")).to_contain_text("Who brings the cake?")


def test_a_reply_waits_for_the_connection_with_what_it_answers(somebody, chat):
    ana, ben = both(somebody, chat, "ana", "ben")
    says(ana, "Is the room booked?")
    hears(ben, "Is the room booked?")
    ben.context.set_offline(True)
    ben.evaluate("dispatchEvent(new Event('offline'))")
    hears(ben, "Is the room booked?").get_by_role("link", name=re.compile("^Reply to message")).click()
    says(ben, "It is, since Monday.")
    expect(ben.locator(".message--pending [data-reply]")).to_contain_text("Is the room booked?")
    ben.context.set_offline(False)
    answer = ana.get_by_role("log").locator("[data-number]", has_text="since Monday")
    expect(answer.locator("[data-reply-to]")).to_contain_text("Is the room booked?", timeout=30_000)


def test_whoever_is_named_elsewhere_is_told_and_whoever_reads_is_not(somebody, chat):
    [ana] = both(somebody, chat, "ana")
    ben = somebody("ben@example.org").goes_to("/notices/")
    box = ana.get_by_label("Your message")
    box.press_sequentially("Can you look at this, @ben")
    expect(ana.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value(re.compile("@ben"))
    box.press_sequentially("please?")
    box.press("Enter")
    hears(ana, "Can you look at this")
    told = ben.get_by_role("link", name=re.compile("mentioned you in the chat"))
    loads_again_until(ben, told)
    told.click()
    named = ben.locator(".chat__item--named", has_text="Can you look at this")
    expect(named).to_have_count(1)


def test_deleting_takes_the_words_from_every_open_page(somebody, chat):
    ana, ben = both(somebody, chat, "ana", "ben")
    says(ana, "Said in haste and regretted.")
    hears(ben, "Said in haste").get_by_role("link", name=re.compile("^Reply to message")).click()
    says(ben, "Never mind.")
    hears(ana, "Never mind.")
    presses(ana.get_by_role("log").locator(".chat__item--mine", has_text="Said in haste"), "Delete")
    ana.get_by_role("button", name="Delete it").click()
    expect(ana.get_by_text("deleted this message").last).to_be_visible()
    expect(ben.get_by_text("Said in haste")).to_have_count(0)
    expect(hears(ben, "Never mind.").locator("[data-reply-to]")).to_have_text("A message that was deleted")
    expect(ana.get_by_text("Said in haste")).to_have_count(0)


def test_thanks_and_the_line_that_somebody_writes(somebody, chat):
    ana, ben = both(somebody, chat, "ana", "ben")
    says(ana, "I wrote the rota for winter.")
    hears(ben, "I wrote the rota")
    ana.get_by_label("Your message").press_sequentially("And there is more to come")
    expect(ben.locator("[data-writing]")).to_have_text("Somebody is writing")
    expect(ana.locator("[data-writing]")).to_have_text("")
    expect(ben.locator("[data-writing]")).to_have_text("", timeout=10_000)
    presses(hears(ben, "I wrote the rota"), "Thank")
    ben.get_by_label("A few words of why").fill("It saved my week.")
    ben.get_by_role("button", name="Say thank you").click()
    expect(hears(ana, "I wrote the rota")).to_contain_text("Thanked by Ben")
    expect(hears(ana, "I wrote the rota")).to_contain_text("It saved my week.")


def test_messages_go_on_as_a_thread_that_follows_them(somebody, chat):
    ana, ben = both(somebody, chat, "ana", "ben")
    says(ana, "First we ring the practice.")
    says(ana, "Then we write it down.")
    hears(ben, "Then we write it down.")
    presses(hears(ana, "First we ring the practice."), "Turn into a thread")
    expect(ana.get_by_role("checkbox", name=re.compile("First we ring"))).to_be_checked()
    ana.get_by_role("checkbox", name=re.compile("Then we write it down")).check()
    ana.get_by_label("Title").fill("How we hand over")
    ana.get_by_role("button", name="Preview").click()
    expect(ana.locator("#preview")).to_contain_text("First we ring the practice.")
    ana.get_by_role("button", name="Start the thread").click()
    expect(ana.get_by_role("heading", level=1)).to_contain_text("How we hand over")
    expect(ana.locator("article").first).to_contain_text("Then we write it down.")
    onward = hears(ben, "First we ring the practice.").get_by_role("link", name="Continued in a thread")
    onward.click()
    expect(ben.get_by_role("heading", level=1)).to_contain_text("How we hand over")
