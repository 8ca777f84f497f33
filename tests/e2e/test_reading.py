"""What was read: by eyes on a page, on two devices of one leader, without a network, on a closed page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_story import starts_a_thread

LONG = "A thread of fifty posts"

MAKE = """
import uuid
from community import threads
from community.models import Space
from leaders.models import Leader
space, by = Space.objects.get(slug="the-open-floor"), Leader.objects.get(handle="ben")
thread = threads.start(space, by=by, title="{title}", body="Beginning. " * 60, uuid=uuid.uuid4())
for number in range(2, 51):
    threads.reply(thread, by=by, body=f"Reply {{number}}. " + "Words. " * 60, uuid=uuid.uuid4())
print("thread", thread.pk)
"""
SET_MARK = """
from community import reading
from community.models import Reading, Thread
from leaders.models import Leader
thread, by = Thread.objects.get(pk={thread}), Leader.objects.get(handle="ana")
Reading.objects.filter(thread=thread, leader=by).delete()
reading.mark_read(thread, by=by, first=1, last={mark})
"""
READ = """
from community.models import Reading
print("mark", Reading.objects.get(thread={thread}, leader__handle="ana").read_up_to)
"""


@pytest.fixture(scope="module")
def long_thread(site):
    """Its number; ben wrote it."""
    said = site.does(MAKE.format(title=LONG))
    return int(re.search(r"thread (\d+)", said)[1])


@pytest.fixture
def thread(site, long_thread):
    """Ana has read ten of its fifty posts."""
    site.does(SET_MARK.format(thread=long_thread, mark=10))
    return long_thread


def mark(site, thread) -> int:
    said = site.does(READ.format(thread=thread))
    return int(re.search(r"mark (\d+)", said)[1])


def counter(page: Page, thread: int):
    return page.locator(f"[data-unread='{thread}']").first


def looks(page: Page, milliseconds: int) -> None:
    """Leave the page in sight for a while: a look of a second is what this is about."""
    since = page.evaluate("performance.now()")
    page.wait_for_function("end => performance.now() > end", arg=since + milliseconds)


def is_kept(page: Page, kept: bool = True) -> None:
    """Wait until something that was seen is kept in the browser, or nothing is."""
    page.wait_for_function(
        "kept => Object.keys(localStorage).some(key => key.startsWith('seen:')) === kept", arg=kept
    )


def reads(page: Page, first: int, last: int) -> None:
    """Bring one post after the other into sight, each until it was seen."""
    for number in range(first, last + 1):
        post = page.locator(f"#post-{number}")
        post.scroll_into_view_if_needed()
        expect(post).to_be_in_viewport()
        looks(page, 1150)


def tells(page: Page) -> list[str]:
    """What the page sends to the server about what was seen, kept up to date."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data) if "/seen/" in request.url else None)
    return sent


def connected(page: Page) -> None:
    page.wait_for_function(
        "() => import('/static/js/live.js').then(({ live }) => live.state === 'connected')"
    )


def test_what_i_read_on_one_device_is_read_on_the_other(somebody, thread):
    desk, phone = somebody("ana@example.org"), somebody("ana@example.org", width=360)
    lists = [phone.goes_to("/spaces/the-open-floor/")]
    for path in ("/", f"/threads/{thread}/"):
        lists.append(phone.context.new_page())
        lists[-1].goto(phone.site.url + path)
    for page in lists:
        connected(page)
        expect(counter(page, thread)).to_have_text("40 new")
    desk.page.set_viewport_size({"width": 1280, "height": 8000})
    sent = tells(desk.page)
    page = desk.goes_to(f"/threads/{thread}/")
    expect(page).to_have_url(re.compile(r"\?page=1#post-11$"))
    expect(page.get_by_text("New since your last visit")).to_be_visible()
    for other in lists:
        expect(counter(other, thread)).to_have_text("30 new", timeout=8_000)
    assert len(sent) == 1


def test_a_link_to_post_45_leaves_21_to_44_unread(somebody, site, thread):
    site.does(SET_MARK.format(thread=thread, mark=20))
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/threads/{thread}/?page=3")
    reads(page, 45, 46)
    page.close()
    assert mark(site, thread) == 20


