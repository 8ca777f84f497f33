"""Others reply while one writes: one is told before one's own words go out, and loses none of them."""

import pytest
from playwright.sync_api import Page, expect

START = """
import uuid
from community import threads
from community.models import Draft, Space
from leaders.models import Leader
Draft.objects.all().delete()
space, by = Space.objects.get(slug="the-open-floor"), Leader.objects.get(handle="ben")
thread = threads.start(space, by=by, title="Who goes first?", body="Tell me. " * 300, uuid=uuid.uuid4())
for number in range(6):
    threads.reply(thread, by=by, body="And more. " * 80, uuid=uuid.uuid4())
print(thread.pk)
"""
REPLY = """
import uuid
from community import threads
from community.models import Thread
from leaders.models import Leader
thread, by = Thread.objects.get(pk={thread}), Leader.objects.get(handle="ben")
threads.reply(thread, by=by, body="{words}", uuid=uuid.uuid4())
"""
WORDS = "I would rather not."


@pytest.fixture
def thread(site):
    return int(site.does(START))


@pytest.fixture
def page(somebody, thread):
    """Ana's page of the thread with words in its form; she looks at something further up again."""
    page = somebody("ana@example.org", width=360).goes_to(f"/threads/{thread}/?page=1")
    page.wait_for_function(
        "() => import('/static/js/live.js').then(({ live }) => live.state === 'connected')"
    )
    box(page).fill(WORDS)
    page.evaluate("scrollTo(0, 0)")
    return page


def box(page: Page):
    return page.get_by_label("Your reply")


def button(page: Page):
    return page.get_by_role("button", name="Reply", exact=True)


def both_come(site, thread, page) -> None:
    for number, words in ((8, "I shall."), (9, "So shall I.")):
        site.does(REPLY.format(thread=thread, words=words))
        expect(page.locator(f"#post-{number}")).to_contain_text(words)
    expect(page.locator("[data-came]")).to_have_text("2 new replies have come. Read them")


def test_what_was_not_looked_at_is_told_before_sending(site, thread, page):
    both_come(site, thread, page)
    button(page).click()
    told = "2 replies have come while you wrote. Please read on above, then send yours, changed or not."
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(box(page)).to_have_value(WORDS)
    expect(page.locator(".post", has_text="So shall I.")).to_be_visible()
    expect(page.locator(".post", has_text=WORDS)).to_have_count(0)
    page.get_by_role("link", name="Read what came, from post 8").click()
    expect(page.locator("#post-8")).to_be_in_viewport()
    button(page).click()
    expect(page.locator(".post", has_text=WORDS)).to_have_count(1)


def test_what_was_looked_at_is_not_told_again(site, thread, page):
    both_come(site, thread, page)
    page.locator("[data-came]").get_by_role("link", name="Read them").click()
    expect(page.locator("#post-8")).to_be_in_viewport()
    expect(page.locator("[data-came]")).to_be_empty()
    expect(box(page)).to_have_value(WORDS)
    button(page).click()
    expect(page.locator(".post", has_text=WORDS)).to_have_count(1)
    expect(box(page)).to_have_value("")


def test_whoever_writes_nothing_is_told_below_the_posts_alone(site, thread, page):
    box(page).fill("")
    site.does(REPLY.format(thread=thread, words="I shall."))
    expect(page.locator("#arrivals")).to_have_text("A new reply has come. Read it")
    expect(page.locator("[data-came]")).to_be_hidden()


def test_the_words_that_one_writes_stay_where_they_are(site, thread, page):
    box(page).scroll_into_view_if_needed()
    box(page).press_sequentially(" Or would I?")
    place = "box => Math.round(box.getBoundingClientRect().top)"
    before = box(page).evaluate(place)
    both_come(site, thread, page)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert abs(box(page).evaluate(place) - before) <= 1
    button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("2 replies have come while you wrote.")
