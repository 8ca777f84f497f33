"""Letters: what stands in them, what cannot, and what became of them."""

import email
import email.policy
import re
import smtplib
import socket
import uuid
from contextlib import suppress
from threading import Thread

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from community.mail import digest
from community.mail.contents import Edition, Personal
from community.models import Digest
from leaders import mail, outcomes, preferences
from leaders.mail import Line
from leaders.models import Rhythm
from leaders.outcomes import Delivery, Outcome
from tests.making import make_thread

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=7)


def write(leader, **fields):
    mine = preferences.choose_digest(leader, "weekly", source="joining")
    edition = Edition(
        personal=[Personal("Ben mentioned you <here>", "http://localhost/posts/1/", {"mention"})]
    )
    context = {"edition": edition, "rhythm": Rhythm("weekly", 3, 7, leader.zone)}
    fields = {
        "template": "digest",
        "mailing": "digest",
        "subject": "3 new in North cohort",
        "key": KEY,
        "context": context,
        **fields,
    }
    return mine, mail.write(leader, **fields)


def parsed(letter) -> email.message.EmailMessage:
    return email.message_from_bytes(letter.message().as_bytes(), policy=email.policy.default)


def plain_letter(to="ana@example.org"):
    return EmailMultiAlternatives("Hello", "Words", to=[to])


def test_a_letter_has_the_headers_that_honest_mail_has(ana, settings):
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://c.example", "Collaborate <hello@c.example>"
    mine, letter = write(ana)
    message = parsed(letter)
    stop = f"https://c.example{reverse('unsubscribe', args=[preferences.token(mine)])}"
    assert message["To"] == "Ana Brook <ana@example.org>"
    assert message["Message-ID"] == f"<{KEY.hex}@c.example>"
    assert message["List-Unsubscribe"].strip() == f"<{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Bcc" not in message
    assert "Cc" not in message


def test_a_letter_about_ones_account_cannot_be_unsubscribed(ana):
    _, letter = write(ana, mailing="")
    assert "List-Unsubscribe" not in parsed(letter)


def test_text_and_html_say_the_same_and_neither_tracks(ana):
    message = parsed(write(ana)[1])
    assert message.get_content_type() == "multipart/alternative"
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert "Ben mentioned you <here>" in text
    assert "Ben mentioned you &lt;here&gt;" in html
    assert "<img" not in html
    assert "Stop it with one press: http" in text
    for part in (text, html):
        assert "once a week, on Thursday at 07:00" in part
        assert "not run or endorsed by the NHS" in part


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: eve@example.org",
        "Ana\nBcc: eve@example.org",
        "Ana\x00\x0b\u2028Bcc: eve@example.org",
        'Ana" <eve@example.org>, "',
        "Ana, eve@example.org",
        "Zoë <Ana> (Brook)",
    ],
)
def test_a_name_cannot_add_a_header_or_a_recipient(ana, name):
    type(ana).objects.filter(pk=ana.pk).update(name=name.replace("\x00", ""))
    ana.refresh_from_db()
    _, letter = write(ana, subject=f"3 new in {name}")
    message = parsed(letter)
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.org"]
    assert letter.recipients() == [letter.to[0]]
    assert "Bcc" not in message
    assert "\n" not in message["Subject"]


def test_marks_that_turn_the_writing_are_stripped_from_headers(ana):
    ana.name = "\u202eAna\u202c \u2066Brook\u2069\u200f"
    ana.save()
    assert parsed(write(ana, subject="\u202enews")[1])["To"] == "Ana Brook <ana@example.org>"
    assert mail.plain("\u202enews") == "news"


def test_marks_that_turn_the_writing_turn_no_letter(ana):
    ana.name = "\u202eAna\u2067 שלום"
    _, letter = write(ana, subject="\u202enews")
    whole = letter.body + letter.alternatives[0].content
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(whole)


def test_a_subject_begins_beside_its_name(ana):
    subject = "Ben Carrow mentioned you twice in “Saying no kindly”"
    raw = write(ana, subject=subject)[1].as_bytes()
    assert b"\r\nSubject: =?utf-8?" in b"\r\n" + raw
    assert email.message_from_bytes(raw, policy=email.policy.default)["Subject"] == subject


def test_one_connection_carries_many_letters(sink):
    with Line() as line:
        assert [line.send(plain_letter()).outcome for _ in range(3)] == [Outcome.SENT] * 3
    assert (len(sink.letters), sink.connections) == (3, 1)


def test_a_server_that_hangs_up_between_letters_gets_the_next_one_anew(sink):
    with Line() as line:
        line.send(plain_letter())
        sink.hang_up()
        assert line.send(plain_letter()).outcome == Outcome.SENT
    assert (len(sink.letters), sink.connections) == (2, 2)


