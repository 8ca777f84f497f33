"""Turning e-mails off from a letter, without signing in: only off, and nothing private is shown."""

import pytest
from django.test import Client
from django.urls import reverse

from community import errands
from community.models import Notice, NoticeChoice, Reading
from leaders import preferences
from leaders.models import Consent, MailPreferences
from tests.community.test_letters import ten_minutes_pass
from tests.making import make_reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(ana):
    return preferences.choose_digest(ana, "daily", source="joining")


@pytest.fixture
def address(mine):
    return reverse("less_mail", args=[preferences.token(mine, preferences.LESS)])


@pytest.fixture
def stranger():
    """A mail program: no cookies, and the checks of a real server."""
    return Client(enforce_csrf_checks=True)


def test_looking_changes_nothing_and_shows_nothing_private(ana, mine, address, stranger):
    seen = stranger.get(address)
    assert stranger.head(address).status_code == 200
    mine.refresh_from_db()
    assert (mine.digest, mine.notices) == ("daily", True)
    for fact in ("Ana", "ana@", "every day", "North cohort"):
        assert fact not in seen.content.decode()
    preferences.choose_digest(ana, "off", source="settings")
    assert stranger.get(address).content == seen.content


@pytest.mark.parametrize(
    ("what", "digest", "wants_notices"),
    [("slower", "weekly", True), ("digest", "off", True), ("notices", "daily", False)],
)
def test_a_press_turns_one_thing_off(mine, address, stranger, what, digest, wants_notices):
    for _ in range(2 if what != "slower" else 1):
        assert "Done." in stranger.post(address, {"what": what}).content.decode()
    mine.refresh_from_db()
    assert (mine.digest, mine.notices) == (digest, wants_notices)
    assert Consent.objects.filter(leader=mine.leader).first().source != "joining"


def test_one_kind_is_no_longer_mailed_and_still_stands_on_the_site(
    ana, ben, address, stranger, thread, mailoutbox
):
    stranger.post(address, {"what": "mention"})
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    assert mailoutbox == []
    assert Notice.objects.filter(leader=ana, kind="mention").exists()


def test_nothing_is_turned_on(ana, mine, address, stranger):
    NoticeChoice.objects.create(leader=ana, kind="thanks", channel="off")
    preferences.unsubscribe(mine, "digest")
    for what in ("thanks", "slower", "digest"):
        stranger.post(address, {"what": what})
    assert NoticeChoice.objects.get(leader=ana).channel == "off"
    assert MailPreferences.objects.get(leader=ana).digest == "off"


@pytest.mark.parametrize("what", ["", "daily", "case", "x" * 500])
def test_what_is_not_on_the_page_does_nothing(mine, address, stranger, what):
    assert stranger.post(address, {"what": what}).status_code == 400
    assert not NoticeChoice.objects.exists()


@pytest.mark.parametrize("door", ["less-mail", "mute", "unsubscribe"])
def test_a_token_opens_only_its_own_door(mine, stranger, door, thread):
    tokens = {
        "less-mail": preferences.token(mine, "less"),
        "mute": preferences.token(mine, f"mute-{thread.pk}"),
        "unsubscribe": preferences.token(mine, "digest"),
    }
    for name, token in tokens.items():
        assert stranger.get(f"/{door}/{token}/").status_code == (200 if name == door else 404)
    assert stranger.post(f"/{door}/{tokens[door][:-1]}/").status_code == 404


def test_a_letter_lets_one_mute_its_thread_without_signing_in(ana, ben, thread, stranger, mailoutbox):
    make_reply(thread, ben, "@ana, look")
    ten_minutes_pass()
    [line] = [line for line in mailoutbox[0].body.splitlines() if "Mute this thread" in line]
    door = line.partition(": http://localhost:8000")[2]
    seen = stranger.get(door)
    assert "Saying no kindly" not in seen.content.decode()
    assert Reading.objects.get(leader=ana, thread=thread).level == "watching"
    assert stranger.post(door).status_code == 200
    assert Reading.objects.get(leader=ana, thread=thread).level == "muted"
    make_reply(thread, ben, "@ana, again")
    errands.run()
    assert not Notice.objects.visible_to(ana).unread().exists()


def test_the_token_of_somebody_who_has_gone_is_not_found(ana, address, stranger):
    MailPreferences.objects.all().delete()
    assert stranger.post(address, {"what": "digest"}).status_code == 404
