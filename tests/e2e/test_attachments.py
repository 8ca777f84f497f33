"""Images and documents on their way into a post: pasted, dropped or chosen, described, sent."""

import re
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_every_page import comes_to_rest
from tests.sending import office, picture

BROUGHT = """
([type, text, files]) => {
  const carried = new DataTransfer();
  if (text) carried.setData("text/plain", text);
  for (const { name, kind, bytes } of files) {
    carried.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
  }
  const options = { bubbles: true, cancelable: true };
  const event = type === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
    : new DragEvent(type, { ...options, dataTransfer: carried });
  const field = document.querySelector("[data-composer] textarea");
  if (type === "paste") field.focus();
  return field.dispatchEvent(event);
}
"""
THREADS = count(1)
IMAGE = re.compile(r"\[image [0-9a-f]{8}(?:: ([^\]]*))?\]")


def file(name: str, content: bytes, kind: str = "image/png") -> dict:
    return {"name": name, "kind": kind, "bytes": list(content)}


def brings(page: Page, how: str, *files: dict, text: str = "") -> bool:
    """Paste or drop; whether the browser is left to do with it what it likes."""
    return page.evaluate(BROUGHT, [how, text, list(files)])


def text(page: Page) -> str:
    return page.get_by_label("Your reply").input_value()


@pytest.fixture
def writing(somebody):
    """Ana in a thread in which she has no draft yet."""
    page = somebody("ana@example.org", width=360).goes_to("/spaces/the-open-floor/")
    page.locator(".row__link").nth(next(THREADS)).click()
    expect(page.get_by_role("button", name="Add images or documents")).to_be_visible()
    page.get_by_label("Your reply").fill("Before after")
    return page


def test_ana_pastes_an_image_says_what_it_shows_and_replies(writing):
    page = writing
    page.get_by_label("Your reply").evaluate("(field) => field.setSelectionRange(7, 7)")
    assert not brings(page, "paste", file("screen.png", picture()))
    expect(page.locator(".sending")).to_contain_text("screen.webp")
    expect(page.get_by_role("status").filter(has_text="Please say below what it shows")).to_be_attached()
    assert re.fullmatch(rf"Before \n{IMAGE.pattern}\nafter", text(page))

    # Without words it does not go out, and ana stands where the words are missing.
    page.get_by_role("button", name="Reply", exact=True).click()
    description = page.get_by_label("What does it show")
    expect(description).to_be_focused()
    expect(page.get_by_text("Please say what this image shows")).to_be_in_viewport()
    page.keyboard.type("A [busy] room")
    assert IMAGE.search(text(page))[1] == "A busy room"
    comes_to_rest(page)
    assert Axe().run(page).response["violations"] == []
    # Nobody types that fast: a click within a second of the first would be taken for a double one.
    page.get_by_role("button", name="Reply", exact=True).evaluate(
        "(button) => button.form.requestSubmit(button)"
    )
    shown = page.get_by_role("img", name="A busy room")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 60)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_several_dropped_at_once_stand_in_their_order_though_one_is_refused(writing):
    page = writing
    files = [file("one.png", picture()), file("page.png", b"<html>"), file("two.docx", office(), "")]
    assert not brings(page, "drop", *files)
    expect(page.locator(".sending").nth(1)).to_contain_text("This file is not what its name says.")
    expect(page.locator(".sending").nth(2)).to_contain_text("two.docx DOCX")
    assert re.fullmatch(rf"Before after\n{IMAGE.pattern}\n\[file [0-9a-f]{{8}}: two.docx\]\n", text(page))
    page.get_by_role("button", name="Close page.png").click()
    page.get_by_role("button", name="Remove two.docx").click()
    expect(page.get_by_role("button", name="Add images or documents")).to_be_focused()
    assert "two.docx" not in text(page)


def test_words_that_come_with_a_picture_of_them_are_pasted_as_words(writing):
    assert brings(writing, "paste", file("cells.png", picture()), text="1\t2")
    expect(writing.locator(".sending")).to_have_count(0)


