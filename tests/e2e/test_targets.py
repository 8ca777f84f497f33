"""Thumbs between two clinics: whatever one presses takes 44 pixels in height."""

import pytest

from tests.e2e.conftest import Person

PRESSED = (
    "main :is(button, select, summary, input:not([type=hidden]), "
    ".row__link, .crumbs a, .post__author a, .post__number)"
)
# How far up and down from its middle a control is what a thumb would hit.
SMALL = """(pressed) => [...document.querySelectorAll(pressed)].filter((each) => {
    const isShut = each.closest("details:not([open]) > :not(summary)");
    if (isShut || !each.checkVisibility({ visibilityProperty: true })) return false;
    each.scrollIntoView({ block: "center", behavior: "instant" });
    const box = each.getClientRects()[0];
    const middle = [box.left + box.width / 2, box.top + box.height / 2];
    const isHit = (y) => {
        const hit = document.elementFromPoint(middle[0], y);
        return each.contains(hit) || hit?.closest("label")?.control === each;
    };
    let [up, down] = [0, 0];
    while (up < 30 && isHit(middle[1] - up - 1)) up += 1;
    while (down < 30 && isHit(middle[1] + down + 1)) down += 1;
    return up + down + 1 < 44;
}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [360, 1280])
def test_everything_is_large_enough_for_a_thumb(somebody, width):
    ana: Person = somebody("ana@example.org", width=width)
    for address in (
        "/", "/catch-up/", "/threads/", "/threads/76/", "/spaces/kestrel/", "/spaces/kestrel/start/",
        "/search/?q=rota", "/drafts/", "/bookmarks/", "/notices/",
    ):  # fmt: skip
        page = ana.goes_to(address)
        assert (address, page.evaluate(SMALL, PRESSED)) == (address, [])
