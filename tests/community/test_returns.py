"""What a mail service reports: heard if it is signed, once, and about letters of ours alone."""

import base64
import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from collaborate import hooks
from community.mail import digest, letters
from community.models import Digest, Letter, Notice
from leaders import mail, preferences
from leaders.models import Consent, Leader, MailPreferences
from tests.community.conftest import SECRET
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db
TRACKING = "/anymail/postmark/tracking/"
PERMANENT = {"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 5.1.1 No such person"}
COMPLAINT = {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}


def report(event, secret=SECRET, address=TRACKING, body=None):
    """What the service posts, signed or not."""
    signed = {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    body = json.dumps(event) if body is None else body
    return Client(enforce_csrf_checks=True).post(address, body, "application/json", **signed)


def about(row, event, **fields) -> dict:
    """An event about a letter."""
    return {**event, "Email": row.leader.email, "Metadata": {"letter": row.message_key.hex}, **fields}


@pytest.fixture
def news(ben, commons):
    return make_thread(commons, ben, "Saying no kindly")


@pytest.fixture
def sent(ana, news, mailoutbox) -> Digest:
    """A digest that the service took."""
    preferences.choose_digest(ana, "daily", source="joining")
    row = Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    row.refresh_from_db()
    assert row.state == "sent"
    return row


def everything() -> list:
    """All that a report may change."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Digest, Letter, Consent)]
    return [*rows, list(MailPreferences.objects.values())]


def test_nothing_is_mounted_unless_a_service_is_named():
    assert hooks.addresses([]) == []
    assert report({}).status_code in (302, 404)


def test_an_unknown_service_is_told_at_the_start():
    with pytest.raises(ImproperlyConfigured, match="no mail service “carrier pigeon”"):
        hooks.addresses(["carrier pigeon"])


def test_a_service_without_its_key_is_told_at_the_start(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    with pytest.raises(ImproperlyConfigured):
        hooks.addresses(["mailgun"])


@pytest.mark.parametrize("secret", ["", "hook:wrong", "hook", "\u00e9:\u00e9", SECRET + "x"])
def test_what_is_not_signed_changes_nothing_and_is_one_line_in_the_log(sent, postmark, secret, caplog):
    before = everything()
    for event in (PERMANENT, COMPLAINT):
        assert report(about(sent, event), secret).status_code == 400
    assert everything() == before
    said = [record for record in caplog.records if "was refused" in record.getMessage()]
    assert len(said) == 2
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("body", ["", "{", "[]", "[[]]", "null", "7", '{"RecordType": []}', "\ufeff", "{}"])
def test_what_cannot_be_read_is_refused_and_changes_nothing(sent, postmark, body):
    before = everything()
    assert report(None, body=body).status_code in (200, 400)
    assert everything() == before


def test_get_is_not_an_answer(postmark):
    assert Client().get(TRACKING).status_code == 405


def test_a_letter_that_came_back_marks_the_address_and_the_ledger(ana, sent, postmark):
    assert report(about(sent, PERMANENT)).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.note) == ("bounced", "550 5.1.1 No such person")
    assert preferences.is_refused(ana)


def test_what_came_back_is_told_once_the_address_works(ana, sent, postmark, mailoutbox):
    report(about(sent, PERMANENT))
    preferences.try_again(ana)
    Digest.objects.create(leader=ana, period="2026-01-02")
    digest.deliver()
    assert ["Saying no kindly" in letter.body for letter in mailoutbox] == [True, True]


def test_what_earlier_digests_told_stays_told(ana, ben, news, sent, postmark, mailoutbox):
    make_reply(news, ben, "And briefly.")
    second = Digest.objects.create(leader=ana, period="2026-01-02")
    digest.deliver()
    report(about(second, PERMANENT))
    preferences.try_again(ana)
    Digest.objects.create(leader=ana, period="2026-01-03")
    digest.deliver()
    assert Digest.objects.get(period="2026-01-03").item_count == 1
    assert "And briefly." in mailoutbox[2].body


def test_it_is_found_by_its_message_id_too(ana, sent, postmark):
    ours = f"<{sent.message_key.hex}@example.org>"
    report({**PERMANENT, "Email": ana.email, "MessageID": ours})
    sent.refresh_from_db()
    assert sent.state == "bounced"


@pytest.mark.parametrize("kind", ["HardBounce", "Blocked"])
def test_a_report_about_another_address_is_noted_and_closes_nothing(ana, sent, postmark, kind, mailoutbox):
    report(about(sent, {**PERMANENT, "Type": kind}, Email="forwarded@elsewhere.example"))
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert sent.note == "It was reported to have come back from another address."
    assert not preferences.is_refused(ana)
    Digest.objects.create(leader=ana, period="2026-01-02")
    digest.deliver()
    assert len(mailoutbox) == 1  # what it told is not told again


@pytest.mark.parametrize(
    "words", ["smtp;552 5.2.2 Mailbox full", "550 5.2.2 Over quota", "552 no room", "5.2.2 full"]
)
def test_a_full_mailbox_is_not_the_address_fault(ana, sent, postmark, words, mailoutbox):
    report(about(sent, PERMANENT, Details=words))
    sent.refresh_from_db()
    assert (sent.state, sent.note) == ("failed", words)
    assert not preferences.is_refused(ana)
    Digest.objects.create(leader=ana, period="2026-01-02")
    digest.deliver()
    assert len(mailoutbox) == 2  # and the next digest tells what that one could not


def test_an_address_in_another_script_is_known_by_the_name_that_mail_servers_use(ana, sent, postmark):
    Leader.objects.filter(pk=ana.pk).update(email="ana@bücher.example")
    report(about(sent, PERMANENT, Email="Ana@xn--bcher-kva.example"))
    ana.refresh_from_db()
    assert preferences.is_refused(ana)


@pytest.mark.parametrize("kind", ["Blocked", "DMARCPolicy", "VirusNotification"])
def test_what_is_not_the_address_fault_leaves_it_alone(ana, sent, postmark, kind):
    report(about(sent, {**PERMANENT, "Type": kind}))
    sent.refresh_from_db()
    assert sent.state == "failed"
    assert not preferences.is_refused(ana)


def test_a_complaint_switches_that_list_off_with_a_record(ana, sent, postmark):
    report(about(sent, COMPLAINT))
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.digest, mine.notices) == ("off", True)
    consent = Consent.objects.filter(leader=ana).first()
    assert (consent.kind, consent.choice, consent.source) == ("digest", "off", "complaint")
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert sent.note == "The reader marked it as unwanted, so this list is switched off."


def test_a_complaint_about_notices_leaves_the_digest(ana, ben, news, postmark, mailoutbox):
    preferences.choose_digest(ana, "weekly", source="joining")
    post = news.posts.get()
    Notice.objects.create(leader=ana, kind="mention", space=news.space, thread=news, post=post, actor=ben)
    row = Letter.objects.create(leader=ana)
    letters.deliver()
    report(about(row, COMPLAINT))
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.digest, mine.notices) == ("weekly", False)


def test_stopping_at_the_service_stops_here(ana, sent, postmark):
    stop = {"RecordType": "SubscriptionChange", "SuppressionReason": "ManualSuppression"}
    report(about(sent, stop, SuppressSending=True, Recipient=ana.email))
    assert MailPreferences.objects.get(leader=ana).digest == "off"
    assert Consent.objects.filter(leader=ana).first().source == "mail service"


def test_a_repeat_changes_nothing_even_after_a_change_of_mind(ana, sent, postmark):
    for event in (COMPLAINT, PERMANENT):
        report(about(sent, event))
    preferences.choose_digest(ana, "weekly", source="settings")
    preferences.try_again(ana)
    Digest.objects.filter(pk=sent.pk).update(sent_at=timezone.now() - timedelta(days=1))
    before = everything()
    assert report(about(sent, PERMANENT)).status_code == 200
    assert everything() == before


def test_a_complaint_again_does_not_undo_a_change_of_mind(ana, sent, postmark):
    report(about(sent, COMPLAINT))
    preferences.choose_digest(ana, "weekly", source="settings")
    report(about(sent, COMPLAINT))
    assert MailPreferences.objects.get(leader=ana).digest == "weekly"


def test_nor_does_it_after_other_reports_of_the_same_letter(ana, sent, postmark):
    stop = {"RecordType": "SubscriptionChange", "SuppressionReason": "ManualSuppression"}
    reports = [
        about(sent, COMPLAINT),
        about(sent, {"RecordType": "Bounce", "Type": "Transient", "Details": "Mailbox busy"}),
        about(sent, stop, SuppressSending=True, Recipient=ana.email),
        about(sent, PERMANENT),
    ]
    for event in reports:
        report(event)
    preferences.choose_digest(ana, "weekly", source="settings")
    for event in reports:
        report(event)
    assert MailPreferences.objects.get(leader=ana).digest == "weekly"


def test_a_complaint_about_a_later_letter_stops_the_list_again(ana, ben, news, sent, postmark):
    report(about(sent, COMPLAINT))
    preferences.choose_digest(ana, "daily", source="settings")
    make_reply(news, ben, "And briefly.")
    later = Digest.objects.create(leader=ana, period="2026-01-02")
    digest.deliver()
    report(about(later, COMPLAINT))
    assert MailPreferences.objects.get(leader=ana).digest == "off"


def test_a_delay_at_the_service_is_noted(sent, postmark):
    report(about(sent, {"RecordType": "Bounce", "Type": "Transient", "Details": "Mailbox busy"}))
    sent.refresh_from_db()
    assert (sent.state, sent.note) == ("sent", "The mail service tries again: Mailbox busy")


@pytest.mark.parametrize("kind", ["Open", "Click", "Delivery", "Mystery"])
def test_nobody_is_watched(sent, postmark, kind):
    before = everything()
    assert report(about(sent, {"RecordType": kind}, OriginalLink="https://example.org")).status_code == 200
    assert everything() == before


@pytest.mark.parametrize("name", ["0" * 32, "x", "", None, 7, ["a"], {"b": 1}, "f" * 4000])
def test_unknown_letters_are_harmless(sent, postmark, name):
    before = everything()
    for event in (PERMANENT, COMPLAINT):
        lost = {**event, "Email": sent.leader.email, "MessageID": name, "Metadata": {"letter": name}}
        assert report(lost).status_code in (200, 400)
    assert everything() == before


def test_a_deleted_account_is_harmless(ana, sent, postmark):
    event = about(sent, PERMANENT)
    Leader.objects.filter(pk=ana.pk).delete()
    assert report(event).status_code == 200


def test_the_service_is_told_which_letter_it_is(ana, sent, settings):
    told = {"subject": "Hello", "key": sent.message_key, "context": {"bundle": letters.Bundle()}}
    for service, header in (("postmark", "X-PM-Metadata-letter"), ("amazon_ses", "X-Metadata")):
        settings.MAIL_SERVICES = [service]
        letter = mail.write(ana, template="notices", mailing="notices", **told)
        assert sent.message_key.hex in letter.extra_headers[header]
    settings.MAIL_SERVICES = ["mailgun"]
    headers = mail.write(ana, template="notices", mailing="notices", **told).extra_headers
    assert not any(name.startswith("X-") and sent.message_key.hex in text for name, text in headers.items())
