"""From an e-mail address to a leader among others."""

import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from leaders import joining
from leaders.models import Consent, HouseRules, HouseRulesAcceptance, Leader, MailPreferences

ANSWERS = {
    "name": "  Gwen   Hale ",
    "role": "Lead for partnerships",
    "organisation": "elm street surgery",
    "profession": "nurse",
    "digest": "weekly",
    "time_zone": "Europe/London",
    "rules": "1",
    "accept": "on",
}


@pytest.fixture
def gwen(db):
    """Somebody with a confirmed address, before the last step."""
    gwen = Leader.objects.create_user("gwen@example.org", handle="new-0001")
    EmailAddress.objects.create(user=gwen, email=gwen.email, verified=True, primary=True)
    return gwen


def the_code() -> str:
    """The code in the latest e-mail."""
    return re.search(r"^\s*([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)


def test_newcomer_joins_with_a_code_from_the_mail(client, rules, practice):
    client.post(reverse("account_signup"), {"email": "Gwen@Example.org"})
    answer = client.post(reverse("account_email_verification_sent"), {"code": the_code()}, follow=True)
    assert answer.redirect_chain[-1][0] == "/join/"
    assert "version 1" in answer.content.decode()

    answer = client.post("/join/", ANSWERS)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    gwen = Leader.objects.get(email="gwen@example.org")
    assert (gwen.name, gwen.handle, gwen.sort_name) == ("Gwen Hale", "gwen-hale", "gwen hale")
    assert (gwen.organisation, gwen.workplace) == (practice, "Elm Street Surgery")
    assert gwen.joined_at is not None
    assert not gwen.has_usable_password()
    assert gwen.rules_accepted.get().rules == rules
    assert gwen.mail_preferences.digest == "weekly"
    consent = gwen.consents.get()
    assert (consent.choice, consent.source) == ("weekly", "joining")


def test_newcomer_sees_nothing_before_the_last_step(browse, gwen, rules, ana):
    for address in ("/", "/leaders/", "/leaders/ana/", "/settings/"):
        assert browse(gwen).get(address)["Location"] == "/join/"


def test_newcomer_still_finds_help(browse, gwen):
    assert browse(gwen).get("/help/").status_code == 200


def test_digest_is_never_chosen_for_somebody(browse, gwen, rules):
    page = browse(gwen).get("/join/").content.decode()
    assert not re.search(r'name="digest"[^>]*checked', page)
    answer = browse(gwen).post("/join/", {**ANSWERS, "digest": ""})
    assert answer.status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter your name."),
        ("name", "12345", "Enter a name with at least one letter."),
        ("name", "Gwen\x00Hale", "characters that cannot be shown"),
        ("name", "Gwen\u202eHale", "characters that cannot be shown"),
        ("name", "G" * 121, "at most 120 characters"),
        ("role", " ", "Enter your role, in your own words."),
        ("organisation", "", "Enter where you work."),
        ("profession", "", "Choose your profession."),
        ("profession", "wizard", "Select a valid choice."),
        ("digest", "hourly", "Select a valid choice."),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("accept", "", "Please accept the house rules."),
        ("rules", "0", "The house rules have changed meanwhile."),
        ("rules", "9" * 40, "The house rules have changed meanwhile."),
        ("rules", "x", "The house rules have changed meanwhile."),
    ],
)
def test_bad_answer_gets_a_sentence_and_keeps_the_rest(browse, gwen, rules, field, typed, sentence):
    answer = browse(gwen).post("/join/", {**ANSWERS, field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if field != "role":
        assert "Lead for partnerships" in page
    gwen.refresh_from_db()
    assert gwen.joined_at is None
    assert not HouseRulesAcceptance.objects.exists()


def test_empty_form_is_bad_input_too(browse, gwen, rules):
    assert browse(gwen).post("/join/", {}).status_code == 422


def test_without_house_rules_joining_is_closed_with_a_sentence(browse, gwen):
    for answer in (browse(gwen).get("/join/"), browse(gwen).post("/join/", ANSWERS)):
        assert answer.status_code == 503
        assert "No house rules are in force" in answer.content.decode()


def test_rules_of_tomorrow_are_not_asked_today(browse, gwen, rules):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    HouseRules.objects.create(version=2, text="Later.", in_force_from=tomorrow)
    assert "version 1" in browse(gwen).get("/join/").content.decode()


def test_leader_cannot_join_twice(browse, ana, rules):
    assert browse(ana).post("/join/", ANSWERS)["Location"] == "/"
    ana.refresh_from_db()
    assert ana.name == "Ana Brook"
    with pytest.raises(PermissionDenied, match="joined already"):
        joining.join(
            ana,
            name="X",
            role="",
            organisation="",
            profession="",
            time_zone="UTC",
            digest="off",
            accepted=rules,
        )


def test_unknown_organisation_stays_as_typed(browse, gwen, rules):
    browse(gwen).post("/join/", {**ANSWERS, "organisation": "Oak Lane Practice"})
    gwen.refresh_from_db()
    assert (gwen.organisation, gwen.workplace) == (None, "Oak Lane Practice")


def test_two_of_one_name_get_two_handles(browse, gwen, rules):
    Leader.objects.create_user("other@example.org", name="Gwen Hale", joined_at=timezone.now())
    browse(gwen).post("/join/", ANSWERS)
    gwen.refresh_from_db()
    assert gwen.handle == "gwen-hale-2"


def test_handle_that_an_admin_gave_stays(browse, gwen, rules):
    Leader.objects.filter(pk=gwen.pk).update(handle="gwen-the-great")
    browse(gwen).post("/join/", ANSWERS)
    gwen.refresh_from_db()
    assert gwen.handle == "gwen-the-great"


@pytest.mark.django_db(transaction=True)
def test_joining_twice_at_once_is_joining_once(gwen, rules):
    answers = {key: value for key, value in ANSWERS.items() if key not in ("rules", "accept")}
    refused = []

    def try_it():
        try:
            joining.join(gwen, accepted=rules, **answers)
        except PermissionDenied as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["You have joined already."] * 2
    assert MailPreferences.objects.count() == Consent.objects.count() == 1


def test_new_version_is_asked_for_at_the_next_visit(browse, ana, rules):
    answer = browse(ana).get("/leaders/?name=ben")
    assert answer["Location"] == "/house-rules/accept/?next=%2Fleaders%2F%3Fname%3Dben"
    page = browse(ana).get(answer["Location"])
    assert "Never describe a <em>patient</em>" in page.content.decode()

    onward = browse(ana).post(answer["Location"], {"rules": "1", "accept": "on"})
    assert onward["Location"] == "/leaders/?name=ben"
    assert browse(ana).get("/leaders/").status_code == 200
    assert ana.rules_accepted.count() == 1


def test_accepting_needs_the_tick_and_the_version_shown(browse, ana, rules):
    assert browse(ana).post("/house-rules/accept/", {"rules": "1"}).status_code == 422
    assert browse(ana).post("/house-rules/accept/", {"rules": "7", "accept": "on"}).status_code == 422
    assert not HouseRulesAcceptance.objects.exists()


def test_accepting_never_leads_elsewhere(browse, ana, rules):
    answer = browse(ana).post(
        "/house-rules/accept/?next=https://evil.example/", {"rules": "1", "accept": "on"}
    )
    assert answer["Location"] == "/"


def test_rules_do_not_interrupt_a_form_or_a_script(browse, ana, rules):
    assert browse(ana).get("/leaders/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    assert browse(ana).post("/settings/photo/remove/")["Location"] == "/settings/profile/"


def test_accepted_rules_cost_no_query(browse, ana, rules, django_assert_num_queries):
    HouseRulesAcceptance.objects.create(rules=rules, leader=ana)
    client = browse(ana)
    client.get("/settings/")
    with django_assert_num_queries(
        3
    ):  # who I am and what I may read, my unread notices, whether mail came back
        client.get("/settings/")
    HouseRules.objects.create(version=2, text="Be kinder")
    assert client.get("/settings/").url.startswith("/house-rules/accept/")


def test_house_rules_cannot_carry_a_script(client, db):
    HouseRules.objects.create(version=1, text="Hi <script>alert(1)</script> [x](javascript:alert(1))")
    page = client.get("/house-rules/").content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "onward", ["x", "thread", "//evil.example", "javascript:alert(1)", "https://evil.example/"]
)
def test_the_way_on_after_the_rules_stays_here(browse, ana, onward):
    response = browse(ana).get("/house-rules/accept/", {"next": onward})
    assert response.status_code == 302
    assert response.url in ("/", onward if onward.isalpha() else "/")
