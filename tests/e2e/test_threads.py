"""Questions that find an answer, and threads that are put in order, in browsers."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_story import replies, starts_a_thread


def says_why(page, button: str) -> None:
    """Give the reason, and decide."""
    page.get_by_label("Your reason").fill("They are about two things.")
    page.get_by_role("button", name=button).click()


def wide_and_narrow(page, shots, name: str) -> None:
    """No sideways scroll on a phone; the pictures are kept for whoever wants to look."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    return tmp_path_factory.mktemp("threads")


def test_a_question_finds_its_answer(somebody, shots):
    ana, ben = somebody("ana@example.org"), somebody("ben@example.org", width=360)
    starts_a_thread(ana, "the-open-floor", "How do you end a meeting on time?", "Ours never do.")
    address = ana.page.url.split("?")[0].split("#")[0].removeprefix(ana.site.url)
    ana.page.get_by_role("link", name="Change the title").click()
    ana.page.get_by_label("Question").check()
    ana.page.get_by_role("button", name="Save").click()
    expect(ana.page.get_by_label("Your reply")).to_be_visible()
    ben.goes_to(address)
    replies(ben, "Begin with the end.")
    page = ana.goes_to(f"{address}?page=1")
    page.get_by_role("button", name=re.compile("Mark as answer.*post 2")).click()
    expect(page.locator("#post-2")).to_contain_text("Answer")
    page.get_by_role("link", name="go to the answer, post 2").click()
    expect(page.locator("#post-2")).to_be_in_viewport()
    wide_and_narrow(page, shots, "answered")
    ben.goes_to("/spaces/the-open-floor/")
    row = ben.page.locator(".row", has_text="How do you end a meeting on time?")
    expect(row).to_contain_text("Answered")


def test_a_thread_is_split_while_another_reads_it_and_merged_back(somebody, shots):
    dara, ben = somebody("dara@example.org"), somebody("ben@example.org")
    starts_a_thread(ben, "the-open-floor", "Two things at once", "The rota, and the kettle.")
    address = ben.page.url.split("?")[0].split("#")[0].removeprefix(ben.site.url)
    for words in ("About the rota", "About the kettle", "The kettle again"):
        replies(ben, words)
    link = ben.page.locator("#post-3 .post__number").get_attribute("href")
    page = dara.goes_to(f"{address}?page=1")
    page.locator("#post-3").get_by_text("More").click()
    page.get_by_role("link", name="Split from here").click()
    expect(page.get_by_label("From post number")).to_have_value("3")
    wide_and_narrow(page, shots, "split")
    page.get_by_label("Title of the new thread").fill("The kettle, and who fills it")
    ben.page.get_by_label("Your reply").fill("Still typing")
    says_why(page, "Split this thread")
    expect(page.get_by_role("heading", level=1)).to_have_text("The kettle, and who fills it")
    branch = page.url.removeprefix(dara.site.url)
    expect(ben.page.locator("#arrivals")).to_contain_text("A moderator has changed this thread")
    expect(ben.page.get_by_label("Your reply")).to_have_value("Still typing")
    ben.goes_to(link)
    expect(ben.page.get_by_role("heading", level=1)).to_have_text("The kettle, and who fills it")
    ben.goes_to(f"{address}?page=1")
    expect(ben.page.locator("#post-3")).to_contain_text("2 posts were moved to The kettle, and who fills it.")
    wide_and_narrow(ben.page, shots, "gap")
    merged_back(dara, ben, address, branch, shots)
    ben.goes_to(link)
    expect(ben.page.locator("#post-5")).to_contain_text("About the kettle")


def merged_back(dara, ben, address, branch, shots) -> None:
    """The moderator undoes it; whoever has the branch open is told, and keeps what was typed."""
    ben.goes_to(branch)
    ben.page.get_by_label("Your reply").fill("Mine is blue")
    page = dara.goes_to(re.search(r"/threads/\d+/", branch)[0] + "merge/")
    page.get_by_label("Find the other thread").fill(dara.site.url + address)
    page.get_by_role("button", name="Find").click()
    page.get_by_label(re.compile("Two things at once")).check()
    wide_and_narrow(page, shots, "merge")
    says_why(page, "Merge the two")
    expect(page.locator("#post-5")).to_contain_text("About the kettle")
    expect(ben.page.locator("#arrivals")).to_contain_text("merged into another one")
    ben.page.get_by_role("button", name="Reply", exact=True).click()
    expect(ben.page.get_by_role("alert")).to_contain_text("was merged into another one while you wrote")
    expect(ben.page.get_by_label("Your reply")).to_have_value("Mine is blue")
    ben.page.get_by_role("button", name="Reply", exact=True).click()
    expect(ben.page.locator("#post-7")).to_contain_text("Mine is blue")
