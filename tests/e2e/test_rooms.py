"""Two people among themselves, and a session that its host ends: each person in a browser of their own."""

import re
from datetime import UTC, datetime, timedelta
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


MEET = """
import uuid
from datetime import timedelta
from django.utils import timezone
from community.rooms import hosting
from community.models import Space
from leaders.models import Leader
now, dara = timezone.now(), Leader.objects.get(email="dara@example.org")
times = dict(starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=30))
space = Space.objects.get(slug="the-open-floor")
hosting.plan(space, by=dara, host=dara, title="{title}", uuid=uuid.uuid4(), **times)
"""
OVER = """
from datetime import timedelta
from django.utils import timezone
from community.models import Session
Session.objects.filter(title="{title}").update(ends_at=timezone.now() + timedelta(seconds={seconds}))
"""
HOURS = """
from datetime import time
from community.models import Space
times = dict(chat_days={days}, chat_from={opens}, chat_to={closes}, time_zone="UTC")
Space.objects.filter(slug="the-open-floor").update(**times)
"""
CLOSED = "This chat is closed now. What was said can still be read."
A_WHILE = 30_000  # the server looks every fifteen seconds when a room closes


def on_days(site, days):
    """The chat of the open floor is open all day on these days, or always."""
    opens, closes = ("time(0)", "time(23, 59, 59)") if days else (None, None)
    site.does(HOURS.format(days=days, opens=opens, closes=closes))


def waits_in_session(somebody, site, title):
    """Ana is in the room of a session, with half a sentence written."""
    site.does(MEET.format(title=title))
    page = somebody("ana@example.org").goes_to("/spaces/the-open-floor/")
    page.get_by_role("link", name=title).click()
    page.get_by_label("Your message").fill("Half a sentence")
    return page


def test_a_session_that_ends_by_itself_ends_on_open_pages(somebody, site):
    title = "Ends by itself"
    page = waits_in_session(somebody, site, title)
    expect(page.locator("[data-live-state]")).to_have_text("Connected")
    page.evaluate("performance.now = () => 0")  # whatever its own clock says
    site.does(OVER.format(title=title, seconds=1))
    expect(page.get_by_text("This session has ended.")).to_be_visible(timeout=A_WHILE)
    expect(page.get_by_text("Open now")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_be_hidden()
    assert faults(page) == []


def test_without_a_connection_the_page_itself_looks_when_a_session_ends(somebody, site):
    title = "Ends without a word"
    ana = somebody("ana@example.org")
    ana.page.route_web_socket(re.compile("/ws/"), lambda socket: None)
    ana.page.clock.install()
    page = waits_in_session(lambda email: ana, site, title)
    expect(page.locator("[data-live-state]")).to_have_text(re.compile("onnecting"))
    site.does(OVER.format(title=title, seconds=-1))
    expect(page.get_by_label("Your message")).to_be_visible()
    page.clock.fast_forward("31:00")
    expect(page.get_by_text("This session has ended.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_be_hidden()


def test_the_hours_of_a_chat_close_and_open_it_on_open_pages(somebody, site):
    on_days(site, [1, 2, 3, 4, 5, 6, 7])
    try:
        page = somebody("ana@example.org", width=360).goes_to("/spaces/the-open-floor/chat/?newest=1")
        expect(page.get_by_text("Open every day, 00:00 to 23:59")).to_be_visible()
        page.get_by_label("Your message").fill("Half a sentence")
        on_days(site, [datetime.now(UTC).isoweekday() % 7 + 1])
        expect(page.get_by_text(CLOSED)).to_be_visible(timeout=A_WHILE)
        expect(page.get_by_label("Your message")).to_be_hidden()
        assert faults(page) == []
        on_days(site, [1, 2, 3, 4, 5, 6, 7])
        expect(page.get_by_label("Your message")).to_be_visible(timeout=A_WHILE)
        expect(page.get_by_label("Your message")).to_have_value("Half a sentence")
        says(page, "Open again.")
        hears(page, "Open again.")
    finally:
        on_days(site, [])


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
