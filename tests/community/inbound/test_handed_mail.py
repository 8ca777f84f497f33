"""Replies that a mail service hands in: read if it is signed, and by the same rules as at the door."""

import base64
from email.utils import parseaddr

import pytest
from django.test import Client

from community.inbound import incoming
from community.models import InboundMail
from tests.community.conftest import SECRET
from tests.mails import QUOTED, SAID

pytestmark = pytest.mark.django_db


def handed(to, words, secret=SECRET, by="ana@example.org", at="inbound", **more):
    """What the service posts about a message."""
    signed = {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    event = {
        "FromFull": {"Email": by, "Name": "Ana"},
        "From": by,
        "ToFull": [{"Email": to, "Name": ""}],
        "To": to,
        "OriginalRecipient": to,
        "Subject": "Re: Ben replied",
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "TextBody": words,
        "HtmlBody": "",
        "Headers": [{"Name": "Message-ID", "Value": "<one@mail.example>"}],
        "Attachments": [],
        **more,
    }
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/anymail/postmark/{at}/", event, "application/json", **signed)


def test_a_reply_with_a_photo_is_posted_without_it(postmark, ana, thread, address):
    photo = {
        "Name": "a.jpg",
        "Content": "A" * 4_000_000,
        "ContentType": "image/jpeg",
        "ContentLength": 3_000_000,
    }
    assert handed(address, SAID, Attachments=[photo]).status_code == 200
    incoming.read_due()
    assert thread.posts.last().body == SAID
    assert handed(address, SAID, Attachments=[{**photo, "Content": "A" * 6_000_000}]).status_code == 400


def test_what_is_handed_in_stands_in_the_thread(postmark, ana, thread, address):
    said = f"{SAID}\n\nOn Sun, 22 Nov 2026 at 14:00, Collaborate <collaborate@example.org> wrote:\n\n{QUOTED}"
    assert handed(address, said).status_code == 200
    assert InboundMail.objects.get().state == "waiting"
    incoming.read_due()
    assert (thread.posts.last().author, thread.posts.last().body) == (ana, SAID)
    assert InboundMail.objects.get().raw is None


def test_nobody_else_hands_in(postmark, address):
    assert handed(address, SAID, secret="hook:another").status_code == 400
    assert not InboundMail.objects.exists()


def test_what_was_handed_in_at_the_wrong_address_is_refused_and_said_to_the_operator(
    postmark, address, caplog
):
    assert handed(address, SAID, at="tracking").status_code == 400
    assert "reports to the wrong address" in caplog.text
    assert not InboundMail.objects.exists()


def test_handed_in_twice_is_posted_once(postmark, thread, address):
    for _ in range(2):
        assert handed(address, SAID).status_code == 200
    incoming.read_due()
    assert sorted(InboundMail.objects.values_list("state", "reason")) == [
        ("dropped", "repeated"),
        ("posted", ""),
    ]
    assert thread.posts.filter(body=SAID).count() == 1


def test_an_answer_while_away_is_dropped(postmark, thread, address, mailoutbox):
    handed(address, "I am away.", Headers=[{"Name": "Auto-Submitted", "Value": "auto-replied"}])
    incoming.read_due()
    assert (InboundMail.objects.get().reason, mailoutbox) == ("machine", [])


def test_an_unknown_address_is_told_to_leaders_alone(postmark, ana, mailoutbox, settings):
    settings.INBOUND_ADDRESS = "reply@inbound.example.org"
    handed("reply+" + "0" * 32 + "@inbound.example.org", SAID)
    handed(
        "ana@example.org", SAID, by="eve@evil.example", Headers=[{"Name": "Message-ID", "Value": "<two@x>"}]
    )
    incoming.read_due()
    assert {row.reason for row in InboundMail.objects.all()} == {"key"}
    assert [parseaddr(letter.to[0])[1] for letter in mailoutbox] == ["ana@example.org"]
