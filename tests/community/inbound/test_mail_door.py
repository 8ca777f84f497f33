"""The real door, a process of its own: what it takes, what it refuses, and how little it holds meanwhile."""

import contextlib
import os
import smtplib
import socket
import subprocess
import sys
from datetime import timedelta
from email.utils import parseaddr
from functools import partial

import psutil
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from community import errands
from community.mail import letters
from community.models import InboundMail, Letter
from tests.mails import SAID, mail
from tests.making import make_reply
from tests.processes import until
from tests.sink import free_port

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 1024 * 1024


@pytest.fixture
def doors(tmp_path):
    """Starts doors on the database of the test."""
    started = []
    database = os.environ["DATABASE_URL"].replace("/collaborate?", f"/{connection.settings_dict['NAME']}?")

    def open_one(kind="lmtp", **environment):
        port = free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "INBOUND_ADDRESS": "reply@inbound.example.org",
            "INBOUND_DOOR": f"{kind}://127.0.0.1:{port}",
            **environment,
        }
        command = [sys.executable, "manage.py", "receive_mail"]
        with (tmp_path / "door.log").open("a") as log:
            streams = {"stdout": log, "stderr": log, "cwd": django_settings.BASE_DIR}
            started.append(subprocess.Popen(command, env=environment, **streams))
        until(lambda: _answers(port))
        return port, psutil.Process(started[-1].pid), tmp_path / "door.log"

    yield open_one
    for process in started:
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def address(ana, ben, thread, sink):
    """Where ana may reply, as it stands in a letter that came to her mailbox."""
    make_reply(thread, ben, "What do you think, @ana?")
    errands.run()
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    letters.deliver()
    [letter] = [each for each in sink.letters if each["To"].startswith("Ana")]
    return parseaddr(letter["Reply-To"])[1]


def _answers(port):
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def test_a_letter_is_answered_and_the_reply_stands_in_the_thread(
    ana,
    ben,
    space,
    address,
    sink,
    doors,
    workers,
    browse,
):
    workers()
    port, _, log = doors()
    [letter] = [each for each in sink.letters if each["To"].startswith("Ana")]
    quoted = "\n".join(f"> {line}" for line in letter.get_body(("plain",)).get_content().split("\n"))
    raw = mail(
        letter["Reply-To"],
        f"{SAID}\n\nAr Sul, 22 Tach 2026 am 14:00, ysgrifennodd {letter['From']}:\n\n{quoted}",
        In_Reply_To=letter["Message-ID"],
        Subject=f"Re: {letter['Subject']}",
    )
    with smtplib.LMTP("127.0.0.1", port) as line:
        line.sendmail("ana@example.org", [address], raw)
    until(lambda: InboundMail.objects.filter(state="posted").exists())
    thread = space.threads.get()
    page = browse(ben).get(thread.get_absolute_url(), follow=True).content.decode()
    assert "It worked: fewer calls, and calmer mornings." in page
    assert "To reply by e-mail" not in page
    assert InboundMail.objects.get().raw is None
    said = log.read_text()
    for secret in ("ana@", address, "fewer calls"):
        assert secret not in said


@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_only_replies_are_taken_and_one_at_a_time(address, doors, kind):
    port, *_ = doors(kind)
    with {"lmtp": smtplib.LMTP, "smtp": smtplib.SMTP}[kind]("127.0.0.1", port) as line:
        line.ehlo()
        assert line.mail("eve@evil.example")[0] == 250
        assert line.rcpt("ana@example.org")[0] == 550
        assert line.rcpt("reply@inbound.example.org")[0] == 550
        assert line.rcpt("reply+00000000000000000000000000000000@inbound.example.org")[0] == 550
        assert line.docmd("DATA")[0] == 503
        assert line.rcpt(address)[0] == 250
        assert line.rcpt(address)[0] == 452
    assert not InboundMail.objects.exists()


def test_a_letter_of_fifty_megabytes_is_refused_and_never_held(address, doors):
    port, process, _ = doors()
    with smtplib.LMTP("127.0.0.1", port, timeout=120) as line:
        with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
            line.sendmail("ana@example.org", [address], b"x" * 50 * MEGABYTE)
        assert refusal.value.smtp_code == 552
    with smtplib.LMTP("127.0.0.1", port, timeout=120) as line:
        assert _sent(line, address, b"word word word word\r\n" * 100)[0] == 250
        before = process.memory_info().rss
        for body in (b"word " * 15 + b"\r\n", b"x" * 75):
            code, words = _sent(line, address, body * (50 * MEGABYTE // 75) + b"\r\n")
            assert (code, words.startswith(b"5.3.4")) == (552, True)
            assert process.memory_info().rss - before < 25 * MEGABYTE
        assert _sent(line, address, b"Still here.\r\n")[0] == 250
    assert InboundMail.objects.count() == 2


def test_whoever_never_ends_is_cut_off(address, doors):
    port, process, _ = doors()
    with smtplib.LMTP("127.0.0.1", port, timeout=120) as line:
        before = process.memory_info().rss
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            _sent(line, address, b"x" * 130 * MEGABYTE)
        assert process.memory_info().rss - before < 25 * MEGABYTE
    assert not InboundMail.objects.exists()


def test_without_a_database_the_other_side_keeps_it(doors):
    port, *_ = doors(DATABASE_URL="postgres://nobody@127.0.0.1:1/nowhere")
    with smtplib.LMTP("127.0.0.1", port) as line:
        line.ehlo()
        line.mail("ana@example.org")
        assert line.rcpt("reply+00000000000000000000000000000000@inbound.example.org")[0] == 451


def test_too_many_at_once_are_asked_to_come_back(doors):
    port, *_ = doors()
    with contextlib.ExitStack() as lines:
        knock = partial(socket.create_connection, ("127.0.0.1", port), 20)
        greetings = [lines.enter_context(knock()).recv(3) for _ in range(30)]
    assert greetings.count(b"220") in (19, 20)
    assert set(greetings[20:]) == {b"421"}
    until(lambda: _greeting(port) == b"220")


def _greeting(port):
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        return line.recv(3)


def _sent(line, address, body):
    line.ehlo()
    line.mail("ana@example.org")
    assert line.rcpt(address)[0] == 250
    assert line.docmd("DATA")[0] == 354
    head = f"From: ana@example.org\r\nMessage-ID: <{len(body)}@x>\r\n\r\n".encode()
    line.sock.sendall(head + body + b".\r\n")
    return line.getreply()
