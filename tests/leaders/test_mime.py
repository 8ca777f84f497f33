"""A letter as bytes: the same message as Django makes, and nothing that a name or title could add to it."""

import email
import email.policy
import re
import uuid

import pytest
from django.core.mail.message import BadHeaderError

from leaders import mail, mime
from leaders.mime import Written

ODD = [
    "Plain words",
    "Zoë and the lines — “quoted” 💚",
    "long " * 60,
    "ö" * 300,
    "a" * 900,
    " two  spaces ",
    "=?utf-8?q?Hello?=",
    "\u202etfel",
    "tab\tbed",
    "",
]
PEOPLE = [
    "ana@example.org",
    "Ana Brook <ana@example.org>",
    '"Ana, \\"the\\" <eve@example.org>" <ana@example.org>',
    mail.formataddr(("Zoë " * 30, "ana@example.org")),
]


def letter(subject="Hello", text="Words", html="<p>Words</p>", to="ana@example.org", **headers):
    written = Written(
        mail.plain(subject), text, to=[to], headers={"Message-ID": "<1@example.org>", **headers}
    )
    written.attach_alternative(html, "text/html")
    return written


def parsed(content: bytes):
    message = email.message_from_bytes(content, policy=email.policy.default)
    head = [(name, " ".join(value.split())) for name, value in message.items() if "boundary" not in value]
    head = [(name, name == "Date" or value) for name, value in head]  # a second may have passed
    return head, [(dict(part.items()), part.get_content()) for part in message.iter_parts()]


def same(written) -> None:
    """What we write and what Django writes say the same, part by part and header by header."""
    content = written.as_bytes()
    assert parsed(content) == parsed(written.message().as_bytes(linesep="\r\n"))
    lines = content.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= mime.LINE_AT_MOST
    head = content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(re.match(rb"[A-Za-z-]+: ?| ", line) for line in head.split(b"\r\n"))


@pytest.mark.parametrize("subject", ODD)
def test_any_subject_is_what_django_makes_of_it(subject):
    same(letter(subject=subject))


@pytest.mark.parametrize("to", PEOPLE)
def test_any_name_is_what_django_makes_of_it_and_one_address_is_written_to(to):
    same(letter(to=to))
    assert mime.mailbox(to) == "ana@example.org"


@pytest.mark.parametrize(
    "words",
    [*ODD, "a\nb\r\nc\rd\n", "\n\n.\n..\nFrom here\n", "\x0b\x0c\u2028\u2029\x85", "é" * 999, "x" * 999],
)
def test_any_words_are_what_django_makes_of_them(words):
    same(letter(text=words or "-", html=words or "-"))


def test_a_subject_begins_beside_its_name_however_long_the_lines_of_the_letter():
    for words in ("é" * 999, "🙂" * 300, "x" * 2_000 + " \n" + "y" * 10):
        content = letter(subject="Ana — " + "long " * 30, html=words).as_bytes()
        assert re.search(rb"^Subject: =\?utf-8\?", content, re.MULTILINE)
        assert b"Content-Transfer-Encoding: quoted-printable" in content


def test_further_headers_stand_there_too(settings):
    settings.DEFAULT_FROM_EMAIL = "Zusammenarbeit für alle <hello@bücher.example>"
    written = letter(**{"List-Unsubscribe": f"<https://example.org/{'x' * 200}/>", "Feedback-ID": "a:b"})
    written.reply_to = ["reply+1@example.org"]
    same(written)
    assert mime.mailbox(settings.DEFAULT_FROM_EMAIL) == "hello@xn--bcher-kva.example"


@pytest.mark.parametrize("name", ["subject", "X-Odd", "to", "reply_to"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c\x0c", "\x1c", "\x85", "\u2028"])
def test_a_line_break_in_a_header_is_refused(name, end):
    written, value = letter(), f"a@example.org{end}Bcc: eve@example.org"
    if name == "X-Odd":
        written.extra_headers[name] = value
    else:
        setattr(written, name, value if name == "subject" else [value])
    with pytest.raises(BadHeaderError):
        written.as_bytes()


def test_no_two_letters_have_one_seam():
    seams = {re.search(rb'boundary="([^"]+)"', letter().as_bytes())[1] for _ in range(9)}
    assert len(seams) == 9


@pytest.mark.django_db
def test_the_server_gets_these_bytes(sink):
    written = letter(to=PEOPLE[2], text=".\n..a dot at the beginning\n")
    written.extra_headers["Message-ID"] = f"<{uuid.uuid4().hex}@example.org>"
    with mail.Line() as line:
        assert line.send(written).outcome == mail.Outcome.SENT
    assert sink.envelopes == ["ana@example.org"]
    assert sink.letters[0].get_body(["plain"]).get_content().split() == written.body.split()
