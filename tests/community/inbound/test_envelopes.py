"""Messages as they should not come: read, or given up in a moment, and never a hole to fall through."""

import pytest

from community.inbound.envelopes import Unreadable, opened

HEAD = b"From: Ana <ana@example.org>\r\nMessage-ID: <1@mail.example>\r\n"
TEXT = HEAD + b"Content-Type: text/plain; charset="


def nested(deep):
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(deep))
    return HEAD + b"".join(levels) + b"Content-Type: text/plain\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        nested(90),
        HEAD + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nHello",
        HEAD + b"X-Long: " + b"a\r\n " * 200_000 + b"\r\n\r\nHello",
        HEAD + b"Subject: " + b"=?utf-8?Q?a?= " * 50_000 + b"\r\n\r\nHello",
        HEAD + b"Subject: =?utf-8?B?a?= =?utf-8?B?////?= =?x?Q?=FF?=\r\n\r\nHello",
        HEAD + b"\r\nHe\x00l\x01lo\xef\xbb\xbf",
        HEAD + "\r\n\u202eHel\u2066lo".encode(),
        (HEAD + b"\r\nHello").replace(b"\r\n", b"\n"),
        TEXT + b"undefined\r\n\r\nHello",
        TEXT + b"rot13\r\n\r\nHello",
        TEXT + b"unicode_escape\r\n\r\n\\ud800Hello",
        TEXT + b"utf-7\r\n\r\nHello+2AA-",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVs \r\nbG8 \r\n",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8K\r\n\r\n-- \r\nScanned on the way\r\n",
    ],
)
def test_odd_messages_are_read(raw):
    found = opened(raw)
    assert (found.sender, found.message_id) == ("ana@example.org", "<1@mail.example>")
    assert found.plain.strip() in ("Hello", "Uryyb")


@pytest.mark.parametrize(
    "raw",
    [
        nested(1_000),
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"Hello",
        HEAD + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\na\r\n" * 100_000,
        HEAD + b"Content-Type: text/plain" + b";" * 300_000 + b"\r\n\r\nHello",
    ],
)
def test_what_no_person_sends_is_given_up(raw):
    with pytest.raises(Unreadable):
        opened(raw)


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        (b"iso-8859-1", "Grüße’s".encode()),
        (b"us-ascii", "Grüße’s".encode("cp1252")),
        (b"utf-8", "Grüße’s".encode("cp1252")),
        (b"utf-16", "Grüße’s".encode("utf-16")),
        (b"no-such-thing", "Grüße’s".encode("cp1252")),
    ],
)
def test_programs_lie_about_their_signs(charset, words):
    assert opened(TEXT + charset + b"\r\n\r\n" + words).plain == "Grüße’s"


def test_what_was_spoilt_on_its_way_is_no_words():
    for words in (b"@@@@notbase64", b"!!!notbase64\r\n--zz", b"@"):
        assert opened(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + words).plain == ""


def test_lines_that_were_broken_to_be_sent_are_joined():
    raw = TEXT + b"utf-8; format=flowed\r\n\r\nWe tried it \r\nfor a month.\r\n\r\n-- \r\nAna\r\n"
    assert opened(raw).plain == "We tried it for a month.\n\n-- \nAna\n"


def test_words_around_an_image_belong_together_and_an_attached_letter_does_not():
    parts = [
        b"text/plain\r\n\r\nBefore.",
        b"image/png\r\nContent-Disposition: inline\r\n\r\nx",
        b"text/plain\r\n\r\nAfter.",
    ]
    parts.append(b"message/rfc822\r\n\r\nFrom: eve@evil.example\r\n\r\nAnother letter.")
    body = b"".join(b"--x\r\nContent-Type: " + part + b"\r\n" for part in parts)
    found = opened(HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + body + b"--x--\r\n")
    assert (found.plain, found.has_files) == ("Before.\n\nAfter.", True)


@pytest.mark.parametrize(
    ("said", "is_machine"), [("All", True), ("DR, OOF, AutoReply", True), ("None", False), ("DR, RN", False)]
)
def test_exchange_marks_what_it_writes_itself(said, is_machine):
    found = opened(HEAD + b"X-Auto-Response-Suppress: " + said.encode() + b"\r\n\r\nI am away until Monday.")
    assert found.is_from_machine is is_machine
