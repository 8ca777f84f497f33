"""By password, by code, and what strangers cannot learn from the answers."""

import re
import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leaders.models import Leader

LOGIN = "/accounts/login/"


@pytest.fixture
def ana(ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


def the_code() -> str:
    """The code in the latest e-mail."""
    pattern = r"^\s*([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$"
    return re.search(pattern, mail.outbox[-1].body, re.MULTILINE).group(1)


def is_signed_in(client) -> bool:
    return client.get("/settings/").status_code == 200


def test_ana_signs_in_by_password(client, ana):
    answer = client.post(LOGIN, {"login": "ana@example.org", "password": "collaborate-demo"})
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_ana_types_her_address_in_capitals(client, ana):
    client.post(LOGIN, {"login": "Ana@Example.ORG", "password": "collaborate-demo"})
    assert is_signed_in(client)


def test_ana_signs_in_by_code(client, ana):
    client.post("/accounts/login/code/", {"email": "ana@example.org"})
    client.post("/accounts/login/code/confirm/", {"code": the_code()})
    assert is_signed_in(client)


def test_a_code_comes_from_a_machine_on_no_list_under_one_name_however_often_it_is_sent(client, ana):
    client.post("/accounts/login/code/", {"email": "ana@example.org"})
    [letter] = mail.outbox
    first, again = letter.message(), letter.message()
    assert first["Message-ID"] == again["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{32}@[a-z.]+>", first["Message-ID"])
    assert first["Auto-Submitted"] == "auto-generated"
    for header in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"):
        assert header not in first


def test_wrong_code_three_times_ends_the_try(client, ana):
    client.post("/accounts/login/code/", {"email": "ana@example.org"})
    code = the_code()
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_signed_in(client)


def test_leader_whom_an_admin_brought_signs_in_by_code(client, db):
    hana = Leader.objects.create_user("hana@example.org", name="Hana Ives", joined_at=timezone.now())
    EmailAddress.objects.create(user=hana, email=hana.email, verified=False, primary=True)
    client.post("/accounts/login/code/", {"email": "hana@example.org"})
    client.post("/accounts/login/code/confirm/", {"code": the_code()})
    assert is_signed_in(client)
    assert EmailAddress.objects.get(user=hana).verified


def test_wrong_password_is_422_with_the_address_kept(client, ana):
    answer = client.post(LOGIN, {"login": "ana@example.org", "password": "wrong-password"})
    assert answer.status_code == 422
    assert "ana@example.org" in answer.content.decode()
    assert not is_signed_in(client)


def without_tokens(answer, email: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(email, "…")


@pytest.mark.parametrize(
    ("address", "field", "more"),
    [
        (LOGIN, "login", {"password": "wrong-password"}),
        ("/accounts/login/code/", "email", {}),
        ("/accounts/signup/", "email", {}),
        ("/accounts/password/reset/", "email", {}),
    ],
)
def test_known_and_unknown_address_get_the_same_answer(client, ana, address, field, more):
    answers = []
    for email in ("ana@example.org", "ono@example.org"):
        client.cookies.clear()
        answer = client.post(address, {field: email, **more}, follow=True)
        answers.append((answer.status_code, answer.redirect_chain, without_tokens(answer, email)))
    assert answers[0] == answers[1]


def test_signing_up_with_a_known_address_makes_no_second_account(client, ana):
    client.post("/accounts/signup/", {"email": "ana@example.org"})
    assert Leader.objects.count() == 1
    assert mail.outbox[-1].to == ["ana@example.org"]


@pytest.mark.django_db(transaction=True)
def test_signing_up_three_times_at_once_makes_one_account(db):
    answers = []

    def try_it():
        answers.append(Client().post("/accounts/signup/", {"email": "one@example.org"}).status_code)
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {302, 429}  # one who waits too long for the count is told to wait
    assert Leader.objects.count() == 1


def test_ana_moves_to_another_address(client, ana):
    client.post(LOGIN, {"login": "ana@example.org", "password": "collaborate-demo"})
    client.post("/accounts/reauthenticate/", {"password": "collaborate-demo"})
    client.post("/accounts/email/", {"email": "Ana@Moor.example.org", "action_add": ""})
    client.post(reverse("account_email_verification_sent"), {"code": the_code()})
    ana.refresh_from_db()
    assert ana.email == "ana@moor.example.org"


@pytest.mark.parametrize("email", ["", "not an address", "a\x00b@example.org", "a@" + "b" * 300 + ".org"])
def test_no_address_is_422(client, db, email):
    for address in ("/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"):
        assert client.post(address, {"email": email}).status_code == 422
    assert client.post(LOGIN, {"login": email, "password": "x"}).status_code == 422


def test_guessing_is_slowed_down(client, ana):
    for _ in range(5):
        client.post(LOGIN, {"login": "ana@example.org", "password": "wrong-password"})
    answer = client.post(LOGIN, {"login": "ana@example.org", "password": "collaborate-demo"})
    assert "Too many attempts" in answer.content.decode()
    assert not is_signed_in(client)


def test_asking_for_codes_without_end_fills_no_mailbox(client, ana):
    for _ in range(5):
        client.cookies.clear()
        answer = client.post("/accounts/login/code/", {"email": "ana@example.org"})
    assert answer.status_code == 422
    assert len(mail.outbox) == 3


def test_hurry_from_one_address_is_told_in_our_own_words(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    for email in ("one@example.org", "two@example.org"):
        client.cookies.clear()
        answer = client.post("/accounts/signup/", {"email": email})
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()


def test_mail_server_that_refuses_is_said_in_a_sentence(client, ana, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = client.post("/accounts/login/code/", {"email": "ana@example.org"})
    assert answer.status_code == 503
    assert "could not be sent" in answer.content.decode()


def test_leader_without_a_password_sets_one(client, browse, db):
    hana = Leader.objects.create_user("hana@example.org", name="Hana Ives", joined_at=timezone.now())
    EmailAddress.objects.create(user=hana, email=hana.email, verified=True, primary=True)
    assert "You have no password" in browse(hana).get("/settings/security/").content.decode()
    secret = "a-long-walk-in-the-rain"
    client.post("/accounts/password/set/", {"password1": secret, "password2": secret})
    client.logout()
    client.post(LOGIN, {"login": "hana@example.org", "password": secret})
    assert is_signed_in(client)


def test_weak_password_is_refused_with_a_sentence(browse, db):
    hana = Leader.objects.create_user("hana@example.org", name="Hana Ives", joined_at=timezone.now())
    answer = browse(hana).post("/accounts/password/set/", {"password1": "short", "password2": "short"})
    assert answer.status_code == 422
    hana.refresh_from_db()
    assert not hana.has_usable_password()


def test_admin_pages_use_the_same_door(client, ana, finn, browse, settings):
    settings.DEMAND_SECOND_FACTOR = False
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith(LOGIN)
    assert browse(ana).get("/admin/").status_code in (302, 403)
    assert browse(ana).get("/admin/login/").status_code == 403
    assert browse(finn).get("/admin/").status_code == 200


@pytest.mark.parametrize("address", ["/leaders/", "/leaders/ana/", "/settings/", "/join/", "/admin/"])
def test_signed_out_one_is_asked_to_sign_in(client, ana, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("address", ["/help/", "/house-rules/", "/privacy/", "/accessibility/"])
def test_some_pages_are_open_to_everybody(client, browse, ana, eli, address):
    assert client.get(address).status_code == 200
    assert browse(ana).get(address).status_code == 200
    assert browse(eli).get(address).status_code == 200
    assert client.post(address).status_code == 405


def test_eli_reads_why_until_when_and_how_to_appeal(browse, eli):
    eli.suspension_reason = "Named a patient <twice>."
    eli.save()
    for address in ("/", "/leaders/", "/settings/", "/join/", "/settings/second-factor/"):
        answer = browse(eli).get(address)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "Named a patient &lt;twice&gt;." in page
        assert "You may appeal" in page
        assert project.CONTACT_EMAIL in page
        assert 'href="/help/"' in page


def test_eli_comes_back_when_the_time_is_over(browse, eli):
    eli.suspended_until = timezone.now() - timedelta(seconds=1)
    eli.save()
    assert browse(eli).get("/settings/").status_code == 200


def test_eli_can_sign_out(client, browse, eli):
    browse(eli).post(reverse("account_logout"))
    assert client.get("/settings/").status_code == 302


def test_account_that_was_closed_does_not_come_in(browse, ana):
    client = browse(ana)
    Leader.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get("/settings/").status_code == 302
