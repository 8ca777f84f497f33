"""Letters as a mail server gets them: what stands in their headers, and what does not."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community import errands
from community.mail import digest, letters
from community.models import Digest, Letter
from leaders import preferences
from leaders.models import Consent, Leader, MailPreferences
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r"https?://[^\s\"<>)]+")


@pytest.fixture
def sent(ana, ben, thread, sink):
    """A digest and an e-mail about a notice, for two people each."""
    for leader in (ana, ben):
        preferences.choose_digest(leader, "daily", source="joining")
        Digest.objects.create(leader=leader, period="2026-01-01")
    make_reply(thread, ben, "@ana, what do you think?")
    make_reply(thread, ana, "@ben, this.")
    errands.run()
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    make_thread(thread.space, ana, "Evenings")
    make_thread(thread.space, ben, "Mornings")
    digest.deliver()
    assert sorted(sink.envelopes) == ["ana@example.org"] * 2 + ["ben@example.org"] * 2
    return sink.letters


def mailing(letter) -> str:
    return "digest" if "digest" in letter["List-Id"] else "notices"


def test_each_says_which_list_it_is_of_and_that_no_person_sent_it(sent):
    for letter in sent:
        name = mailing(letter)
        assert letter["List-Id"].startswith(f"Collaborate {name} <{name}.")
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"  # so that Exchange sends no answer
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(r"<https?://[^>\s]+/unsubscribe/[^>\s]+/>", letter["List-Unsubscribe"].strip())
        assert len(letter.get_all("To")) == 1
        assert letter["Cc"] is letter["Bcc"] is None


def test_what_names_a_list_names_nobody(ana, ben, sent):
    for header in ("Feedback-ID", "List-Id", "From"):
        for name in ("digest", "notices"):
            assert len({letter[header] for letter in sent if mailing(letter) == name}) == 1
    for letter in sent:
        own = " ".join(
            value
            for key, value in letter.items()
            if key not in ("To", "Subject", "List-Unsubscribe", "Reply-To")
        )
        assert not re.search(r"\b(ana|ben|brook|carrow)\b", own, re.IGNORECASE)
        assert MailPreferences.objects.get(leader=ana).key not in own


def test_each_is_text_and_html_without_pixels_or_roundabout_links(sent, settings):
    for letter in sent:
        assert letter.get_content_type() == "multipart/alternative"
        text, html = letter.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert "<img" not in html.get_content()
        assert "Hello" in text.get_content()
        assert all("To answer, follow" in part.get_content() for part in (text, html))
        links = ADDRESS.findall(text.get_content() + html.get_content())
        ours = [link for link in links if "w3.org" not in link]
        assert all(link.startswith(settings.SITE_URL) and "utm" not in link for link in ours)


def test_one_press_in_a_mail_program_stops_that_one_list_a_year_later_too(ana, sent, time_machine):
    Leader.objects.filter(pk=ana.pk).update(is_active=False)
    time_machine.move_to(timezone.now() + timedelta(days=370))
    for letter in [letter for letter in sent if "ana@" in letter["To"]]:
        address = letter["List-Unsubscribe"].strip(" <>").replace("http://localhost:8000", "")
        program = Client(enforce_csrf_checks=True)
        assert program.get(address).status_code == 200
        before = Consent.objects.count()
        assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert Consent.objects.count() == before + 1
        assert Consent.objects.first().kind == mailing(letter)
    mine = MailPreferences.objects.get(leader=ana)
    assert (mine.digest, mine.notices) == ("off", False)


def test_odd_names_and_titles_add_no_header_and_turn_no_writing(ana, ben, space, sink):
    Leader.objects.filter(pk=ana.pk).update(name='Ana "the\r\nBcc: eve@example.org" \u202eBrook')
    ana.refresh_from_db()
    preferences.choose_digest(ana, "daily", source="joining")
    thread = make_thread(space, ben, "=?utf-8?q?Hello?= " + "long " * 20)
    type(space).objects.filter(pk=space.pk).update(name="North\r\nX-Evil: yes \u202e" + "x" * 40)
    Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    [letter] = sink.letters
    assert sink.envelopes == ["ana@example.org"]
    assert letter["Bcc"] is letter["X-Evil"] is None
    assert "\u202e" not in letter["Subject"] + letter["To"]
    assert thread.title.split()[0] in letter.get_body(("plain",)).get_content()
    assert all(len(line) <= 998 for line in letter.as_bytes().splitlines())
