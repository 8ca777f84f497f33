"""What is told of a post is read once the post was on the screen, by whatever way one came there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_reading import connected, looks, tells

MAKE = """
import uuid
from community import errands, levels, posts, reading, threads
from community.models import Notice, Space
from leaders.models import Leader
space = Space.objects.get(slug="the-open-floor")
ana, ben = (Leader.objects.get(handle=name) for name in ("ana", "ben"))
# Several, as nobody may write two hundred posts in ten minutes.
others = [Leader.objects.get(handle=name) for name in ("kemi", "mirek", "hana", "priya")]
Notice.objects.filter(leader=ana).delete()
start = {"body": "Beginning. " * 60}
thread = threads.start(space, by=ana, title="Thanks, far and near", uuid=uuid.uuid4(), **start)
for number in range(2, 31):
    by = ana if number in (5, 28) else others[number % 4]
    threads.reply(thread, by=by, body=f"Reply {number}. " + "Words. " * 90, uuid=uuid.uuid4())
thread.refresh_from_db()
reading.mark_read(thread, by=ana, first=1, last=10)
levels.follow(thread, by=ana, level="normal")
Notice.objects.filter(leader=ana).delete()
for number in (5, 28):
    posts.thank(thread.posts.get(number=number), by=ben, words="")
errands.run()
print("thread", thread.pk, "far", thread.posts.get(number=28).pk, "near", thread.posts.get(number=5).pk)
"""
ROOM = """
import uuid
from community import errands
from community.models import Errand, Notice, Space
from community.rooms import chat
from django.utils import timezone
from leaders.models import Leader
space, ana = Space.objects.get(slug="the-open-floor"), Leader.objects.get(handle="ana")
Notice.objects.filter(leader=ana).delete()
message = chat.say(chat.room_of(space), by=ana, body="Ring me on Monday.", uuid=uuid.uuid4())
chat.thank(message, by=Leader.objects.get(handle="ben"), words="It helped.")
errands.run()
print("message", message.pk)
"""


@pytest.fixture
def made(site) -> dict[str, int]:
    """Ana has read ten of thirty posts; she was thanked for posts 5 and 28."""
    return {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", site.does(MAKE))}


def counter(page: Page):
    return page.locator("#notice-counter")


def visited(page: Page) -> list[str]:
    """What the page says was on the screen, kept up to date."""
    told: list[str] = []
    page.on(
        "request", lambda request: told.append(request.post_data) if "/notices/seen/" in request.url else None
    )
    return told


def test_a_permalink_reads_what_is_told_of_its_post_and_no_more(somebody, made):
    ana, phone = somebody("ana@example.org"), somebody("ana@example.org", width=360)
    phone.goes_to("/spaces/")
    connected(phone.page)
    posts_told, told = tells(ana.page), visited(ana.page)
    page = ana.goes_to(f"/posts/{made['far']}/")
    expect(page.locator("#post-28")).to_be_in_viewport()
    looks(page, 2_000)
    expect(counter(phone.page)).to_contain_text("1")  # one thread, and one of its notices is left
    assert len(told) == 1
    assert posts_told == told  # it is no reason to tell how far she has read
    ana.goes_to("/notices/")
    expect(page.locator(".row--new")).to_have_count(1)


def test_what_lies_below_the_mark_is_read_when_it_is_seen_again(somebody, made):
    ana, phone = somebody("ana@example.org"), somebody("ana@example.org", width=360)
    phone.goes_to("/spaces/")
    connected(phone.page)
    page = ana.goes_to(f"/threads/{made['thread']}/?page=1")
    looks(page, 1_500)
    expect(counter(phone.page)).to_contain_text("1")
    page.locator("#post-5").scroll_into_view_if_needed()
    looks(page, 1_500)
    ana.goes_to(f"/posts/{made['far']}/")
    expect(counter(phone.page)).to_be_hidden()
    expect(counter(page)).to_be_hidden()


def test_a_tab_in_the_background_reads_nothing_until_it_is_looked_at(somebody, made):
    ana = somebody("ana@example.org")
    page, told = ana.page, visited(ana.page)
    page.add_init_script(
        "Object.defineProperty(document, 'visibilityState', { get: () => window.look ?? 'hidden' })"
    )
    ana.goes_to(f"/posts/{made['near']}/")
    looks(page, 1_500)
    assert told == []
    with page.expect_request("**/notices/seen/"):
        page.evaluate("window.look = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")


def test_without_a_network_it_is_told_when_it_is_back(somebody, made):
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/posts/{made['near']}/")
    ana.context.set_offline(True)
    page.wait_for_function("() => Object.keys(localStorage).some(key => key.endsWith('/notices/seen/'))")
    ana.context.set_offline(False)
    page.wait_for_function("() => !Object.keys(localStorage).some(key => key.endsWith('/notices/seen/'))")
    ana.goes_to(f"/posts/{made['far']}/")
    expect(counter(page)).to_be_hidden()


def test_marking_the_thread_as_read_and_undoing_it(somebody, made):
    ana = somebody("ana@example.org")
    page = ana.goes_to(f"/threads/{made['thread']}/?page=2")
    expect(counter(page)).to_contain_text("1")
    page.get_by_role("button", name="Mark this thread as read").click()
    expect(counter(page)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(counter(page)).to_contain_text("1")


def test_thanks_for_a_message_are_read_in_the_chat(somebody, site):
    message = re.search(r"message (\d+)", site.does(ROOM))[1]
    ana = somebody("ana@example.org")
    page = ana.goes_to("/spaces/")
    expect(counter(page)).to_contain_text("1")
    ana.goes_to(f"/messages/{message}/")
    expect(counter(page)).to_be_hidden()
