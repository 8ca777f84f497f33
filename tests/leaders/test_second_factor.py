"""Who looks after other people's words needs more than one key."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.DEMAND_SECOND_FACTOR = True


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("address", ["/", "/leaders/", "/settings/", "/settings/security/"])
def test_faculty_and_admins_are_led_to_set_one_up(browse, dara, finn, address):
    for person in (dara, finn):
        assert browse(person).get(address)["Location"] == "/settings/second-factor/"


def test_admin_pages_stay_closed_without_one(browse, finn):
    assert browse(finn).get("/admin/")["Location"] == "/settings/second-factor/"


def test_page_explains_it_and_leads_to_both_ways(browse, dara):
    page = browse(dara).get("/settings/second-factor/").content.decode()
    assert "needs more than one key" in page
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert 'href="/accounts/2fa/webauthn/add/"' in page


def test_nobody_else_is_made_to(browse, ana):
    assert browse(ana).get("/settings/").status_code == 200


def test_development_may_skip_it(browse, dara, settings):
    settings.DEMAND_SECOND_FACTOR = False
    assert browse(dara).get("/settings/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(browse, dara):
    RecoveryCodes.activate(dara)
    assert browse(dara).get("/settings/")["Location"] == "/settings/second-factor/"


def test_dara_sets_up_an_app_and_needs_it_from_then_on(client, browse, dara):
    EmailAddress.objects.create(user=dara, email=dara.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": dara.email, "password": "collaborate-demo"})
    assert "/accounts/reauthenticate/" in client.get("/accounts/2fa/totp/activate/")["Location"]
    client.post("/accounts/reauthenticate/", {"password": "collaborate-demo"})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert Authenticator.objects.filter(user=dara, type="totp").exists()
    assert client.get("/settings/").status_code == 200

    client.logout()
    answer = client.post("/accounts/login/", {"login": dara.email, "password": "collaborate-demo"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/settings/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 422


def test_recovery_code_opens_the_door_once(client, ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(ana).get_unused_codes()[0]
    for works in (True, False):
        client.logout()
        client.post("/accounts/login/", {"login": ana.email, "password": "collaborate-demo"})
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert (client.get("/settings/").status_code == 200) is works


def test_code_by_mail_does_not_go_around_it(client, ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    client.post("/accounts/login/code/", {"email": ana.email})
    code = next(
        line.strip() for line in mail.outbox[-1].body.splitlines() if "-" in line and len(line.strip()) < 10
    )
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/settings/").status_code == 302


def test_security_page_tells_what_ana_has(browse, ana):
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    page = browse(ana).get("/settings/security/").content.decode()
    assert "You use an authenticator app." in page
    assert "You have no recovery codes." in page
    assert "You have a password." in page
