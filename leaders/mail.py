"""The only sender of mail: one letter to one person, over a connection that is kept."""

import smtplib
import unicodedata
from dataclasses import replace
from email.utils import formataddr
from functools import cache
from ssl import SSLError
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import punycode

from leaders import preferences
from leaders.answers import without_words
from leaders.marks import upright
from leaders.mime import Written, mailbox
from leaders.models import Leader
from leaders.outcomes import CLOSING, Delivery, Outcome, Unanswered, judge

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
INSTEAD = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": ""}
# Services that put a name of their own in place of the Message-ID, and by which header they report ours.
REPORTED_BY = {
    "amazon_ses": ("X-Metadata", '{"letter": "%s"}'),
    "postmark": ("X-PM-Metadata-letter", "%s"),
}
SUBJECT_AT_MOST = 200
TAKEN = 250  # the only yes that smtplib knows; RFC 5321 calls every 2yz one
SILENCES = 3  # in a row after the words of letters, each of which may be lost: the others wait


class Answer(EmailMessage):
    """A letter to which no machine answers: it has no return path."""


class Smtp(EmailBackend):
    """Django's backend, which tells a silence after the letter from one before."""

    @property
    def connection_class(self):
        return type("Line", (_Line, super().connection_class), {})

    def _send(self, letter):
        if isinstance(letter, Written):
            words = letter.as_bytes()
            self.connection.sendmail(mailbox(letter.from_email), [mailbox(to) for to in letter.to], words)
        elif isinstance(letter, Answer):
            self.connection.sendmail("", letter.to, letter.message().as_bytes(linesep="\r\n"))
        else:
            return super()._send(letter)
        return True


class _Line:
    has_spoken = False

    def data(self, msg):
        self.has_spoken = False
        try:
            code, words = super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if not self.has_spoken:
                raise
            raise Unanswered(type(error).__name__) from error
        if code < 200 or 300 <= code < 400:
            raise Unanswered(f"what came ({code}) says neither yes nor no")
        return (TAKEN if code < 300 else code), words

    def send(self, s):
        # The letter alone comes as bytes; every command is text.
        self.has_spoken = isinstance(s, bytes)
        super().send(s)


class Line:
    """A connection to the mail server, opened when needed and used for many letters."""

    def __init__(self):
        self.backend = Smtp() if settings.EMAIL_BACKEND == DJANGO_SMTP else get_connection()
        self.is_down = False
        self._silences = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        try:
            self.backend.close()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def send(self, letter: EmailMessage) -> Delivery:
        """Send a letter; never raises for what a server does. A server that keeps falling silent is down."""
        delivery = self._send(letter)
        self._silences = self._silences + 1 if delivery.outcome == Outcome.AMBIGUOUS else 0
        self.is_down = self.is_down or self._silences >= SILENCES
        return delivery

    def _send(self, letter: EmailMessage) -> Delivery:
        try:
            is_fresh = self.backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self.is_down, note = True, _why_down(error)
            self._drop()
            return Delivery(Outcome.DEFERRED, note)
        try:
            self.backend.send_messages([letter])
        except smtplib.SMTPServerDisconnected as error:
            # Servers close a line that was idle or has carried many letters. Nothing of this one had left.
            self._drop()
            return Delivery(Outcome.DEFERRED, str(error)) if is_fresh else self._send(letter)
        except Exception as error:
            verdict = judge(error)
            if verdict.code in (0, CLOSING):
                self._drop()
            if verdict.code == CLOSING and isinstance(error, smtplib.SMTPSenderRefused) and not is_fresh:
                return self._send(letter)  # it said good-bye while the line was idle
            return replace(verdict, note=without_words(verdict.note, *_told(letter)))
        return Delivery(Outcome.SENT)

    def _drop(self):
        """Forget the connection without a farewell, for which a silent server would keep us waiting."""
        if connection := getattr(self.backend, "connection", None):
            connection.close()
            self.backend.connection = None


def _why_down(error: Exception) -> str:
    # That is how smtplib says that STARTTLS is not offered, or refused; the handshake raises SSLError.
    is_refused = type(error) is smtplib.SMTPResponseException or "STARTTLS" in str(error)
    if is_refused or isinstance(error, SSLError):
        return f"The line to the mail server could not be encrypted: {type(error).__name__}"
    return f"The mail server could not be reached: {type(error).__name__}"