def test_whoever_skims_some_posts_and_reads_on_has_read_them(somebody, site, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/threads/{thread}/")
    for number in (11, 12, 13, 14):
        page.locator(f"#post-{number}").scroll_into_view_if_needed()
        looks(page, 500)
    reads(page, 15, 15)
    page.close()
    assert mark(site, thread) >= 15


def test_whoever_jumps_to_the_end_has_read_only_what_stood_in_sight(somebody, site, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/threads/{thread}/")
    expect(page).to_have_url(re.compile(r"#post-11$"))
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    reads(page, 20, 20)
    page.close()
    assert mark(site, thread) < 15


def beacons_alone(route) -> None:
    route.continue_() if route.request.resource_type == "ping" else route.abort()


def test_closing_the_page_at_once_loses_nothing(somebody, site, thread):
    ana = somebody("ana@example.org")
    ana.goes_to("/spaces/the-open-floor/")
    connected(ana.page)
    page = ana.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 8000})
    page.route("**/seen/", beacons_alone)
    page.goto(f"{site.url}/threads/{thread}/")
    is_kept(page)
    page.close(run_before_unload=True)
    expect(counter(ana.page, thread)).to_have_text("30 new")


def test_what_was_read_without_a_network_is_told_when_it_is_back(somebody, site, thread):
    ana = somebody("ana@example.org")
    ana.page.set_viewport_size({"width": 1280, "height": 8000})
    page = ana.goes_to(f"/threads/{thread}/")
    ana.context.set_offline(True)
    is_kept(page)
    ana.context.set_offline(False)
    expect(counter(page, thread)).to_have_text("30 new")
    is_kept(page, False)
    assert mark(site, thread) == 20


def test_what_was_read_without_a_network_is_told_by_the_next_page(somebody, site, thread):
    ana = somebody("ana@example.org")
    page = ana.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 8000})
    page.goto(f"{site.url}/threads/{thread}/")
    ana.context.set_offline(True)
    is_kept(page)
    page.close()
    ana.context.set_offline(False)
    ana.goes_to("/settings/")
    is_kept(ana.page, False)
    assert mark(site, thread) == 20


def test_marked_as_unread_it_stays_so_although_another_device_shows_it(somebody, site, thread):
    desk, phone = somebody("ana@example.org"), somebody("ana@example.org")
    for person in (desk, phone):
        person.page.set_viewport_size({"width": 1280, "height": 8000})
        person.goes_to(f"/threads/{thread}/?page=1")
        connected(person.page)
    expect(counter(phone.page, thread)).to_have_text("30 new")
    post = desk.page.locator("#post-5")
    post.locator("summary").last.click()
    post.get_by_role("button", name="Mark unread from here").click()
    expect(desk.page).to_have_url(re.compile("/spaces/"))
    expect(counter(phone.page, thread)).to_have_text("46 new")
    expect(counter(desk.page, thread)).to_have_text("46 new")
    looks(phone.page, 2500)
    assert mark(site, thread) == 4


def test_a_tab_in_the_background_reads_nothing_until_it_is_looked_at(somebody, site, thread):
    ana = somebody("ana@example.org")
    page = ana.page
    page.set_viewport_size({"width": 1280, "height": 8000})
    page.add_init_script(
        "Object.defineProperty(document, 'visibilityState', { get: () => window.look ?? 'hidden' })"
    )
    sent = tells(page)
    ana.goes_to(f"/threads/{thread}/?page=1")
    looks(page, 1500)
    assert sent == []
    page.evaluate("window.look = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    expect(counter(page, thread)).to_have_text("30 new")


def test_back_returns_to_the_place(somebody, thread):
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/threads/{thread}/?page=2")
    page.locator("#post-33").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator("#post-33 .post__author a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ben")
    page.go_back()
    expect(page.locator("#post-33")).to_be_in_viewport()
    page.wait_for_function("before => Math.abs(scrollY - before) < 80", arg=before)


def test_a_new_post_moves_nothing_and_back_returns_to_it(somebody, thread):
    ana, ben = somebody("ana@example.org"), somebody("ben@example.org")
    starts_a_thread(ben, "the-open-floor", "A page that fills", "The first.")
    address = ben.page.url
    page = ana.page
    page.goto(address)
    connected(page)
    top = page.locator("#post-1").bounding_box()["y"]
    for number in range(2, 23):
        ben.page.get_by_label("Your reply").fill(f"Reply {number}. " + "Words. " * 40)
        ben.page.get_by_role("button", name="Reply", exact=True).click()
        expect(ben.page.locator(f"#post-{number}")).to_be_visible()
    expect(page.locator("#post-22")).to_be_attached()
    assert page.locator("#post-1").bounding_box()["y"] == top
    page.locator("#post-22").scroll_into_view_if_needed()
    expect(page).to_have_url(re.compile(r"page=2#post-2[12]$"))
    page.locator("#post-22 .post__author a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ben")
    page.go_back()
    expect(page.locator("#post-22")).to_be_visible()