def test_a_slow_file_can_be_waited_for_or_cancelled_while_one_writes_on(writing):
    page, held = writing, []
    page.route("**/spaces/*/attachments/", lambda route: held.append(route))
    with page.expect_request("**/spaces/*/attachments/"):
        brings(page, "paste", file("slow.png", picture()))
    page.get_by_label("Your reply").evaluate("(field) => field.setSelectionRange(0, 0)")
    page.keyboard.type("Now. ")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_text("still on its way")).to_be_visible()
    held.pop().continue_()
    expect(page.locator("[data-alt]")).to_be_visible()
    assert re.fullmatch(rf"Now. Before after\n{IMAGE.pattern}\n", text(page))

    with page.expect_request("**/spaces/*/attachments/"):
        brings(page, "paste", file("slower.png", picture()))
    page.get_by_role("button", name="Cancel slower.png").click()
    expect(page.locator(".sending")).to_have_count(1)
    assert len(IMAGE.findall(text(page))) == 1


def test_after_a_lost_connection_the_same_file_is_sent_again_once(writing):
    page = writing
    page.context.set_offline(True)
    brings(page, "paste", file("screen.png", picture()))
    expect(page.get_by_text("Is there a connection?")).to_be_visible()
    assert text(page) == "Before after"
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again screen.png").click()
    expect(page.locator("[data-alt]")).to_be_visible()
    assert len(IMAGE.findall(text(page))) == 1


def test_on_another_day_each_file_still_has_its_picture_its_words_and_a_way_out(writing):
    page = writing
    brings(page, "paste", file("board.png", picture()), file("plan.docx", office(), ""))
    expect(page.locator(".sending").nth(1)).to_contain_text("plan.docx DOCX")
    page.locator("[data-alt]").first.fill("The board")
    quoted = "> ![Theirs](/attachments/00000000-0000-4000-8000-000000000000/)"
    page.get_by_label("Your reply").evaluate("(field, words) => field.setRangeText(words)", quoted + "\n\n")
    with page.expect_response(lambda answer: "Theirs" in (answer.request.post_data or "")):
        page.get_by_label("Your reply").dispatch_event("input")
    page.reload()
    rows = page.locator(".sending")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("img")).to_have_js_property("naturalWidth", 60)
    expect(rows.first.get_by_label("What does it show")).to_have_value("The board")
    rows.first.get_by_label("What does it show").fill("Our board")
    assert IMAGE.search(text(page).replace("> [image 00000000: Theirs]", ""))[1] == "Our board"
    expect(rows.nth(1)).to_contain_text("plan.docx")
    page.get_by_role("button", name="Remove plan.docx").click()
    expect(rows).to_have_count(1)
    assert "plan.docx" not in text(page)


def test_a_decoration_needs_no_words(writing):
    page = writing
    brings(page, "paste", file("line.png", picture()))
    page.get_by_label("It shows nothing that matters").check()
    assert IMAGE.search(text(page))[1] == "decorative"
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator('.post img[alt=""][loading=lazy]').last).to_be_visible()


def test_an_image_is_chosen_and_described_by_keyboard_alone(writing):
    page = writing
    button = page.get_by_role("button", name="Add images or documents")
    button.focus()
    expect(button).to_be_focused()
    with page.expect_file_chooser() as chooser:
        button.press("Enter")
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": picture()})
    expect(page.locator("[data-alt]")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("[data-alt]")).to_be_focused()
    page.keyboard.type("A red square")
    assert IMAGE.search(text(page))[1] == "A red square"


def test_without_a_script_a_page_of_its_own_sends_it(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/accounts/login/")
    page.locator("input[name=login]").fill("ben@example.org")
    page.locator("input[name=password]").fill("collaborate-demo")
    page.get_by_role("main").get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    page.goto(f"{site.url}/threads/22/")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Add an image or a document").click()
    sending = opened.value
    sending.get_by_label("The file").set_input_files(
        {"name": "board.png", "mimeType": "image/png", "buffer": picture()}
    )
    sending.get_by_label("What does the image show?").fill("The board")
    sending.get_by_role("button", name="Send the file").click()
    line = sending.get_by_label("What to copy for board.webp").input_value()
    page.get_by_label("Your reply").fill(f"Look:\n{line}")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("img", name="The board")).to_be_visible()
    context.close()
