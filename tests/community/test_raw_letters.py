"""Names, titles and spaces as nobody should write them, read as raw bytes at a real mail server."""

import email
import email.policy
import re
from email.header import decode_header, make_header

import pytest

from community import digest, letters, notices
from community.models import Digest, Letter, Space, Thread
from leaders import preferences
from leaders.models import Leader
from tests.making import make_reply, make_thread

pytestmark = pytest.mark.django_db

NASTY = [
    "Ana\r\nBcc: eve@example.org",
    "Ana\nX-Evil: 1\n\nA body",
    "Ana\r\n .\r\nMAIL FROM:<eve@example.org>",
    "\r\n.\r\n",
    "=?utf-8?q?Ana=0D=0ABcc:_eve@example.org?=",
    "=?utf-8?b?QW5hDQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?=",
    "=?us-ascii?q?Eve_=3Ceve=40example.org=3E?=",
    'Ana "the" Brook" <eve@example.org>, "',
    "Ana, eve@example.org; Ben:",
    "Ana (eve@example.org) <eve@example.org>",
    "\u202eAna\u202c\u2066 Brook\u2069\u200f\u200e\u061c",
    "Zoë Ångström 林 🌻",
    "\\Ana\\\\",
    "Ana\u2028Bcc: eve@example.org\u2029\u0085\u000b\u000c\x1b[31m",
    "A" * 120,
    "Å" * 120,
    "\u0000Ana".replace("\u0000", ""),
    ".",
]
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\u2028\u2029\u0085]")
ALLOWED = {
    "subject",
    "from",
    "to",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
    "reply-to",
    "references",
    "in-reply-to",
}


def headers_of(raw: bytes) -> list[tuple[str, str]]:
    """The header fields, as a mail server reads them: unfolded, one after another."""
    head = raw.partition(b"\r\n\r\n")[0]
    unfolded = re.sub(rb"\r\n[ \t]", b" ", head).decode("ascii")
    return [tuple(line.split(": ", 1)) for line in unfolded.split("\r\n")]


def is_sound(sink, leader) -> None:
    """One letter, to one person, with our headers once each and lines that every server takes."""
    [raw] = sink.raw
    assert sink.envelopes == [leader.email]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    fields = headers_of(raw)
    names = [name.lower() for name, _ in fields]
    assert len(names) == len(set(names))
    assert set(names) <= ALLOWED
    for _, value in fields:
        shown = str(make_header(decode_header(value)))
        assert not re.search(
            r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\u2028\u2029\u0085]", shown
        )
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert [address.addr_spec for address in message["To"].addresses] == [leader.email]
    assert [address.addr_spec for address in message["From"].addresses] == ["collaborate@example.org"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.defects == []


@pytest.fixture
def wild(request, ana, ben, space):
    """Names and titles in the database that no form would let in."""
    words = request.param
    Leader.objects.update(name=words[:120])
    Space.objects.update(name=words[:80])
    thread = make_thread(space, ben, "A thread", "A beginning.")
    Thread.objects.filter(pk=thread.pk).update(title=words[:160])
    thread.refresh_from_db()
    ana.refresh_from_db()
    preferences.choose_digest(ana, "daily", source="joining")
    return thread


@pytest.mark.parametrize("wild", NASTY, indirect=True, ids=range(len(NASTY)))
def test_a_digest_is_sound_whatever_stands_in_names_and_titles(wild, ana, sink):
    Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    is_sound(sink, ana)


@pytest.mark.parametrize("wild", NASTY, indirect=True, ids=range(len(NASTY)))
def test_an_e_mail_about_a_notice_is_sound_too(wild, ana, ben, sink):
    notices.announce_post(make_reply(wild, ben, "@ana, look"))
    Letter.objects.update(due_at=digest.timezone.now())
    letters.deliver()
    is_sound(sink, ana)


def test_words_without_a_break_are_broken_for_the_wire(ana, ben, space, sink):
    make_thread(space, ben, "A thread", "x" * 3000 + " " + "é" * 3000)
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    is_sound(sink, ana)


def test_a_line_with_a_dot_ends_no_letter(ana, ben, space, sink):
    make_thread(space, ben, "A thread", "Before\n\n.\n\n..\n\nAfter the dots")
    preferences.choose_digest(ana, "daily", source="joining")
    Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    is_sound(sink, ana)
    assert "After the dots" in sink.letters[0].get_body(["plain"]).get_content()