def send_at_once(letter: EmailMultiAlternatives) -> Delivery:
    """Send what somebody waits for, such as a sign-in code: again where nobody knows whether it was taken."""
    with Line() as line:
        first = line.send(letter)
        return line.send(letter) if first.outcome == Outcome.AMBIGUOUS else first


def write(
    to: Leader,
    *,
    template: str,
    subject: str,
    key: UUID,
    context: dict,
    mailing: str = "",
    reply_to: str = "",
) -> Written:
    """A letter in text and HTML from templates/mail/; the key makes its Message-ID, the same each time.

    `mailing` is the list that it belongs to and that one press stops; without it, it concerns the account.
    """
    headers = headers_of(key)
    reported = [REPORTED_BY[name] for name in settings.MAIL_SERVICES if name in REPORTED_BY]
    headers |= {name: words % key.hex for name, words in reported}
    context = {**context, "leader": to, "subject": subject, "site_url": settings.SITE_URL}
    if mailing:
        context["unsubscribe_url"] = unsubscribe_url(to, mailing)
        context["less_url"] = door("less_mail", to, preferences.LESS)
        headers |= _list_headers(mailing, context["unsubscribe_url"])
    text = render_to_string(f"mail/{template}.txt", context, using="jinja2")
    html = render_to_string(f"mail/{template}.html", context, using="jinja2")
    people = {
        "to": [formataddr((plain(to.name), _as_ascii(to.email)))],
        "reply_to": [reply_to] if reply_to else None,
    }
    letter = Written(_short(plain(subject)), upright(text), headers=headers, **people)
    letter.attach_alternative(upright(html), "text/html")
    return letter


def headers_of(key: UUID) -> dict[str, str]:
    """What every letter says of itself: its name, however often it is sent, and that a machine wrote it."""
    machine = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
    return {"Message-ID": f"<{key.hex}@{_domain()}>", **machine}


def answer(to: str, *, subject: str, text: str, message_id: str = "") -> Answer:
    """A few plain words by return, to an address that need not be a leader's."""
    headers = {**headers_of(uuid4()), "Auto-Submitted": "auto-replied"}
    if message_id:
        headers |= {"In-Reply-To": message_id, "References": message_id}
    return Answer(plain(subject), text, to=[to], headers=headers)


def unsubscribe_url(leader: Leader, mailing: str) -> str:
    """The address that stops one list for a leader."""
    return door("unsubscribe", leader, mailing)


def door(name: str, leader: Leader, what: str) -> str:
    """An address that works from a letter without signing in; what it is for is signed into it."""
    known = leader._state.fields_cache.get("mail_preferences")
    token = preferences.token(known or preferences.of(leader), what)
    return settings.SITE_URL + _way(name).format(token)


@cache
def _way(name: str) -> str:
    """The address of a door with a place for its token, which nobody has to quote."""
    return reverse(name, args=["token-here"]).replace("token-here", "{}")


def plain(words: str) -> str:
    """Words fit for a header: one line, without what cannot be seen or would be read as encoded words."""
    seen = words
    if not (words.isascii() and words.isprintable()):
        seen = "".join(INSTEAD.get(unicodedata.category(sign), sign) for sign in words)
    return " ".join(seen.replace("=?", "= ?").split())


def goes_to(address: str, leader: Leader) -> bool:
    """Whether an address, as a mail system reports it, is that of a leader."""
    return address.lower() in (leader.email, _as_ascii(leader.email).lower())


def _as_ascii(address: str) -> str:
    """An address of which the domain may be in any script, as the mail system knows it."""
    if address.isascii():
        return address
    user, _, domain = address.rpartition("@")
    return f"{user}@{punycode(domain)}"


def _short(subject: str) -> str:
    """A line of a header may have 998 bytes, and cannot be broken inside a word."""
    return subject if len(subject) <= SUBJECT_AT_MOST else f"{subject[: SUBJECT_AT_MOST - 1]}…"


def _domain() -> str:
    """Where our letters come from."""
    return mailbox(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2]


def _list_headers(mailing: str, address: str) -> dict[str, str]:
    """What mail programs need to sort and stop a list; nothing of it tells one reader from another."""
    return {
        "List-Id": f"Collaborate {mailing} <{mailing}.{_domain()}>",
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{mailing}:collaborate",
    }


def _told(letter: EmailMessage) -> list[str]:
    return [letter.subject, *(to.rpartition("<")[0] for to in letter.to)]
