"""The administration in a browser: what the programme team does on an ordinary day."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_every_page import comes_to_rest

LEADERS = "email,name,stage,cohort\nnell@example.org,Nell Ode,emergent,{cohort}\nnot an address,Quin,,\n"


def is_sound(page: Page) -> None:
    """Nothing for axe to complain of, once colours have stopped changing."""
    comes_to_rest(page)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_admin_completes_a_name_and_adds_it_to_a_cohort(somebody):
    finn = somebody("finn@example.org")
    page = finn.goes_to("/admin/leaders/cohort/")
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.locator("#result_list tbody th a").first.click()
    page.locator("#id_memberships-0-leader + .select2").click()
    page.get_by_role("searchbox", name="Search").fill("eli@")
    page.get_by_role("option", name="(eli@example.org)").click()
    expect(page.get_by_role("textbox", name="Leader: Eli")).to_be_visible()
    page.locator("#id_memberships-0-reason").fill("Asked by the trust")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert complaints == []


def test_admin_changes_a_stage_with_a_reason(somebody):
    page = somebody("finn@example.org", width=360).goes_to("/admin/leaders/leader/?q=cleo")
    page.get_by_role("checkbox", name="Select this object").first.check()
    page.get_by_label("Action:").select_option("Change stage…")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("(cleo@example.org)")).to_be_visible()
    is_sound(page)
    page.get_by_label("Stage:").select_option("Future leader")
    page.get_by_label("Reason:").fill("As agreed with her")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("now future leader. Reason: As agreed with her")).to_be_visible()


def test_admin_imports_leaders_after_a_look(somebody):
    finn = somebody("finn@example.org")
    cohort = finn.goes_to("/admin/leaders/cohort/").locator("#result_list tbody th a").first.inner_text()
    page = finn.goes_to("/admin/leaders/leader/")
    page.get_by_role("link", name="Import from CSV").click()
    text = LEADERS.format(cohort=cohort).encode()
    page.get_by_label("CSV file").set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": text})
    page.get_by_role("button", name="Compare").click()
    expect(
        page.get_by_text("1 new, 0 to change, 0 unchanged, 1 clashing. Nothing is written yet.")
    ).to_be_visible()
    expect(page.get_by_text("This is not an e-mail address.")).to_be_visible()
    is_sound(page)
    page.get_by_role("button", name="Write the rows that do not clash").click()
    expect(page.get_by_text("Added: 1. Changed: 0. Left out: 1.")).to_be_visible()


def test_pages_have_names_for_everything(somebody):
    finn = somebody("finn@example.org")
    for path in ("", "leaders/leader/", "leaders/leader/add/", "leaders/cohort/add/", "community/space/add/"):
        page = finn.goes_to(f"/admin/{path}")
        page.wait_for_load_state("networkidle")
        is_sound(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_admin_looks_at_what_was_sent(somebody, width):
    page = somebody("finn@example.org", width=width).goes_to("/admin/community/mail/")
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    expect(page.get_by_role("img", name="Sent ")).to_be_visible()
    page.get_by_text("The figures of each day").click()
    is_sound(page)
    page.get_by_label("State:").select_option("Sent")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="e-mail")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    is_sound(page)
    assert complaints == []


STRANDED = """
from community.models import Digest
from leaders.models import Leader
for number, leader in enumerate(Leader.objects.filter(email__in=["ben@example.org", "cleo@example.org"])):
    Digest.objects.filter(leader=leader).delete()
    Digest.objects.create(leader=leader, period="2026-01-01", state="failed", note="554 Looks like spam")
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_admin_has_several_sent_again(site, somebody, width):
    site.does(STRANDED)
    page = somebody("finn@example.org", width=width).goes_to("/admin/community/mail/?state=failed")
    expect(page.get_by_role("table", name="E-mails that did not arrive")).to_be_visible()
    for box in page.get_by_role("checkbox", name="Send again to").all():
        box.check()
    is_sound(page)
    page.get_by_role("button", name="Send the ticked ones again").click()
    expect(page.get_by_text("2 did not arrive and can go out again.")).to_be_visible()
    is_sound(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Send 2 again").click()
    expect(page.get_by_text("2 e-mails go out within minutes")).to_be_visible()