def says_good_bye(sink) -> None:
    """Have it end its lines as servers do that were kept waiting: 421, and then nothing more."""
    for session in sink.sessions:
        loop = sink.controller.loop
        loop.call_soon_threadsafe(session._writer.write, b"421 4.4.2 Idle for too long\r\n")
        loop.call_soon_threadsafe(session.transport.close)


def test_a_server_that_says_good_bye_to_an_idle_line_gets_the_next_letter_anew(sink):
    with Line() as line:
        line.send(plain_letter())
        says_good_bye(sink)
        assert line.send(plain_letter()) == Delivery(Outcome.SENT)
        assert not line.is_down
    assert (len(sink.letters), sink.connections) == (2, 2)


def test_a_server_that_says_good_bye_at_once_gets_it_later(sink, monkeypatch):
    async def busy(self, server, session, envelope, address, options):
        return "421 4.3.2 Busy"

    monkeypatch.setattr(type(sink), "handle_MAIL", busy, raising=False)
    with Line() as line:
        first, second = line.send(plain_letter()), line.send(plain_letter())
    assert (first.outcome, first.note) == (Outcome.DEFERRED, "421 4.3.2 Busy")
    assert second.outcome == Outcome.DEFERRED
    assert sink.connections == 2


ENCRYPTED = "The line to the mail server could not be encrypted: "
SAID_OF = {"hangs up": "The (line to the )?mail server could not be (encrypted|reached): "}


class HalfWay:
    """A server that offers an encrypted line, or not, and fails at it; `heard` is what came before that."""

    def __init__(self, way: str):
        self.way, self.heard = way, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError):
                    self.talk(connection)

    def talk(self, connection):
        connection.sendall(b"220 half-way\r\n")
        for line in connection.makefile("rb"):
            self.heard.append(line)
            verb = line[:8].upper()
            if verb.startswith(b"EHLO"):
                offer = b"" if self.way == "not offered" else b"250-STARTTLS\r\n"
                connection.sendall(b"250-half-way\r\n" + offer + b"250 8BITMIME\r\n")
            elif verb.startswith(b"STARTTLS"):
                if self.way == "not now":
                    connection.sendall(b"454 4.7.0 Not now\r\n")
                    continue
                connection.sendall(b"220 Go ahead\r\n")
                if self.way == "nonsense":
                    connection.sendall(b"250 This is no handshake\r\n" * 50)
                return
            else:
                connection.sendall(b"250 OK\r\n")


@pytest.fixture(params=["not offered", "not now", "nonsense", "hangs up"])
def half_way(request, settings):
    server = HalfWay(request.param)
    settings.EMAIL_BACKEND, settings.EMAIL_USE_TLS = mail.DJANGO_SMTP, True
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    yield server
    server.listener.close()


def test_where_a_line_cannot_be_encrypted_nothing_leaves_and_the_ledger_says_so(half_way):
    with Line() as line:
        for _ in range(2):  # a line that failed half-way is not used for the next letter either
            tried = line.send(plain_letter())
            assert tried.outcome == Outcome.DEFERRED
            assert re.match(SAID_OF.get(half_way.way, ENCRYPTED), tried.note)
            assert line.is_down
    heard = b"".join(half_way.heard).upper()
    assert b"EHLO" in heard
    assert not any(word in heard for word in (b"MAIL FROM", b"RCPT", b"DATA", b"AUTH", b"ANA@"))


def test_a_digest_waits_until_the_line_can_be_encrypted(ana, ben, commons, half_way, sink, settings):
    make_thread(commons, ben, "Rotas")
    port, settings.EMAIL_BACKEND, settings.EMAIL_PORT = sink.port, mail.DJANGO_SMTP, half_way.port
    preferences.choose_digest(ana, "daily", source="joining")
    row = Digest.objects.create(leader=ana, period="2026-01-01")
    digest.deliver()
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("deferred", None)
    assert re.match(SAID_OF.get(half_way.way, ENCRYPTED), row.note)
    settings.EMAIL_USE_TLS, settings.EMAIL_PORT = False, port
    Digest.objects.update(due_at=timezone.now())
    digest.deliver()
    row.refresh_from_db()
    assert (row.state, len(sink.letters)) == ("sent", 1)


def test_a_refusal_for_good_and_one_for_now_are_told_apart(sink):
    sink.answers = {"gone@example.org": "550 No such person", "full@example.org": "452 Mailbox full"}
    with Line() as line:
        gone, full, fine = (line.send(plain_letter(f"{who}@example.org")) for who in ("gone", "full", "ana"))
    assert (gone.outcome, gone.note) == (Outcome.BOUNCED, "550 No such person")
    assert (full.outcome, full.note) == (Outcome.DEFERRED, "452 Mailbox full")
    assert fine.outcome == Outcome.SENT


