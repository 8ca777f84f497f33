"""Stopping the digest from a letter, with one press, without signing in; and choosing it in the settings."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.models.channels import OF_WHAT
from leaders import preferences
from leaders.models import Consent, Leader, MailPreferences

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(ana):
    return reverse(
        "unsubscribe", args=[preferences.token(preferences.choose_digest(ana, "weekly", source="joining"))]
    )


def choice(leader) -> str:
    return MailPreferences.objects.get(leader=leader).digest


@pytest.fixture
def stranger():
    """A mail program: no cookies, and the checks of a real server."""
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing(ana, address, stranger):
    assert "Stop the digest?" in stranger.get(address).content.decode()
    assert stranger.head(address).status_code == 200
    assert choice(ana) == "weekly"


def test_one_press_stops_it_at_once_and_is_recorded(ana, address, stranger):
    answer = stranger.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "The digest is stopped" in answer.content.decode()
    assert choice(ana) == "off"
    consent = Consent.objects.filter(leader=ana).first()
    assert (consent.choice, consent.source) == ("off", "unsubscribe link")


def test_a_year_later_still(ana, address, stranger, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=370))
    assert stranger.post(address).status_code == 200
    assert choice(ana) == "off"


def test_twice_is_as_good_as_once(ana, address, stranger):
    for _ in range(2):
        assert stranger.post(address).status_code == 200
    assert Consent.objects.filter(leader=ana, choice="off").count() == 1


@pytest.mark.parametrize("mailing", preferences.MAILINGS)
def test_whoever_holds_a_forwarded_letter_learns_nothing_of_what_was_chosen(ana, stranger, mailing):
    mine = preferences.choose_digest(ana, "weekly", source="joining")
    place = reverse("unsubscribe", args=[preferences.token(mine, mailing)])
    before = stranger.get(place).content
    preferences.unsubscribe(mine, mailing)
    assert stranger.get(place).content == before


def test_a_former_secret_key_still_holds(ana, address, stranger, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another-key-for-the-next-year" * 2,
    )
    assert stranger.post(address).status_code == 200


def test_even_the_suspended_and_somebody_elses_browser_may(ana, eli, address, browse):
    assert browse(eli).post(address).status_code == 200
    assert choice(ana) == "off"


@pytest.mark.parametrize("token", ["digest.x.y", "x", "digest", "%00", "é" * 300])
def test_a_wrong_token_is_not_found(token, stranger):
    for answer in (stranger.get(f"/unsubscribe/{token}/"), stranger.post(f"/unsubscribe/{token}/")):
        assert answer.status_code in (400, 404)


def test_a_token_for_another_list_stops_nothing(ana, address, stranger):
    key = MailPreferences.objects.get(leader=ana).key
    token = signing.Signer(sep=".", salt="unsubscribe").sign(f"other.{key}")
    assert stranger.post(reverse("unsubscribe", args=[token])).status_code == 404
    assert choice(ana) == "weekly"


def test_a_leader_chooses_when(ana, browse):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "18"}
    answer = browse(ana).post(reverse("settings_mail"), chosen, follow=True)
    assert "The next one is due on" in answer.content.decode()
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.digest, mine.digest_hour) == ("daily", 18)
    assert mine.next_digest.astimezone(ana.zone).hour == 18
    assert Consent.objects.get(leader=ana).source == "settings"


def test_switched_off_says_so(ana, browse):
    assert "You get none at present" in browse(ana).get(reverse("settings_mail")).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"digest": "hourly"}, {"digest": ""}, {"digest_hour": "24"}, {"digest_weekday": "x"}]
)
def test_bad_input_is_told_and_nothing_is_kept(ana, wrong, browse):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "18", **wrong}
    answer = browse(ana).post(reverse("settings_mail"), chosen)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not MailPreferences.objects.filter(leader=ana).exists()


def test_a_leader_chooses_days(ana, browse):
    chosen = {"digest": "days", "digest_days": ["4", "1"], "digest_weekday": "0", "digest_hour": "18"}
    answer = browse(ana).post(reverse("settings_mail"), chosen, follow=True)
    assert answer.status_code == 200
    mine = MailPreferences.objects.get(leader=ana)
    assert mine.rhythm.words == "on Tuesday, Friday at 18:00"
    assert mine.next_digest.astimezone(ana.zone).weekday() in (1, 4)


def test_chosen_days_must_be_chosen(ana, browse):
    chosen = {"digest": "days", "digest_weekday": "0", "digest_hour": "18"}
    answer = browse(ana).post(reverse("settings_mail"), chosen)
    assert answer.status_code == 422
    assert "Choose at least one day." in answer.content.decode()


def test_one_can_be_away_for_a_while_not_for_ever(ana, browse):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "18"}
    for wrong, sentence in (
        ("2999-01-01", "within a year"),
        ("2026-01-01", "That day has passed"),
        ("soon", "Write a date"),
    ):
        answer = browse(ana).post(reverse("settings_mail"), {**chosen, "away_until": wrong})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


def test_leave_that_is_over_keeps_nobody_from_changing_something_else(ana, browse):
    yesterday = timezone.localdate() - timedelta(days=1)
    preferences.choose_digest(ana, "daily", source="joining", away_until=yesterday)
    chosen = {"digest": "weekly", "digest_weekday": "0", "digest_hour": "18"}
    assert browse(ana).post(reverse("settings_mail"), {**chosen, "away_until": yesterday}).status_code == 302
    assert choice(ana) == "weekly"
    today = timezone.localdate()
    assert browse(ana).post(reverse("settings_mail"), {**chosen, "away_until": today}).status_code == 302


def test_a_token_altered_in_any_place_is_not_found(ana, address, stranger):
    token = address.strip("/").rpartition("/")[2]
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        altered = f"/unsubscribe/{token[:place]}{other}{token[place + 1 :]}/"
        assert stranger.post(altered).status_code == 404, altered
    for altered in (token[:-1], token + "A", token.upper(), token.replace("digest", "notices")):
        assert stranger.post(f"/unsubscribe/{altered}/").status_code == 404
    assert choice(ana) == "weekly"


@pytest.mark.parametrize("door", ["unsubscribe", "less-mail", "mute"])
def test_a_deleted_account_and_a_broken_link_get_the_same_calm_answer(ana, address, stranger, door):
    mine = MailPreferences.objects.get(leader=ana)
    what = {"unsubscribe": "digest", "less-mail": preferences.LESS, "mute": f"{preferences.MUTE}-7"}[door]
    own = f"/{door}/{preferences.token(mine, what)}/"
    ana.delete()
    broken = f"/{door}/{preferences.token(mine, what)[:-5]}/"
    answers = [ask(place) for place in (own, broken) for ask in (stranger.get, stranger.post)]
    assert {answer.status_code for answer in answers} == {404}
    [words] = {answer.content for answer in answers}
    assert "There is nothing to stop here" in words.decode()
    assert not Consent.objects.exists()


def test_the_time_zone_is_chosen_beside_the_hour(ana, browse):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "7", "time_zone": "Pacific/Auckland"}
    page = browse(ana).post(reverse("settings_mail"), chosen, follow=True).content.decode()
    assert '<option value="Pacific/Auckland" selected>' in page
    ana.refresh_from_db()
    assert ana.time_zone == "Pacific/Auckland"
    assert MailPreferences.objects.get(leader=ana).next_digest.astimezone(ana.zone).hour == 7


@pytest.mark.parametrize("wrong", ["Mars/Olympus", "../etc/passwd", "Europe/London\x00"])
def test_a_time_zone_that_is_none_is_refused(ana, browse, wrong):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "7", "time_zone": wrong}
    assert browse(ana).post(reverse("settings_mail"), chosen).status_code == 422
    ana.refresh_from_db()
    assert ana.time_zone == "Europe/London"
    assert not MailPreferences.objects.filter(leader=ana).exists()


def test_a_zone_that_vanished_is_asked_for_anew_and_stays_until_it_is_chosen(ana, browse):
    Leader.objects.filter(pk=ana.pk).update(time_zone="Europe/Atlantis")
    client = browse(ana)
    assert (
        '<option value="" selected>Choose one</option>'
        in client.get(reverse("settings_mail")).content.decode()
    )
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "7"}
    assert client.post(reverse("settings_mail"), {**chosen, "time_zone": ""}).status_code == 302
    ana.refresh_from_db()
    assert (ana.time_zone, ana.zone.key) == ("Europe/Atlantis", "UTC")


def test_saving_the_page_again_says_nothing_new_and_puts_no_digest_off(ana, browse, time_machine):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "7", "thanks": "off"}
    browse(ana).post(reverse("settings_mail"), chosen)
    before = MailPreferences.objects.get(leader=ana).chosen_at
    time_machine.move_to(timezone.now() + timedelta(days=1))
    browse(ana).post(reverse("settings_mail"), {**chosen, "thanks": "site"})
    assert MailPreferences.objects.get(leader=ana).chosen_at == before
    assert Consent.objects.filter(leader=ana, kind="digest").count() == 1
    browse(ana).post(reverse("settings_mail"), {**chosen, "digest_hour": "8"})
    assert MailPreferences.objects.get(leader=ana).chosen_at > before


def test_another_text_is_agreed_to_anew(ana, monkeypatch):
    preferences.choose_digest(ana, "weekly", source="joining")
    monkeypatch.setattr(Consent, "TEXT_VERSION", "2027-01")
    preferences.choose_digest(ana, "weekly", source="settings")
    versions = Consent.objects.filter(leader=ana).values_list("text_version", flat=True)
    assert list(versions) == ["2027-01", "2026-11"]


def test_the_page_says_what_one_chose_last_of_each_kind_when_and_by_which_words(ana, browse):
    chosen = {"digest": "daily", "digest_weekday": "0", "digest_hour": "7", "notices": "on"}
    everything = dict.fromkeys(OF_WHAT, "mail")
    browse(ana).post(reverse("settings_mail"), {**chosen, **everything})
    browse(ana).post(reverse("settings_mail"), {**chosen, **everything, "digest": "off", "thanks": "site"})
    page = browse(ana).get(reverse("settings_mail")).content.decode()
    said = page.partition('id="agreed"')[2]
    assert "The digest never" in said
    assert "The digest every day" not in said
    assert "Somebody thanks me: on the site," in said
    assert said.count("text of 2026-11") == len(set(Consent.objects.values_list("kind", flat=True)))
