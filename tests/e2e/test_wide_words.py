"""Tables and code on a phone: whole words, reached by the keyboard; and a thread on paper."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_every_page import faults

START = """
import uuid
from community import threads
from community.models import Space
from leaders.models import Leader
space, by = Space.objects.get(slug="the-open-floor"), Leader.objects.get(handle="ben")
body = '''| Practice | List size | Appointments per 1,000 | Did not attend |
|---|---|---|---|
| Otterbeck | 12,400 | 431 | 5.2% |

```
'''  + "rota = " * 40 + '''
```
'''
print(threads.start(space, by=by, title="Our figures", body=body, uuid=uuid.uuid4()).pk)
"""


@pytest.fixture
def thread(site):
    return f"/threads/{int(site.does(START))}/"


def test_figures_stay_in_one_piece_and_the_rest_is_scrolled_to(somebody, thread):
    page = somebody("ana@example.org", width=360).goes_to(thread)
    lines = "cell => cell.clientHeight / parseFloat(getComputedStyle(cell).lineHeight)"
    assert 0 < page.get_by_role("cell", name="12,400").evaluate(lines) < 2
    for box in ("table", "pre"):
        expect(page.locator(f".post {box}")).to_have_attribute("tabindex", "0")
    assert faults(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".post table")).not_to_have_attribute("tabindex", "0")


def test_a_printed_thread_is_what_was_said(somebody, thread):
    page = somebody("ana@example.org").goes_to(thread)
    page.emulate_media(media="print")
    expect(page.locator(".post__body")).to_be_visible()
    for button in ("Quote", "Thank", "Bookmark", "Reply"):
        expect(
            page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button))
        ).to_be_hidden()
    after = "link => getComputedStyle(link, '::after').content"
    assert page.locator(".post__number").evaluate(after) == "none"
