"""Two people among themselves, and a session that its host ends: each person in a browser of their own."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.e2e.test_chat import hears, says
from tests.e2e.test_every_page import faults

LONDON = ZoneInfo("Europe/London")
BEGIN = """
from datetime import timedelta
from django.utils import timezone
from community.models import Session
now, hour = timezone.now(), timedelta(hours=1)
Session.objects.filter(title="{title}").update(starts_at=now - hour, ends_at=now + hour)
"""


def test_two_people_talk_among_themselves(somebody):
    cleo, dara = somebody("cleo@example.org"), somebody("dara@example.org", width=360)
    theirs = dara.goes_to("/conversations/")
    expect(theirs.get_by_role("heading", name="No conversations yet")).to_be_visible()
    mine = cleo.goes_to("/leaders/dara/")
    mine.get_by_role("link", name="Write to Dara").click()
    assert faults(mine) == []
    mine.get_by_label("Your first message").fill("May I ask you something?")
    mine.get_by_role("button", name="Send").click()
    hears(mine, "May I ask you something?")
    assert faults(mine) == []

    expect(theirs.locator("#conversation-counter")).to_have_text(re.compile("^1"))
    theirs.reload()
    row = theirs.locator(".row--new")
    expect(row).to_contain_text("Cleo")
    row.get_by_role("link").click()
    hears(theirs, "May I ask you something?")
    expect(theirs.locator("#conversation-counter")).to_be_hidden()
    says(theirs, "Of course.")
    hears(mine, "Of course.")
    assert faults(theirs) == []

    mine.get_by_text("2 people can read this").click()
    mine.get_by_role("link", name="Add somebody").click()
    expect(mine.get_by_label("Whom do you want to add?")).to_be_visible()
    mine.wait_for_load_state()
    mine.get_by_label("Whom do you want to add?").press_sequentially("@ben")
    mine.get_by_role("option").first.click()
    assert faults(mine) == []
    mine.get_by_role("button", name="Add").click()
    hears(theirs, "who sees what is said from now on")
    third = somebody("ben@example.org")
    third.goes_to(theirs.url.removeprefix(third.site.url).partition("#")[0].partition("?")[0])
    hears(third.page, "who sees what is said from now on")
    expect(third.page.get_by_text("Of course.")).to_have_count(0)

    theirs.get_by_text("3 people can read this").click()
    theirs.get_by_role("link", name="Leave the conversation").click()
    assert faults(theirs) == []
    theirs.get_by_role("button", name="Leave").click()
    hears(third.page, "Dara Fenwhistle has left.")
    expect(theirs.get_by_role("heading", name="No conversations yet")).to_be_visible()


def test_a_session_is_hosted_and_ended(somebody, site):
    title = "Rotas before Easter"
    dara, ana = somebody("dara@example.org"), somebody("ana@example.org", width=360)
    page = dara.goes_to("/spaces/the-open-floor/sessions/")
    page.get_by_role("link", name="Plan a session").first.click()
    assert faults(page) == []
    tomorrow = datetime.now(LONDON) + timedelta(days=1)
    page.get_by_label("What is it called?").fill(title)
    page.get_by_label("Day").fill(f"{tomorrow:%Y-%m-%d}")
    page.get_by_label("Starts at").fill("18:30")
    page.get_by_label("Ends at").fill("19:30")
    page.get_by_role("button", name="Plan the session").click()
    expect(page.get_by_text("This session has not begun.")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as calendar:
        page.get_by_role("link", name="Put it into my calendar").click()
    assert "DTSTART" in calendar.value.path().read_text()

    site.does(BEGIN.format(title=title))
    theirs = ana.goes_to("/spaces/the-open-floor/")
    theirs.get_by_role("link", name=title).click()
    expect(theirs.locator("[data-live-state]")).to_have_text("Connected")
    assert faults(theirs) == []
    says(theirs, "Good evening.")
    page.reload()
    hears(page, "Good evening.")
    theirs.get_by_label("Your message").fill("Half a sentence")
    page.get_by_text("For the host").click()
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_text("This session has ended.").first).to_be_visible()
    expect(theirs.get_by_text("This session has ended.")).to_be_visible()
    expect(theirs.get_by_label("Your message")).to_be_hidden()
    hears(theirs, "Good evening.")
    theirs.reload()
    hears(theirs, "Good evening.")
