"""“Sent. Undo”, in two browsers and without scripts."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person
from tests.e2e.test_every_page import faults

THREAD = "/threads/71/"


def replies(person: Person, words: str) -> None:
    person.page.get_by_label("Your reply").fill(words)
    person.page.get_by_role("button", name="Reply", exact=True).click()
    expect(person.page.locator(".post", has_text=words)).to_be_visible()


def test_a_reply_is_taken_back_everywhere_and_its_words_are_in_the_form(somebody):
    ana, ben = somebody("ana@example.org"), somebody("ben@example.org", width=360)
    ben.goes_to(THREAD)
    ana.goes_to(THREAD)
    replies(ana, "I wish I had not said this.")
    expect(ben.page.locator(".post", has_text="I wish I had not")).to_be_visible()
    expect(ben.page.get_by_role("button", name="Undo")).to_have_count(0)
    post = ana.page.locator(".post", has_text="I wish I had not")
    expect(post.get_by_text("notices follow in")).to_be_visible()
    before = int(post.locator("[data-seconds]").inner_text())
    expect(post.locator("[data-seconds]")).not_to_have_text(str(before))
    assert faults(ana.page) == []
    post.get_by_role("button", name="Undo").click()
    expect(ana.page.get_by_label("Your reply")).to_have_value("I wish I had not said this.")
    expect(ana.page.locator(".post", has_text="I wish I had not")).to_have_count(0)
    expect(ben.page.get_by_text("Taken back by its author.")).to_be_visible()
    expect(ben.page.get_by_text("I wish I had not")).to_have_count(0)
    ana.page.get_by_label("Your reply").fill("I am glad to say this.")
    ana.page.get_by_role("button", name="Reply", exact=True).click()
    expect(ben.page.get_by_text("I am glad to say this.")).to_be_visible()


def test_a_new_thread_is_taken_back_with_its_title(somebody):
    ana = somebody("ana@example.org")
    page = ana.goes_to("/spaces/the-open-floor/start/")
    page.get_by_label("Title").fill("A hasty title")
    page.get_by_label("Your words").fill("And hasty words.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title")).to_have_value("A hasty title")
    expect(page.get_by_label("Your words")).to_have_value("And hasty words.")
    ana.goes_to("/spaces/the-open-floor/")
    expect(page.get_by_role("link", name="A hasty title")).to_have_count(0)


def test_without_scripts_the_button_does_it(browser: Browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    ana = Person(context.new_page(), context, site).signs_in("ana@example.org")
    ana.goes_to(THREAD)
    replies(ana, "Sent by a plain form.")
    ana.page.locator(".post", has_text="Sent by a plain").get_by_role("button", name="Undo").click()
    expect(ana.page.get_by_label("Your reply")).to_have_value("Sent by a plain form.")
    ana.page.get_by_label("Your reply").fill("Saved by a plain form.")
    ana.page.get_by_role("button", name="Save draft").click()
    expect(ana.page.get_by_text("Your draft is saved.")).to_be_visible()
    expect(ana.page.get_by_label("Your reply")).to_have_value("Saved by a plain form.")
    ana.page.get_by_role("button", name="Discard draft").click()
    expect(ana.page.get_by_role("button", name="Bring it back")).to_be_visible()
    context.close()
