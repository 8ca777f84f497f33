"""What became of a letter, by what its server said or did not say."""

import re
import smtplib
from dataclasses import dataclass, replace
from enum import StrEnum

CLOSING = 421  # the answer after which a server hangs up
FULL = 552  # RFC 5321: no room left; beside another enhanced code it says something else, such as too large
_POLICY = re.compile(r"\s*5\.7\.\d")  # RFC 3463: it does not want us, which says nothing of the address
_FULL = re.compile(r"\s*5\.2\.2\b")  # the same: a mailbox over its quota, which its reader may clear tomorrow
_ENHANCED = re.compile(r"\s*5\.\d+\.\d+\b")


class Outcome(StrEnum):
    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"  # the address was refused for good
    FAILED = "failed"  # the letter was refused for good, and the address need not be wrong
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Delivery:
    """What became of a letter, and what the server said."""

    outcome: Outcome
    note: str = ""
    code: int = 0
    is_of_address: bool = False  # said when the address was named


class Unanswered(Exception):
    """The server got the letter, or part of it, and did not say whether it took it."""


def judge(error: Exception) -> Delivery:
    """What a failure says of the letter: a 5xx refuses it, a 4xx or a line cut before it puts it off."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()))
            return replace(_answered(code, words, Outcome.BOUNCED), is_of_address=True)
        case smtplib.SMTPDataError():
            return _answered(error.smtp_code, error.smtp_error, Outcome.FAILED)
        case smtplib.SMTPSenderRefused():
            # It is we who are refused, with all our letters: a mistake that an operator may mend.
            return _answered(error.smtp_code, error.smtp_error, Outcome.DEFERRED)
        case smtplib.SMTPException() | OSError():
            return Delivery(Outcome.DEFERRED, f"{type(error).__name__}: {error}")
        case ValueError():
            return Delivery(Outcome.FAILED, f"It cannot be written: {type(error).__name__}")
    return Delivery(Outcome.AMBIGUOUS, f"No answer after the letter: {error}")


def is_full(code: int, words: str) -> bool:
    """Whether a server says that a mailbox is full, which it calls a refusal for good and which passes."""
    return bool(_FULL.match(words)) or (code == FULL and not _ENHANCED.match(words))


def _answered(code: int, words: bytes | str, for_good: Outcome) -> Delivery:
    words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    if code < 500 or is_full(code, words):
        outcome = Outcome.DEFERRED
    elif for_good == Outcome.BOUNCED and _POLICY.match(words):
        outcome = Outcome.FAILED
    else:
        outcome = for_good
    return Delivery(outcome, f"{code} {words}"[:300], code)
