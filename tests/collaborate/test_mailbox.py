"""The development mailbox shows what was sent, and is not there otherwise."""

import mailbox

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path / "mailbox")
    return mailbox.Maildir(settings.MAILBOX_DIR)


def keep(box, to="ana@example.org", subject="Your code", html="<head></head>Hi"):
    letter = EmailMultiAlternatives(subject, "Here: https://c.example/x/", to=[to])
    if html:
        letter.attach_alternative(html, "text/html")
    return box.add(letter.message().as_bytes())


def test_the_newest_letter_stands_first_and_one_persons_can_be_asked_for(client, box):
    for number in range(3):
        keep(box, subject=f"Letter {number}")
    keep(box, to="ben@example.org", subject="For ben")
    page = client.get(reverse("mailbox")).content.decode()
    places = [page.index(subject) for subject in ("For ben", "Letter 2", "Letter 1", "Letter 0")]
    assert places == sorted(places)
    page = client.get(reverse("mailbox") + "?to=ben@example.org").content.decode()
    assert "For ben" in page
    assert "Letter 0" not in page


def test_an_empty_mailbox_says_so(client, settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path / "not-there-yet")
    assert "No letters yet" in client.get(reverse("mailbox")).content.decode()


def test_a_letter_shows_text_headers_and_its_html_in_a_frame(client, box):
    key = keep(box, subject="<b>Code</b>")
    answer = client.get(reverse("mailbox_message", args=[key]))
    page = answer.content.decode()
    assert '<a href="https://c.example/x/"' in page
    assert "&lt;b&gt;Code" in page
    assert "<b>Code" not in page
    assert f'src="{reverse("mailbox_html", args=[key])}"' in page
    assert "frame-src 'self'" in answer["Content-Security-Policy"]


def test_the_html_runs_nothing_and_its_links_leave_the_frame(client, box):
    key = keep(box, html='<html><head></head><body><p style="color:red">Hi</p></body></html>')
    answer = client.get(reverse("mailbox_html", args=[key]))
    assert '<base target="_top">' in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_letter_without_html_has_no_frame(client, box):
    key = keep(box, html="")
    assert "<iframe" not in client.get(reverse("mailbox_message", args=[key])).content.decode()
    assert client.get(reverse("mailbox_html", args=[key])).status_code == 404


@pytest.mark.parametrize("key", ["unknown", "..", "..%2f..%2fetc%2fpasswd"])
def test_an_unknown_letter_is_not_found(client, box, key):
    for address in (f"/mailbox/{key}/", f"/mailbox/{key}/html/"):
        assert client.get(address).status_code == 404


def test_there_is_none_but_in_development(client, box, settings):
    key = keep(box)
    settings.DEVELOPMENT = False
    for address in ("/mailbox/", f"/mailbox/{key}/", f"/mailbox/{key}/html/"):
        assert client.get(address).status_code == 404
