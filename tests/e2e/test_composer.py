"""Writing in a browser: names, quotes by selecting, previews, similar threads, and how a post was edited."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_every_page import comes_to_rest

KESTREL = "How we want this room to be"

SELECT = """([from, start, to, end]) => {
  const first = (selector) => {
    const words = document.querySelector(selector);
    return document.createTreeWalker(words, NodeFilter.SHOW_TEXT).nextNode();
  };
  getSelection().setBaseAndExtent(first(from), start, first(to), end);
}"""


def faults(page: Page) -> list:
    """What axe complains of."""
    comes_to_rest(page)
    return [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in Axe().run(page).response["violations"]
    ]


def opens(person, space: str, title: str) -> Page:
    """The first page of a thread."""
    page = person.goes_to(f"/spaces/{space}/")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    person.page.goto(page.url.split("?")[0].split("#")[0] + "?page=1")
    return page


def selects(page: Page, start: int, end: int, *, post: int = 2, until: int = 0) -> None:
    """Select some letters of a post, or on into another."""
    body = "#post-{} .post__body"
    page.evaluate(SELECT, [body.format(post), start, body.format(until or post), end])


@pytest.fixture
def ana(somebody):
    return somebody("ana@example.org")


@pytest.fixture
def thread(ana):
    return opens(ana, "kestrel", KESTREL)


@pytest.fixture
def reply(thread):
    """The field for a reply, without what ana left there as a draft."""
    thread.get_by_label("Your reply").fill("")
    return thread.get_by_label("Your reply")


def test_a_name_is_chosen_by_keyboard_and_undone(thread, reply):
    names = thread.get_by_role("listbox", name="People who can read this")
    reply.press_sequentially("Dear @be")
    expect(names.get_by_role("option")).to_have_text([re.compile("Ben Okarowe")])
    expect(thread.get_by_text("1 person. Up and down to choose")).to_have_count(1)
    expect(reply).to_have_attribute("aria-activedescendant", "suggested-ben")
    assert faults(thread) == []
    reply.press("Enter")
    expect(reply).to_have_value("Dear @ben ")
    expect(names).to_be_hidden()
    reply.press("Control+z")
    expect(reply).to_have_value("Dear @be")


def test_arrows_go_round_tab_takes_and_escape_discards_nothing(thread, reply):
    options = thread.get_by_role("option")
    reply.press_sequentially("@da")
    expect(options.first).to_have_attribute("aria-selected", "true")
    last = options.count() - 1
    reply.press("ArrowUp")
    expect(options.nth(last)).to_have_attribute("aria-selected", "true")
    reply.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    reply.press("Escape")
    expect(options).to_have_count(0)
    expect(reply).to_have_value("@da")
    with thread.expect_response(re.compile("people")):
        reply.fill("")
        reply.press_sequentially("@dar")
    expect(options).not_to_have_count(0)
    reply.press("Tab")
    expect(reply).to_have_value("@dara ")
    expect(reply).to_be_focused()


def test_a_late_answer_to_earlier_letters_is_dropped(thread, reply):
    kept = []
    thread.route(re.compile(r"people/\?q=be$"), lambda route: kept.append(route))
    with thread.expect_request(re.compile(r"q=be$")):
        reply.press_sequentially("@be")
    reply.fill("")
    reply.press_sequentially("@dara")
    expect(thread.get_by_role("option")).to_have_text([re.compile("Dara Fenwhistle")])
    [late] = kept
    late.fulfill(body='<li role="option" id="late" data-handle="ben">Ben Okarowe</li>')
    expect(thread.get_by_role("option")).to_have_text([re.compile("Dara Fenwhistle")])
    assert thread.locator("#late").count() == 0


def test_outsiders_are_not_offered_and_addresses_are_no_names(thread, reply):
    with thread.expect_response(re.compile("people")):
        reply.press_sequentially("Hello @cleo")
    expect(thread.get_by_role("option")).to_have_count(0)
    reply.fill("")
    reply.press_sequentially("write to me@ben")
    expect(thread.get_by_role("option")).to_have_count(0)


def test_a_name_is_taken_with_a_finger(browser, site, somebody):
    ana = somebody("ana@example.org", width=360)
    page = opens(ana, "kestrel", KESTREL)
    page.get_by_label("Your reply").fill("")
    page.get_by_label("Your reply").press_sequentially("@be")
    option = page.get_by_role("option")
    expect(option).to_be_visible()
    assert option.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    option.click()
    expect(page.get_by_label("Your reply")).to_have_value("@ben ")
    expect(page.get_by_label("Your reply")).to_be_focused()


def test_the_preview_is_what_is_sent(thread, reply):
    reply.fill("**Yes**, @ben, and not @cleo:\n\n- one\n- two\n\nwww.example.org")
    thread.get_by_role("button", name="Preview").click()
    expect(thread.locator(".composer__preview strong")).to_be_visible()
    expect(thread.locator(".composer__preview .htmx-added")).to_have_count(0)
    preview = thread.locator(".composer__preview").inner_html()
    thread.get_by_role("button", name="Reply", exact=True).click()
    sent = thread.locator(".post", has_text="and not @cleo").last.locator(".post__body")
    expect(sent).to_be_visible()
    assert sent.inner_html().strip() == preview.strip()


def test_a_refused_preview_says_why(thread, reply):
    reply.fill("> /posts/999999/\n> Hm")
    thread.get_by_role("button", name="Preview").click()
    expect(thread.get_by_text("You quote a post that you cannot see.")).to_be_visible()
    expect(reply).to_have_value("> /posts/999999/\n> Hm")


def test_what_is_selected_is_quoted_where_one_writes(thread, reply):
    reply.fill("I thought:")
    reply.press("End")
    selects(thread, 0, 11)
    here = thread.locator(".quote-here")
    expect(here).to_be_visible()
    assert faults(thread) == []
    here.click()
    expect(reply).to_have_value(re.compile(r"^I thought:\n\n> /posts/\d+/\n> That nobody\n\n$"))
    expect(reply).to_be_focused()
    expect(here).to_be_hidden()
    thread.get_by_role("link", name="Back to post 2").click()
    expect(thread.locator("#post-2")).to_be_in_viewport()
    assert faults(thread) == []


def test_the_quote_link_of_a_post_takes_the_selection_or_else_the_whole(thread, reply):
    selects(thread, 5, 11)
    expect(thread.locator(".quote-here")).to_be_visible()
    link = thread.locator("#post-2").get_by_role("link", name="Quote post 2")
    link.focus()
    link.press("Enter")
    expect(reply).to_have_value(re.compile(r"^> /posts/\d+/\n> nobody\n\n$"))
    reply.fill("")
    thread.evaluate("getSelection().removeAllRanges()")
    link.click()
    expect(reply).to_have_value(re.compile(r"> That nobody brings it up"))
    expect(thread).to_have_url(re.compile(r"\?page=1$"))


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
def test_two_keys_send_and_one_of_them_writes_a_line(thread, reply, keys):
    words = f"Sent by {keys}"
    reply.press_sequentially(words)
    reply.press("Enter")
    reply.press_sequentially("On two lines.")
    expect(reply).to_have_value(f"{words}\nOn two lines.")
    reply.press(keys)
    expect(thread.locator(".post", has_text=words)).to_have_count(1)
    expect(reply).to_have_value("")


def test_words_of_two_posts_are_not_quoted_together(thread, reply):
    selects(thread, 5, 11)
    expect(thread.locator(".quote-here")).to_be_visible()
    selects(thread, 5, 4, until=3)
    expect(thread.locator(".quote-here")).to_be_hidden()


def test_the_link_to_a_post_is_copied(ana, thread, site):
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    post = thread.locator("#post-2")
    post.locator("summary").last.click()
    address = post.get_by_role("link", name="Link to this post").get_attribute("href")
    post.get_by_role("link", name="Link to this post").click()
    expect(post.get_by_role("link", name="The link is copied")).to_be_visible()
    assert thread.evaluate("navigator.clipboard.readText()") == site.url + address


def test_similar_threads_are_offered_beside_a_draft(ana):
    page = ana.goes_to("/spaces/the-open-floor/start/")
    page.get_by_label("Your words").fill("What I typed already.")
    page.get_by_label("Title").press_sequentially("Two partners who hardly speak")
    link = page.get_by_role("link", name="Two partners who do not speak to each other")
    expect(link).to_be_visible()
    expect(page.get_by_text("1 thread looks similar")).to_have_count(1)
    assert faults(page) == []
    with ana.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(
        "Two partners who do not speak to each other"
    )
    expect(page.get_by_label("Your words")).to_have_value("What I typed already.")
    opened.value.close()


def test_everybody_sees_what_was_edited_until_a_moderator_hides_it(somebody, ana, thread, reply):
    reply.fill("Mrs Smith came in.")
    thread.get_by_role("button", name="Reply", exact=True).click()
    post = thread.locator(".post", has_text="Mrs Smith came in.")
    post.get_by_role("link", name="Edit").click()
    thread.get_by_label("Your words").fill("Somebody came in.")
    thread.get_by_role("button", name="Save", exact=True).click()
    thread.locator(".post", has_text="Somebody came in.").get_by_role("link", name="Edited").click()
    expect(thread.locator("del.difference__gone").last).to_contain_text("Mrs Smith")
    expect(thread.locator("ins.difference__come").last).to_contain_text("Somebody")
    for width in (320, 1280):
        thread.set_viewport_size({"width": width, "height": 800})
        assert faults(thread) == []
        assert thread.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dara = somebody("dara@example.org").goes_to(thread.url.removeprefix(ana.site.url))
    dara.get_by_role("link", name="Hide this text of version 1").click()
    dara.get_by_label("Your reason").fill("It names a patient.")
    assert faults(dara) == []
    dara.get_by_role("button", name="Hide this text").click()
    expect(dara.get_by_text("The text is hidden.")).to_be_visible()
    thread.reload()
    expect(thread.get_by_text("A moderator has hidden this text.")).to_be_visible()
    expect(thread.get_by_text("Mrs Smith")).to_have_count(0)
