"""The list of notices follows what happens on another device, and never moves under one's hands."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_reading import connected
from tests.e2e.test_visits import counter

MAKE = """
import uuid
from community import errands, posts, threads
from community.models import Notice, Space
from leaders.models import Leader
space = Space.objects.get(slug="the-open-floor")
ana, kemi = (Leader.objects.get(handle=name) for name in ("ana", "kemi"))
Notice.objects.filter(leader=ana).delete()
for number in range(3):
    words = {"title": f"Winter rotas, part {number}", "body": "How do you do it?"}
    thread = threads.start(space, by=ana, uuid=uuid.uuid4(), **words)
    posts.thank(thread.posts.get(number=1), by=kemi)
    print("thread", thread.pk)
errands.run()
"""
MORE = MAKE.replace("part {", "chapter {").replace("Notice.objects.filter(leader=ana).delete()", "")
AGAIN = """
from community import errands, posts
from community.models import Thread
from leaders.models import Leader
for each in THREADS:
    posts.thank(Thread.objects.get(pk=each).posts.get(number=1), by=Leader.objects.get(handle="hana"))
errands.run()
"""
TAKE_BACK = """
from community import posts
from community.models import Thread
from leaders.models import Leader
post, kemi = Thread.objects.get(pk=THREADS[0]).posts.get(number=1), Leader.objects.get(handle="kemi")
posts.take_thanks_back(post, by=kemi)
"""


@pytest.fixture
def made(site) -> list[int]:
    """Three threads of ana's, for each of which she was thanked, the newest last."""
    return [int(number) for number in re.findall(r"thread (\d+)", site.does(MAKE))]


def row(page: Page, part: int):
    return page.locator(".row").filter(has_text=f"Winter rotas, part {part}")


def test_a_line_that_is_read_elsewhere_is_read_here_and_focus_stays(somebody, made):
    desk, phone = somebody("ana@example.org"), somebody("ana@example.org", width=360)
    page = phone.goes_to("/notices/")
    connected(page)
    expect(page.locator(".row--new")).to_have_count(3)
    row(page, 1).get_by_role("link").focus()
    desk.goes_to(f"/threads/{made[1]}/")
    expect(page.locator(".row--new")).to_have_count(2)
    expect(row(page, 1)).not_to_contain_class("row--new")
    expect(row(page, 1).get_by_role("link")).to_be_focused()
    expect(counter(page)).to_contain_text("2")
    desk.goes_to("/notices/").get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".row--new")).to_have_count(0)
    expect(counter(page)).to_be_hidden()


def test_what_is_new_is_a_quiet_line_until_one_presses_it(somebody, made, site):
    desk, phone = somebody("ana@example.org"), somebody("ana@example.org", width=360)
    page = phone.goes_to("/notices/")
    connected(page)
    desk.goes_to(f"/threads/{made[0]}/")
    expect(page.locator(".row--new")).to_have_count(2)
    site.does(AGAIN.replace("THREADS", str(made[:2])))  # one that was read, and one that says more now
    place = page.locator("[data-notices]").bounding_box()["y"]
    expect(page.get_by_role("link", name="1 new notice")).to_be_visible()
    assert page.locator("[data-notices]").bounding_box()["y"] == place
    expect(row(page, 1)).to_contain_text("Hana")
    site.does(MORE)
    link = page.get_by_role("link", name="4 new notices")
    expect(link).to_be_visible()
    expect(page.locator(".row__title").first).to_contain_text("part")
    link.click()
    expect(page.locator(".row__title").first).to_contain_text("chapter")
    expect(page.locator(".row--new")).to_have_count(6)
    expect(page.locator("#arrivals")).to_be_empty()


def test_what_was_taken_back_goes_from_an_open_list(somebody, made, site):
    page = somebody("ana@example.org", width=360).goes_to("/notices/")
    connected(page)
    site.does(TAKE_BACK.replace("THREADS", str(made[1:])))
    expect(page.get_by_text("This is no longer here.")).to_have_count(1)
    expect(row(page, 1)).to_have_count(0)
    expect(row(page, 0)).to_have_count(1)
    expect(counter(page)).to_contain_text("2")
