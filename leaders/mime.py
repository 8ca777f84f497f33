"""A letter as the bytes that a mail server gets: text and HTML, without the detours of the library."""

import quopri
import re
import secrets
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers, sanitize_address

LINE = 76  # signs of a header that need no folding, its name included
LINE_AT_MOST = 998  # bytes, RFC 5322
CRLF = "\r\n"
_SEEN = re.compile(r"[!-~]+(?: [!-~]+)*")  # words of ASCII, one space between two of them
_UNBROKEN = re.compile(r"[!-~]{1,800}")
# The library ends a line at more signs than those that Django refuses.
_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


class Written(EmailMultiAlternatives):
    """A letter to one person, in text and one HTML alternative."""

    def as_bytes(self) -> bytes:
        """The same message as Django makes of it."""
        parts = [_part("plain", self.body), *(_part("html", each.content) for each in self.alternatives)]
        boundary = f"==============={secrets.token_hex(12)}=="
        head = _HEAD % boundary + "".join(header(name, value) for name, value in self._headers())
        seam = f"\r\n--{boundary}"
        body = "".join(f"{seam}\r\n{part}" for part in parts)
        return f"{head}{body}{seam}--\r\n".encode()

    def _headers(self):
        yield "Subject", self.subject
        yield "From", self.from_email
        yield "To", ", ".join(self.to)
        if self.reply_to:
            yield "Reply-To", ", ".join(self.reply_to)
        yield "Date", formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
        yield from self.extra_headers.items()


_HEAD = 'Content-Type: multipart/alternative;\r\n boundary="%s"\r\nMIME-Version: 1.0\r\n'
_PART = 'Content-Type: text/%s; charset="utf-8"\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: %s\r\n\r\n'


def header(name: str, value: str) -> str:
    """A header with its end; ValueError where a value would begin another one."""
    is_short = len(name) + len(value) + 2 <= LINE and _SEEN.fullmatch(value)
    if is_short or _UNBROKEN.fullmatch(value):  # an address cannot be folded
        return f"{name}: {value}\r\n"
    return _folded(name, value)


@lru_cache(maxsize=100)
def _folded(name: str, value: str) -> str:
    if _BREAK.search(value):
        raise BadHeaderError(f"The header {name} has a sign that would end its line.")
    _, safe = forbid_multi_line_headers(name, value, settings.DEFAULT_CHARSET)
    if name == "Subject" and not value.isascii():
        # What is encoded already is folded before its first word, and some programs show that as a space.
        folded = Header(value, settings.DEFAULT_CHARSET, header_name=name)
    else:
        folded = Header(safe, header_name=name)
    return f"{name}: {folded.encode(linesep=CRLF)}{CRLF}"


@lru_cache(maxsize=1_000)
def mailbox(value: str) -> str:
    """The bare address in a header's value, as an envelope has it."""
    _, bracket, rest = value.rpartition("<")
    address = rest.removesuffix(">") if bracket and rest.endswith(">") else value
    if _MAILBOX.fullmatch(address):
        return address
    return parseaddr(sanitize_address(value, settings.DEFAULT_CHARSET))[1]


def _part(kind: str, words: str) -> str:
    """Text or HTML with its head; encoded where it has a line that no server needs to take."""
    lines = words.replace(CRLF, "\n").replace("\r", "\n").split("\n")
    # A sign has four bytes at most, so that few lines are looked at so closely.
    long = [line for line in lines if len(line) > LINE_AT_MOST // 4]
    if any(len(line.encode()) > LINE_AT_MOST for line in long):
        encoded = quopri.encodestring("\n".join(lines).encode()).decode()
        return _PART % (kind, "quoted-printable") + encoded.replace("\n", CRLF)
    return _PART % (kind, "7bit" if words.isascii() else "8bit") + CRLF.join(lines)
