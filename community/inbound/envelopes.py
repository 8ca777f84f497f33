"""A message as it came, read with mistrust: who sent it, by which hand, and what it says."""

import binascii
import codecs
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect, MessageError
from email.header import decode_header
from email.message import Message
from hashlib import sha256

HEADER_AT_MOST = 2_000
PARTS_AT_MOST = 200
SEAMS_AT_MOST = 3_000  # lines that may begin a part
TEXT_AT_MOST = 400_000  # bytes of a part

_ADDRESS = re.compile(r"[^\s<>@\"(),:;]{1,64}@[^\s<>@\"(),:;]{1,190}")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_OFTEN_CP1252 = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1"}
_ENDLESS = re.compile(rb"^content-[a-z-]{1,40}:(?:[^\n]|\n[ \t]){4000}", re.IGNORECASE | re.MULTILINE)
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")
_BULK = {"bulk", "junk", "list", "auto_reply"}
_BY_MACHINES = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "List-Id",
    "List-Unsubscribe",
    "X-Failed-Recipients",
    "Feedback-ID",
)
_MACHINES = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "donotreply@", "do-not-reply@")
_UNANSWERED = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)  # Exchange, of what it writes itself
_AWAY = re.compile(
    r"\s*(?:out of (?:the )?office|auto(?:matic)?[ -]?(?:reply|response|antwort)|abwesenheits"
    r"|automatische antwort|réponse automatique|absence du bureau|ateb awtomatig|undeliver"
    r"|delivery status|mail delivery failed)",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """A message of which no head or tail can be made."""


@dataclass(frozen=True)
class Envelope:
    """What matters of a message."""

    sender: str
    message_id: str
    digest: str  # of the Message-ID, or of all of it
    is_from_machine: bool
    vouchers: tuple[str, ...]  # Authentication-Results, the newest first
    plain: str
    html: str
    has_files: bool


def opened(raw: bytes) -> Envelope:
    """Read a message; Unreadable if it cannot be."""
    # Python takes minutes over these, and no letter of a person has them.
    if raw.count(b"\n--") > SEAMS_AT_MOST or _ENDLESS.search(raw):
        raise Unreadable("seams or parameters without end")
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        parts = _parts(message)
        found = _ID.search(_header(message, "Message-ID"))
        message_id = found[0] if found else ""
        return Envelope(
            sender=_sender(message),
            message_id=message_id,
            digest=sha256(message_id.encode() or raw).hexdigest(),
            is_from_machine=_is_from_machine(message),
            vouchers=tuple(map(_plain, message.get_all("Authentication-Results", [])[:20])),
            plain="\n\n".join(_text(part) for part in parts if _is_text(part, "plain")),
            html="\n".join(_text(part) for part in parts if _is_text(part, "html")),
            has_files=any(_is_file(part) for part in parts),
        )
    except (RecursionError, LookupError, TypeError, AttributeError, ValueError, MessageError) as error:
        raise Unreadable(type(error).__name__) from error


def _header(message: Message, name: str) -> str:
    return _plain(message.get(name, ""))


def _plain(value) -> str:
    return " ".join(_UNSEEN.sub("", str(value)[:HEADER_AT_MOST]).split())


def _sender(message: Message) -> str:
    """The one address in From, in small letters; empty if there is none, or more than one."""
    froms = message.get_all("From", [])
    if len(froms) != 1:
        return ""
    value = _plain(froms[0])
    name, bracket, rest = value.rpartition("<")
    address = rest.removesuffix(">") if bracket and rest.endswith(">") else value
    if bracket and _ADDRESS.search(re.sub(r'"(?:[^"\\]|\\.)*"', "", name)):
        return ""
    return address.lower() if _ADDRESS.fullmatch(address) else ""


def _is_from_machine(message: Message) -> bool:
    """Whether nobody wrote it by hand: an answer while away, a report, a list, no return path."""
    said = _header(message, "Auto-Submitted").lower()
    return (
        (bool(said) and not said.startswith("no"))
        or _header(message, "Precedence").lower() in _BULK
        or any(name in message for name in _BY_MACHINES)
        or bool(_UNANSWERED.search(_header(message, "X-Auto-Response-Suppress")))
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() in ("multipart/report", "message/delivery-status")
        or _sender(message).startswith(_MACHINES)
        or bool(_AWAY.match(_subject(message)))
    )


def _subject(message: Message) -> str:
    subject = _header(message, "Subject")
    try:
        pieces = decode_header(subject)
    except MessageError:
        return subject
    return "".join(_decoded(piece, name) if isinstance(piece, bytes) else piece for piece, name in pieces)


def _parts(message: Message) -> list[Message]:
    """The leaves, without those of messages that are attached, and no more than a letter has."""
    leaves, waiting = [], [message]
    while waiting and len(leaves) < PARTS_AT_MOST:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(part.get_payload()))
        else:
            leaves.append(part)
    return leaves


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment"


def _is_file(part: Message) -> bool:
    """Whether somebody attached it; images in a signature come inline, and a calendar by itself."""
    is_named = part.get_content_disposition() == "attachment" or part.get_content_type() == "message/rfc822"
    return is_named and part.get_content_type() not in (
        "application/pgp-signature",
        "application/pkcs7-signature",
    )


def _text(part: Message) -> str:
    """The words of a part, whatever it says of its signs, with lines joined that were broken to be sent."""
    words = part.get_payload(decode=True) or b""
    defects = {type(defect) for defect in part.defects}
    if InvalidBase64LengthDefect in defects:
        return ""  # it was cut on its way, and what is left are no words
    if InvalidBase64CharactersDefect in defects:
        words = _before_foreign_signs(str(part.get_payload()))
    text = _UNSEEN.sub("", _decoded(words[:TEXT_AT_MOST], part.get_content_charset()))
    flowed = str(part.get_param("format") or "").lower() == "flowed"
    return _unfolded(text, str(part.get_param("delsp") or "").lower() == "yes") if flowed else text


def _before_foreign_signs(base64: str) -> bytes:
    """Up to where something else begins, such as what a server put below: that would be no words."""
    signs = "".join(_NO_BASE64.split(base64, maxsplit=1)[0].split())
    try:
        return binascii.a2b_base64(signs + "=" * (-len(signs) % 4))
    except binascii.Error:
        return b""


def _decoded(words: bytes, charset: str | None) -> str:
    """Text of bytes: what is UTF-8 is taken for that, since programs lie about it."""
    known = (charset or "utf-8").lower()
    if not words.isascii():
        try:
            return codecs.utf_8_decode(words, "strict", False)[0]
        except UnicodeDecodeError:
            known = "cp1252" if known in _OFTEN_CP1252 else known
    try:
        return words.decode(known, "replace")
    except (LookupError, ValueError):
        return words.decode("cp1252", "replace")


def _unfolded(text: str, without_space: bool) -> str:
    """Join what format=flowed broke (RFC 3676): a line with a space at its end goes on."""
    lines, open_line = [], None
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line[1:] if line.startswith(" ") else line
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">")
        whole = line if open_line is None else open_line + line
        if goes_on:
            open_line = whole[:-1] if without_space else whole
        else:
            lines.append(whole)
            open_line = None
    return "\n".join([*lines, *([open_line] if open_line is not None else [])])