def test_a_letter_refused_after_its_words_is_told_apart_too(sink):
    sink.after_data = "554 Looks like spam"
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.FAILED
        sink.after_data = "451 Try later"
        assert line.send(plain_letter()).outcome == Outcome.DEFERRED
        sink.after_data = sink.TAKEN
        assert line.send(plain_letter()).outcome == Outcome.SENT
    assert sink.connections == 1


def test_an_address_refused_for_who_we_are_is_not_the_address_fault(sink):
    sink.answers = {"ana@example.org": "550 5.7.1 Your network is on our list"}
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.FAILED


@pytest.mark.parametrize("answer", ["552 5.2.2 Over quota", "550 5.2.2 Mailbox full", "552 Quota exceeded"])
def test_a_full_mailbox_is_tried_again_whatever_its_server_calls_it(sink, answer):
    with Line() as line:
        sink.answers = {"ana@example.org": answer}
        assert line.send(plain_letter()).outcome == Outcome.DEFERRED
        sink.answers, sink.after_data = {}, answer
        assert line.send(plain_letter()).outcome == Outcome.DEFERRED


@pytest.mark.parametrize("answer", ["552 5.3.4 Too large", "552 5.2.3 Too long for this mailbox"])
def test_what_is_too_large_is_not_tried_again(sink, answer):
    sink.after_data = answer
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.FAILED


class HungUp(smtplib.SMTP):
    """Its server hangs up: before the words of a letter, or after them."""

    def __init__(self, heard):
        self.heard, self.sock = heard, self
        super().__init__()

    def sendall(self, data):
        self.sent = data

    def getreply(self):
        if self.heard and self.sent.startswith(b"data"):
            return 354, b"Go on"
        raise smtplib.SMTPServerDisconnected


@pytest.mark.parametrize(
    ("heard", "outcome"), [(False, smtplib.SMTPServerDisconnected), (True, outcomes.Unanswered)]
)
def test_only_a_server_that_heard_the_words_may_have_taken_them(heard, outcome):
    with pytest.raises(outcome):
        type("Line", (mail._Line, HungUp), {})(heard).data(b"Words")


def test_a_letter_that_cannot_be_written_is_given_up(sink):
    letter = plain_letter()
    letter.subject = "Two\nlines"
    with Line() as line:
        assert line.send(letter).outcome == Outcome.FAILED
        assert line.send(plain_letter()).outcome == Outcome.SENT


def test_what_somebody_waits_for_is_sent_again_where_nobody_knows(sink):
    sink.after_words = {"ana@example.org": None}
    assert mail.send_at_once(plain_letter()).outcome == Outcome.AMBIGUOUS
    assert sink.heard == ["ana@example.org"] * 2


def test_silence_after_the_words_is_ambiguous(sink):
    sink.after_data = None
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.AMBIGUOUS


def test_no_server_puts_it_off(sink, settings):
    sink.stop()
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.DEFERRED
        assert line.is_down


def test_every_other_failure_of_the_protocol_puts_it_off():
    for error in (
        smtplib.SMTPSenderRefused(550, b"No", "us@example.org"),
        smtplib.SMTPAuthenticationError(535, b"No"),
    ):
        assert outcomes.judge(error).outcome == Outcome.DEFERRED


@pytest.mark.parametrize("answer", ["250 Taken", "251 Not local, passed on", "200 Fine", "299 Why not"])
def test_every_yes_to_the_words_is_a_yes(sink, answer):
    sink.after_data = answer
    with Line() as line:
        assert [line.send(plain_letter()).outcome for _ in range(2)] == [Outcome.SENT] * 2
    assert (len(sink.heard), sink.connections) == (2, 1)


@pytest.mark.parametrize("answer", ["Fine with me", "354 Go on", "100 Perhaps", "25"])
def test_what_is_neither_yes_nor_no_after_the_words_is_ambiguous(sink, answer):
    sink.after_data = answer
    with Line() as line:
        assert line.send(plain_letter()).outcome == Outcome.AMBIGUOUS
        sink.after_data = sink.TAKEN
        assert line.send(plain_letter()).outcome == Outcome.SENT
    assert len(sink.heard) == 2


def test_a_domain_may_be_in_any_script(ana, sink):
    ana.email = "ana@exämple.org"
    with Line() as line:
        assert line.send(write(ana)[1]).outcome == Outcome.SENT
    assert sink.envelopes == ["ana@xn--exmple-cua.org"]
    assert sink.letters[0]["To"] == "Ana Brook <ana@xn--exmple-cua.org>"
