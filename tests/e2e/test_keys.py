"""Single keys: through posts and threads, to what is new, and never in anybody's way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_every_page import faults
from tests.e2e.test_reading import connected, counter, long_thread, mark, thread  # noqa: F401

SHOWN = "document.activeElement.closest('.post, .row')?.id"


def focused(page: Page) -> str:
    return page.evaluate(SHOWN)


def test_j_and_k_go_from_post_to_post_and_r_to_the_reply(somebody, thread):  # noqa: F811
    page = somebody("ana@example.org").goes_to(f"/threads/{thread}/?page=1#post-11")
    for key, place in (("j", "post-12"), ("j", "post-13"), ("k", "post-12")):
        page.keyboard.press(key)
        expect(page.locator(f"#{place}")).to_be_focused()
        expect(page.locator(f"#{place}")).to_be_in_viewport()
    page.keyboard.press("r")
    reply = page.get_by_label("Your reply")
    expect(reply).to_be_focused()
    page.keyboard.type("jkrun?/")
    expect(reply).to_have_value("jkrun?/")


def test_keys_hold_still_with_ctrl_in_menus_and_when_switched_off(somebody, thread):  # noqa: F811
    page = somebody("ana@example.org").goes_to(f"/threads/{thread}/?page=1#post-11")
    for key in ("Control+j", "Alt+j", "Meta+j", "Shift+J"):
        page.keyboard.press(key)
    assert focused(page) is None
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("j")
    expect(dialog).to_be_visible()
    page.get_by_label("Use these keys on this device").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert focused(page) is None
    expect(dialog).to_be_hidden()
    page.reload()
    page.keyboard.press("j")
    assert focused(page) is None
    page.get_by_role("link", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys on this device").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".post:focus")).to_be_visible()


ODD = """
(html) => {
  document.getElementById("odd")?.remove();
  document.querySelector("h1").insertAdjacentHTML("afterend", html);
  document.getElementById("odd").focus();
}
"""


@pytest.mark.parametrize(
    "html",
    [
        '<div id="odd" contenteditable></div>',
        '<select id="odd"><option>-</option></select>',
        '<div role="dialog" id="odd" tabindex="0">A window</div>',
        '<div role="slider" id="odd" tabindex="0" aria-valuenow="1">A slider</div>',
        '<button id="odd">A button</button><div role="dialog" aria-modal="true">Before all else</div>',
    ],
)
def test_keys_hold_still_in_whatever_listens_to_keys_itself(somebody, thread, html):  # noqa: F811
    page = somebody("ana@example.org").goes_to(f"/threads/{thread}/?page=1")
    page.evaluate(ODD, html)
    for key in ("j", "k", "u", "r", "?"):
        page.keyboard.press(key)
    expect(page.locator("#odd")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/threads/{thread}/"))
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_keys_hold_still_in_the_chat_log(somebody):
    page = somebody("ana@example.org").goes_to("/spaces/kestrel/chat/")
    scroller = page.get_by_role("group", name="Conversation")
    scroller.focus()
    for key in ("j", "u", "/", "?"):
        page.keyboard.press(key)
    expect(scroller).to_be_focused()
    expect(page).to_have_url(re.compile("/chat/$"))


def test_from_a_list_into_a_thread_and_up_again(somebody, thread):  # noqa: F811
    page = somebody("ana@example.org").goes_to("/catch-up/")
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    second = focused(page)
    assert first != second
    page.keyboard.press("k")
    assert focused(page) == first
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/threads/\d+/[\w-]+/\?page=\d+#post-\d+$"))
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(rf"/catch-up/#{first}$"))
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox").first).to_be_focused()


def test_r_in_a_list_leads_to_the_reply_of_the_thread_where_one_is(somebody, thread):  # noqa: F811
    page = somebody("ana@example.org").goes_to("/catch-up/")
    for _ in range(2):
        page.keyboard.press("j")
        number = focused(page).removeprefix("thread-")
        page.keyboard.press("r")
        expect(page).to_have_url(re.compile(rf"/threads/{number}/[\w-]+/\?page=\d+#write$"))
        reply = page.get_by_label("Your reply")
        expect(reply).to_be_focused()
        expect(reply).to_be_in_viewport()
        page.goto(page.url.split("/threads/")[0] + "/threads/")  # whose links name no page


def test_n_leads_through_everything_new(somebody, thread):  # noqa: F811
    page = somebody("ana@example.org").goes_to(f"/threads/{thread}/?page=3")
    page.locator("#post-50").evaluate("post => { post.tabIndex = -1; post.focus(); }")
    page.keyboard.press("n")
    expect(page).not_to_have_url(re.compile(f"/threads/{thread}/"))
    expect(page).to_have_url(re.compile(r"/threads/\d+/"))


def test_catching_up_in_the_list(somebody, site, thread):  # noqa: F811
    ana = somebody("ana@example.org")
    page = ana.goes_to("/catch-up/")
    page.set_viewport_size({"width": 1280, "height": 9000})
    connected(page)
    row = page.locator(f"#thread-{thread}")
    expect(counter(page, thread)).to_have_text("40 new")
    row.get_by_text("Read here").click()
    row.locator(f"#thread-{thread}-post-30").scroll_into_view_if_needed()
    expect(counter(page, thread)).to_have_text("20 new")
    assert faults(page) == []
    row.get_by_role("button", name="Mark as read").click()
    expect(row.get_by_text("1 thread is marked as read.")).to_be_visible()
    expect(row.get_by_role("button", name="Undo")).to_be_focused()
    expect(counter(page, thread)).to_be_hidden()
    assert mark(site, thread) == 50
    row.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(f"/catch-up/#thread-{thread}$"))
    expect(counter(page, thread)).to_have_text("20 new")
    assert mark(site, thread) == 30


def test_everything_is_read_without_javascript_and_comes_back(browser, somebody, thread):  # noqa: F811
    state = somebody("ana@example.org").context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    ana = somebody("ana@example.org")
    page.goto(f"{ana.site.url}/catch-up/")
    before = page.locator(".catch").count()
    page.get_by_role("button", name="Mark everything as read").click()
    expect(page.get_by_text("You are up to date")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".catch")).to_have_count(before)
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_open_help_has_no_fault(somebody, width):
    page = somebody("ana@example.org", width=width).goes_to("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/settings/watching/", "/spaces/the-open-floor/"])
def test_the_menu_of_levels_fits_a_narrow_screen(somebody, path):
    page = somebody("ana@example.org", width=320).goes_to(path)
    page.get_by_role("main").locator(".menu summary").first.click()
    expect(page.get_by_role("button", name=re.compile("^Muted"))).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^Muted")).bounding_box()["x"] >= 0
    assert faults(page) == []


def test_on_a_phone_the_first_news_is_at_hand_and_so_is_marking_all_as_read(somebody):
    page = somebody("dara@example.org", width=360).goes_to("/catch-up/")
    expect(page.locator(".catch").first.get_by_role("link").first).to_be_in_viewport()
    count = page.locator(".catch").count()
    page.get_by_text("All spaces").click()
    expect(page.locator(".catch-where").get_by_role("link", name="The open floor")).to_be_visible()
    page.keyboard.press("Escape")
    for name in ("Mark everything as read", "Undo"):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_in_viewport(ratio=1)
        assert button.bounding_box()["y"] > 400
        button.click()
    expect(page.locator(".catch")).to_have_count(count)
