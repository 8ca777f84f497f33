"""Hours in which nothing is sent, and the offer to send less."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from community import errands
from community.mail import digest, letters
from community.models import Digest, Letter, Notice
from leaders import preferences
from leaders.models import Consent, Leader, MailPreferences
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

NIGHT = datetime(2030, 1, 15, 23, 30, tzinfo=UTC)
CHOSEN = {"digest": "daily", "digest_weekday": "0", "digest_hour": "8"}


@pytest.fixture
def asleep(ana, time_machine):
    """Ana is at rest from ten at night until seven."""
    time_machine.move_to(NIGHT, tick=False)
    Leader.objects.update(joined_at=NIGHT - timedelta(days=9))
    preferences.choose_digest(ana, "daily", source="settings", digest_hour=8, quiet_from=22, quiet_until=7)
    return ana


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [
        ((22, 7), 21, False),
        ((22, 7), 22, True),
        ((22, 7), 3, True),
        ((22, 7), 7, False),
        ((12, 14), 13, True),
        ((12, 14), 14, False),
        ((None, None), 3, False),
    ],
)
def test_quiet_hours_may_go_on_past_midnight(hours, hour, quiet):
    mine = MailPreferences(leader=Leader(), quiet_from=hours[0], quiet_until=hours[1])
    assert mine.is_quiet_at(hour) is quiet


@pytest.mark.parametrize(("zone", "ends"), [("Europe/London", 7), ("Europe/Helsinki", 5), ("UTC", 7)])
def test_they_end_at_the_hour_of_ones_own_zone(zone, ends):
    mine = MailPreferences(leader=Leader(time_zone=zone), quiet_from=22, quiet_until=7)
    assert mine.quiet_ends(NIGHT) == datetime(2030, 1, 16, ends, tzinfo=UTC)


def test_they_end_through_a_change_of_clocks():
    mine = MailPreferences(leader=Leader(), quiet_from=22, quiet_until=1)
    skipped = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert mine.quiet_ends(skipped) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert mine.quiet_ends(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) is None


def test_a_letter_waits_for_the_morning_and_is_checked_again(asleep, ben, thread, time_machine, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    time_machine.move_to(NIGHT + timedelta(minutes=11), tick=False)
    letters.deliver()
    row = Letter.objects.get()
    assert (mailoutbox, row.state, row.due_at.hour) == ([], "due", 7)
    time_machine.move_to(NIGHT + timedelta(hours=8), tick=False)
    letters.deliver()
    assert len(mailoutbox) == 1


def test_what_was_read_in_the_night_is_not_sent_in_the_morning(asleep, ben, thread, time_machine, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    errands.run()
    time_machine.move_to(NIGHT + timedelta(minutes=11), tick=False)
    letters.deliver()
    Notice.objects.update(read_at=timezone.now())
    time_machine.move_to(NIGHT + timedelta(hours=8), tick=False)
    letters.deliver()
    assert (mailoutbox, Letter.objects.get().state) == ([], "skipped")


def test_a_late_digest_does_not_come_in_the_night(asleep, ben, space, mailoutbox):
    make_thread(space, ben)
    Digest.objects.create(leader=asleep, period="2030-01-15", due_at=NIGHT - timedelta(hours=15))
    digest.deliver()
    assert mailoutbox == []
    assert Digest.objects.get().note == "It waits for the end of quiet hours."


def test_no_number_rises_in_the_night(asleep, ben, thread, monkeypatch):
    told = []
    keep = lambda topic, event: told.append((topic, event["type"]))  # noqa: E731
    monkeypatch.setattr("community.sockets.live.push", keep)
    make_reply(thread, ben, "@ana, look")
    errands.run()
    assert Notice.objects.filter(leader=asleep).exists()
    assert (f"leader:{asleep.pk}", "notices") not in told


def test_they_are_chosen_with_the_rest(ana, browse):
    answer = browse(ana).post(reverse("settings_mail"), {**CHOSEN, "quiet_from": "22", "quiet_until": "7"})
    assert answer.status_code == 302
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.quiet_from, mine.quiet_until) == (22, 7)
    page = browse(ana).get(reverse("settings_mail")).content.decode()
    assert "The digest every day" in page
    assert "text of 2026-11" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quiet_from": "22"}, "Choose both hours, or none."),
        ({"quiet_until": "7"}, "Choose both hours, or none."),
        ({"quiet_from": "7", "quiet_until": "7"}, "Choose another hour than the first one."),
        ({"quiet_from": "7", "quiet_until": "9"}, "This hour is one of your quiet hours."),
        ({"quiet_from": "24", "quiet_until": "7"}, "Select a valid choice"),
    ],
)
def test_half_of_them_or_a_digest_in_them_is_refused(ana, browse, wrong, sentence):
    answer = browse(ana).post(reverse("settings_mail"), {**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not MailPreferences.objects.filter(leader=ana).exists()


# --- Less often -----------------------------------------------------------------------------------------


def one_more_digest(leader, by, space) -> str:
    """What the next digest says."""
    make_thread(space, by)
    number = Digest.objects.count() + 1
    Digest.objects.create(leader=leader, period=f"2026-01-{number:02}")
    digest.deliver()
    return mail.outbox[-1].body


def test_after_three_digests_without_a_visit_the_fourth_offers_fewer_and_no_other(
    ana, ben, space, mailoutbox
):
    preferences.choose_digest(ana, "daily", source="joining")
    said = [one_more_digest(ana, ben, space) for _ in range(6)]
    assert ["We ask only once." in body for body in said] == [False, False, False, True, False, False]


def test_whoever_comes_by_is_not_asked(ana, ben, space, browse, mailoutbox):
    preferences.choose_digest(ana, "daily", source="joining")
    for _ in range(3):
        one_more_digest(ana, ben, space)
    browse(ana).get(reverse("spaces"))
    assert Leader.objects.get(pk=ana.pk).unvisited == 0
    assert "We ask only once." not in one_more_digest(ana, ben, space)


def test_whoever_comes_back_from_leave_is_welcomed_and_asked_with_the_next(ana, ben, space, mailoutbox):
    preferences.choose_digest(ana, "daily", source="joining")
    for _ in range(3):
        one_more_digest(ana, ben, space)
    Digest.objects.update(sent_at=timezone.now() - timedelta(days=20))
    MailPreferences.objects.filter(leader=ana).update(away_until=timezone.localdate())
    back, later = one_more_digest(ana, ben, space), one_more_digest(ana, ben, space)
    assert "welcome back." in back
    assert "We ask only once." not in back
    assert "We ask only once." in later


def test_the_site_asks_until_it_is_answered_once(ana, browse):
    preferences.choose_digest(ana, "daily", source="joining")
    MailPreferences.objects.update(slower_offered_at=timezone.now())
    page = reverse("settings_mail")
    assert "Shall it come less often?" in browse(ana).get(page).content.decode()
    assert browse(ana).get(reverse("slower")).status_code == 405
    browse(ana).post(reverse("slower"), {"answer": "keep"})
    assert "Shall it come less often?" not in browse(ana).get(page).content.decode()
    assert MailPreferences.objects.get(leader=ana).digest == "daily"


@pytest.mark.parametrize(("before", "after"), [("daily", "weekly"), ("days", "weekly"), ("weekly", "off")])
def test_less_often_is_the_next_slower_rhythm_and_is_recorded(ana, browse, before, after):
    preferences.choose_digest(ana, before, source="joining")
    MailPreferences.objects.update(slower_offered_at=timezone.now())
    browse(ana).post(reverse("slower"), {"answer": "slower"})
    assert MailPreferences.objects.get(leader=ana).digest == after
    assert Consent.objects.filter(leader=ana).first().choice == after
