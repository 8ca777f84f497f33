"""The door for e-mail: an LMTP or SMTP server behind our own mail server, which takes replies alone."""

import asyncio
import logging
import signal
from asyncio import LimitOverrunError
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import Error, close_old_connections

from community.inbound import postman, reply_keys

log = logging.getLogger(__name__)

AT_ONCE = 20  # connections
COMMANDS_AT_MOST = 100  # of one kind in a connection
SILENCE = 120  # seconds after which a connection ends, in the middle of a message too
TOO_MUCH = 20  # times the size of a message, after which a sender is cut off

LATER = "451 4.3.0 This cannot be kept at present. Please try again later."


class Handler:
    """Answers to the steps of a delivery; the database is asked in threads of its own."""

    def __init__(self):
        self.threads = ThreadPoolExecutor(4, thread_name_prefix="inbound")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time."
        if not reply_keys.is_ours(address):
            return "550 5.7.1 Only replies to letters of ours are taken here."
        try:
            key = await self._ask(reply_keys.found, address)
        except Error:
            return LATER
        if key is None:
            return "550 5.1.1 We do not know this address. Please reply on the site."
        envelope.rcpt_tos.append(address)
        envelope.key = key
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        sender = (envelope.mail_from or "").strip("<>").encode("ascii", "replace")
        raw = b"Return-Path: <" + sender + b">\r\n" + envelope.content
        try:
            await self._ask(postman.take, raw, envelope.key)
        except Error as error:
            log.warning("a message could not be kept: %s", type(error).__name__)
            return LATER
        return "250 2.6.0 It is kept and will be read."

    async def handle_exception(self, error):
        log.error("the door failed: %s", type(error).__name__)
        return LATER

    def _ask(self, verb, *arguments):
        return asyncio.get_running_loop().run_in_executor(self.threads, _fresh, verb, *arguments)


class _Door:
    """What aiosmtpd leaves open: how many come at once, and how much of a message is held."""

    connections = 0

    def connection_made(self, transport):
        _Door.connections += 1
        if _Door.connections > AT_ONCE:
            transport.write(b"421 4.3.2 Too many connections. Please come back later.\r\n")
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, error):
        _Door.connections -= 1
        super().connection_lost(error)

    async def smtp_DATA(self, arg):
        if arg or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 First say to whom." if not arg else "501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self.envelope.content = await self._content()
        if self.envelope.content is None:
            status = "552 5.3.4 This is too large for a reply. Please leave out what is attached."
        else:
            status = await self._call_handler_hook("DATA")
        self._set_post_data_state()
        await self.push(status)

    async def _content(self) -> bytes | None:
        """The message; None if it was too large, of which no more is held than allowed."""
        kept, size, begins, most = bytearray(), 0, True, self.data_size_limit
        while (piece := await self._piece()) != b".\r\n" or not begins:
            size += len(piece)
            if size > TOO_MUCH * most:
                self.transport.abort()
                raise asyncio.CancelledError
            if size <= most:
                kept += piece[1:] if begins and piece.startswith(b".") else piece
            else:
                kept = bytearray()
            begins = piece.endswith(b"\r\n")
        return bytes(kept) if size <= most else None

    async def _piece(self) -> bytes:
        """The next line, or a part of one that does not end."""
        try:
            return await self._reader.readuntil(b"\r\n")
        except LimitOverrunError as error:
            return await self._reader.read(max(error.consumed, 1))


class LmtpDoor(_Door, LMTP):
    """For a mail server on the same machine or in the same private network."""


class SmtpDoor(_Door, SMTP):
    """The same for a mail server that does not speak LMTP."""


DOORS = {"lmtp": LmtpDoor, "smtp": SmtpDoor}


async def serve(url: str) -> None:
    """Stand open at lmtp://host:port or smtp://host:port until asked to end."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # its lines name people
    place, handler = urlsplit(url), Handler()
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, ending.set)

    def door():
        return DOORS[place.scheme](
            handler,
            loop=loop,
            hostname="collaborate",
            ident="Collaborate",
            data_size_limit=settings.INBOUND_AT_MOST,
            command_call_limit=COMMANDS_AT_MOST,
            timeout=SILENCE,
        )

    server = await loop.create_server(door, place.hostname, place.port)
    async with server:
        await ending.wait()


def _fresh(verb, *arguments):
    """Ask the database over a connection that holds, and leave none behind that does not."""
    close_old_connections()
    try:
        return verb(*arguments)
    finally:
        close_old_connections()
