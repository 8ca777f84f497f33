"""Every page as a stranger, a leader, a moderator and an admin see it, on a phone and on a wide screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.looks import WALKS

NARROW, WIDE = 360, 1280


def comes_to_rest(page: Page) -> None:
    """Wait until colours and places have stopped changing, but for what moves for ever."""
    page.evaluate("""async () => {
        const ends = (each) => Number.isFinite(each.effect?.getComputedTiming().endTime);
        await Promise.allSettled(document.getAnimations().filter(ends).map((each) => each.finished));
    }""")


def faults(page: Page) -> list:
    """What axe, the eye and the browser would complain of."""
    comes_to_rest(page)
    found = [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    if page.locator("h1:visible").count() != 1:
        found.append("has not one h1")
    if not page.title().removesuffix("– Collaborate").strip():
        found.append("has no title")
    return found


def every_fault(page: Page, address: str, said: list[str]) -> list:
    """The faults of a page at both widths; the console is read before axe adds styles of its own."""
    said.clear()
    page.set_viewport_size({"width": NARROW, "height": 740})
    status = page.goto(address).status
    if "/chat/" in address:
        expect(page.locator("[data-live-state]")).to_have_text("Connected")
    found = [("console", text) for text in said] + [("status", status)] * (status != 200)
    found += [(NARROW, fault) for fault in faults(page)]
    page.set_viewport_size({"width": WIDE, "height": 800})
    return found + [(WIDE, fault) for fault in faults(page)]


@pytest.fixture
def walker(somebody):
    """walker(email) is a page whose addresses need no host, and what its console says."""

    def walk(email: str):
        person = somebody(email)
        said: list[str] = []
        person.page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        person.page.on("pageerror", lambda error: said.append(str(error)))
        return person, said

    return walk


@pytest.mark.parametrize("email", WALKS, ids=lambda email: email.partition("@")[0] or "stranger")
def test_no_page_has_a_fault(walker, email):
    person, said = walker(email)
    found = {path: every_fault(person.page, person.site.url + path, said) for path in WALKS[email]}
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


def opens(page: Page, site_url: str, path: str) -> None:
    page.goto(site_url + path)
    page.set_viewport_size({"width": NARROW, "height": 740})


def test_no_state_has_a_fault(somebody):
    """Menus that are open, forms that are refused, a preview, words that never end."""
    person = somebody("ana@example.org")
    # What earlier stories began to write would stand in the forms, which then hold words and are not refused.
    person.site.does("from community.models import Draft; Draft.objects.all().delete()")
    page = person.page
    found = {}
    opens(page, person.site.url, "/threads/22/?page=1")
    for menu in (".masthead__account .menu", ".masthead__more .menu", ".thread-tools .menu", ".post .menu"):
        page.locator(f"{menu} summary").first.click()
        found[f"{menu} open"] = faults(page)
        page.keyboard.press("Escape")
    page.get_by_label("Your reply").fill("**Bold** " + "endless" * 40)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer__preview strong")).to_be_visible()
    found["preview"] = faults(page)
    for path, button in (
        ("/threads/14/", "Reply"),  # another thread: in 22 a draft is kept by now
        ("/spaces/the-open-floor/start/", "Publish"),
        ("/posts/1/report/", "Send the report"),
        ("/accounts/password/change/", "Save the password"),
    ):
        opens(page, person.site.url, path)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
        found[f"{path} refused"] = faults(page)
    opens(page, person.site.url, "/spaces/the-open-floor/start/")
    page.get_by_label("Title").fill("Interprofessional" * 8)
    page.get_by_label("Your words").fill("A long word in a title.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("A long word in a title.")).to_be_visible()
    found["a title of one word"] = faults(page)
    for path in ("/nowhere/", "/desk/"):
        opens(page, person.site.url, path)
        found[path] = faults(page)
    assert {state: faulty for state, faulty in found.items() if faulty} == {}


def test_a_phone_has_four_places_in_a_row_and_the_others_below_more(somebody):
    """A moderator's cases are counted beside “More” too, and the page begins in the upper fifth."""
    person = somebody("dara@example.org")
    page = person.page
    opens(page, person.site.url, "/")
    main = page.get_by_role("navigation", name="Main")
    expect(main.get_by_role("link")).to_have_text(["Home", "Catch up", "Spaces", "Search"])
    expect(main.get_by_text("More")).to_contain_text("open cases")
    assert page.locator("main").bounding_box()["y"] < 740 / 5
    main.get_by_text("More").click()
    main.get_by_role("link", name="Leaders").click()
    expect(page).to_have_url(person.site.url + "/leaders/")
    page.set_viewport_size({"width": WIDE, "height": 800})
    expect(main.get_by_role("link", name="Leaders")).to_have_attribute("aria-current", "page")
    expect(main.get_by_text("More")).to_be_hidden()


MOVE = """
from community.models import Relocation, Thread
from leaders.models import Leader
from django.utils import timezone
thread, to = Thread.objects.filter(space__slug="the-open-floor").order_by("pk")[:2]
way = Relocation.objects.create(
    verb="{verb}", thread=thread, to=to, source=to.space, by=Leader.objects.get(handle="dara"),
    reason="Rotas", total=9000, carried=2000, attempts={attempts}, error="OperationalError",
    due_at=timezone.now().replace(year=2100),
)
print(thread.pk)
"""


@pytest.mark.parametrize(("verb", "attempts"), [("merge", 0), ("split", 3), ("move", 1)])
def test_posts_on_their_way_have_no_fault(walker, verb, attempts):
    person, said = walker("dara@example.org")
    pk = person.site.does(MOVE.format(verb=verb, attempts=attempts)).strip()
    paths = ["/desk/", f"/threads/{pk}/relocation/", f"/threads/{pk}/relocation/stop/"]
    try:
        found = {path: every_fault(person.page, person.site.url + path, said) for path in paths}
    finally:
        person.site.does("from community.models import Relocation; Relocation.objects.all().delete()")
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


@pytest.mark.parametrize(
    "path", ["/", "/threads/22/", "/spaces/kestrel/chat/", "/settings/profile/", "/leaders/"]
)
def test_a_narrow_screen_and_large_letters_scroll_one_way(somebody, path):
    """320 pixels, and letters of double size: nothing is cut off."""
    person = somebody("ana@example.org", width=320)
    for size in ("100%", "200%"):
        page = person.goes_to(path)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} at {size}"


@pytest.mark.parametrize(
    "path", ["/settings/mail/", "/settings/profile/", "/threads/", "/leaders/", "/notices/"]
)
def test_a_thumb_hits_every_field_and_button(somebody, path):
    person = somebody("ana@example.org")
    opens(person.page, person.site.url, path)
    low = person.page.evaluate("""() =>
        [...document.querySelectorAll("main :is(select, input, textarea, button)")]
        .filter((each) => !["radio", "checkbox", "hidden"].includes(each.type))
        .map((each) => [each.outerHTML.slice(0, 100), each.getBoundingClientRect().height])
        .filter(([, height]) => height > 0 && height < 44)""")
    assert low == []
