"""An SMTP server on loopback that keeps what it gets and, when told so, misbehaves."""

import asyncio
import email
import email.policy
import socket
import threading
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Sink:
    """`letters` are what it took, `raw` their bytes, `heard` whose words came at all, taken or not.

    `answers` refuse recipients; `after_data` is the answer to the words, `after_words` that for one
    recipient. None hangs up without an answer.
    """

    TAKEN = "250 Taken"

    def __init__(self):
        self.letters: list[EmailMessage] = []
        self.envelopes: list[str] = []
        self.raw: list[bytes] = []
        self.heard: list[str] = []
        self.senders: list[str] = []
        self.answers: dict[str, str] = {}
        self.after_data: str | None = self.TAKEN
        self.after_words: dict[str, str | None] = {}
        self.pause = 0.0  # seconds before each answer to the words
        self.connections = 0
        self.sessions: list[SMTP] = []
        self.port = free_port()
        self.held = False
        self.hold_at: int | None = None  # hold the letter that is the so-manieth heard
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self):
        self.controller.start()

    def stop(self):
        if self.controller.server:
            self.controller.stop()

    def restart(self):
        """Listen again on the same port."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.start()

    def hold(self):
        """Answer the next letter not before `release`."""
        self.may_answer.clear()

    def release(self):
        self.held = False
        self.may_answer.set()

    def hang_up(self):
        """Close every open connection, as servers do after a while."""
        for session in self.sessions:
            self.controller.loop.call_soon_threadsafe(session.transport.close)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        self.sessions.append(server)
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.heard += envelope.rcpt_tos
        if len(self.heard) == self.hold_at:
            self.hold()
        if not self.may_answer.is_set():
            self.held = True
            await asyncio.to_thread(self.may_answer.wait)
        await self._take_time()
        answer = self.after_words.get(envelope.rcpt_tos[0], self.after_data)
        if answer is None:
            server.transport.abort()
            return "421 Gone"
        if answer == self.TAKEN:
            self.raw.append(envelope.content)
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.envelopes += envelope.rcpt_tos
            self.senders.append(envelope.mail_from)
        return answer

    async def _take_time(self):
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        loop.call_later(self.pause, over.set_result, None)
        await over
