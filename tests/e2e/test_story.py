"""The whole story, in browsers, on the real product."""

import re
import secrets

from playwright.sync_api import expect


def joins(stranger, newcomer: str) -> None:
    """Sign up, take the code from the mailbox, answer the questions, accept the rules."""
    page = stranger.goes_to("/")
    page.get_by_role("link", name="Join Collaborate").click()
    page.locator("input[name=email]").fill(newcomer)
    page.get_by_role("button", name="Send me a code").click()
    code = page.locator("input[name=code]")
    expect(code).to_be_visible()
    code.fill(code_in_mailbox(stranger, newcomer))
    code.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who are you?")
    page.get_by_label("Your name").fill("Gwen Harrow")
    page.get_by_label("What is your role?").fill("Practice manager")
    page.get_by_label("Where do you work?").fill("Harrow Lane Surgery")
    page.get_by_label("What is your profession?").select_option(label="Practice or service manager")
    page.get_by_label("Once a week").check()
    page.get_by_label("I accept the house rules").check()
    page.get_by_role("button", name="Join Collaborate").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello, Gwen")


def code_in_mailbox(stranger, newcomer: str) -> str:
    """The code of the newest mail to the newcomer."""
    mailbox = stranger.context.new_page()
    mailbox.goto(f"{stranger.site.url}/mailbox/?to={newcomer}")
    mailbox.get_by_role("main").get_by_role("link").filter(has_text=re.compile("code", re.I)).first.click()
    text = mailbox.get_by_role("main").inner_text()
    mailbox.close()
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{2,4})\s*$", text, re.MULTILINE)[1]


def starts_a_thread(person, space: str, title: str, words: str) -> None:
    """Write the first post of a thread."""
    page = person.goes_to(f"/spaces/{space}/")
    page.get_by_role("link", name="Start a thread").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def replies(person, words: str) -> None:
    """Answer in the thread that is open."""
    person.page.get_by_label("Your reply").fill(words)
    person.page.get_by_role("button", name="Reply", exact=True).click()
    expect(person.page.locator(".post", has_text=words)).to_be_visible()


def test_the_whole_story(somebody, site):
    gwen, newcomer = somebody(width=360), f"gwen-{secrets.token_hex(4)}@example.org"
    joins(gwen, newcomer)

    ana = somebody("ana@example.org")
    starts_a_thread(ana, "the-open-floor", "Chairing for the first time", "What do you wish you had known?")
    thread = ana.page.url.split("?")[0].removeprefix(site.url)

    # Gwen replies on her phone; ana sees it without a reload, and gwen sees ana's answer.
    gwen.goes_to(thread)
    replies(gwen, "That silence is not agreement.")
    expect(ana.page.locator(".post", has_text="That silence is not agreement.")).to_be_visible()
    expect(ana.page.locator("#arrivals")).to_be_empty()  # she has looked at it
    replies(ana, "Somebody told me to just be more confident.")
    expect(gwen.page.locator(".post", has_text="just be more confident")).to_be_visible()

    # They chat both ways.
    for person in (ana, gwen):
        person.goes_to("/spaces/the-open-floor/chat/")
        expect(person.page.get_by_text("Connected", exact=True)).to_be_visible()
    for speaker, listener, words in ((ana, gwen, "Kettle on?"), (gwen, ana, "Always.")):
        speaker.page.get_by_label("Your message").fill(words)
        speaker.page.get_by_role("button", name="Send").click()
        expect(listener.page.get_by_role("log").get_by_text(words)).to_be_visible()

    # Gwen reports ana's reply, and dara hides it.
    gwen.goes_to(f"{thread}?page=1")
    post = gwen.page.locator(".post", has_text="just be more confident")
    post.locator("summary").click()
    post.get_by_role("link", name="Report").click()
    gwen.page.get_by_label("Something else").check()
    gwen.page.get_by_role("textbox").last.fill("It hurt somebody I know.")
    gwen.page.get_by_role("button", name="Send the report").click()
    expect(gwen.page.locator(".flash")).to_contain_text("Thank you")
    ana.goes_to(f"{thread}?page=1")
    expect(ana.page.locator(".post", has_text="just be more confident")).to_be_visible()
    dara = somebody("dara@example.org")
    dara.goes_to("/desk/")
    expect(dara.page.get_by_text("Something else").first).to_be_visible()
    dara.goes_to(f"{thread}?page=1")
    post = dara.page.locator(".post", has_text="just be more confident")
    post.locator("summary").click()
    post.get_by_role("link", name="Hide").click()
    dara.page.get_by_label("Reason", exact=False).fill("It belittles the asker.")
    dara.page.get_by_role("button", name="Hide").click()
    expect(ana.page.get_by_text("This post was hidden by a moderator.")).to_be_visible()
    expect(ana.page.get_by_text("just be more confident")).to_have_count(0)
    ana.goes_to("/notices/")
    expect(ana.page.get_by_text("It belittles the asker.")).to_be_visible()

    # An admin adds gwen to the cohort, and the private space opens for her.
    assert gwen.context.request.get(f"{site.url}/spaces/kestrel/").status == 404
    finn = somebody("finn@example.org")
    finn.goes_to(f"/admin/leaders/leader/?q={newcomer}")
    finn.page.locator("input.action-select").check()
    finn.page.locator("select[name=action]").select_option(label="Add to cohort…")
    finn.page.get_by_role("button", name="Go").click()
    finn.page.get_by_label("Cohort").select_option(label="Kestrel")
    finn.page.get_by_label("Reason", exact=False).fill("Joined the programme.")
    finn.page.get_by_role("button", name="Do it").click()
    expect(finn.page.get_by_text("added to Kestrel")).to_be_visible()
    gwen.goes_to("/spaces/kestrel/")
    expect(gwen.page.get_by_role("heading", level=1)).to_have_text("Kestrel cohort")

    # The digest arrives, and one click ends it.
    starts_a_thread(ana, "kestrel", "Welcome, Gwen", "Tell us what you are working on.")
    assert f"Sent to {newcomer}" in site.manage("send_digest", newcomer, "--now")
    page = gwen.goes_to(f"/mailbox/?to={newcomer}")
    page.locator(".row__link").first.click()
    expect(page.get_by_role("heading", name="Headers")).to_be_visible()
    for piece in ("Welcome, Gwen", "List-Unsubscribe-Post"):
        expect(page.get_by_role("main")).to_contain_text(piece)
    address = re.search(r"/unsubscribe/[\w:.=-]+/", page.get_by_role("main").inner_text())[0]
    gwen.goes_to(address)
    gwen.page.get_by_role("main").get_by_role("button").click()
    expect(gwen.page.get_by_role("heading", level=1)).to_have_text("The digest is stopped")
    gwen.goes_to("/settings/mail/")
    expect(gwen.page.get_by_label("Never")).to_be_checked()
