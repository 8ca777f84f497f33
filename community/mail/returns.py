"""What a mail service reports later: letters that came back, complaints, wishes to hear no more."""

import logging
import re
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community.mail import digest, letters
from community.mail.ledgers import Ledger, Row
from community.models import LetterState
from leaders import mail, outcomes, preferences

log = logging.getLogger(__name__)

MAILINGS = {digest.LEDGER: preferences.DIGEST, letters.LEDGER: preferences.NOTICES}
OF_THE_ADDRESS = {"bounced", "invalid"}
UNDER_WAY = [LetterState.SENDING, LetterState.SENT, LetterState.AMBIGUOUS]
ELSEWHERE = "It was reported to have come back from another address."
COMPLAINED = "The reader marked it as unwanted, so this list is switched off."
STOPPED = "The reader stopped this list at the mail service."
_KEY = re.compile(r"[0-9a-f]{32}")
_ANSWER = re.compile(r"(?:smtp;\s*)?(?:(?P<code>5\d\d)[ -])?(?P<words>.*)", re.IGNORECASE | re.DOTALL)


@transaction.atomic
def hear(kind: str, *, names: Iterable[str | None], address: str, reason: str = "", words: str = "") -> None:
    """Take in one report, in django-anymail's words; of an unknown letter, or again, it changes nothing."""
    if not (found := find(names)):
        return log.info("a report of “%s” is about no letter of ours", kind)
    ledger, row = found
    if kind == "complained" or reason == "spam":
        return _stop(ledger, row, COMPLAINED, "complaint")
    if kind == "unsubscribed" or reason == "unsubscribed":
        return _stop(ledger, row, STOPPED, "mail service")
    if kind in ("bounced", "rejected", "failed"):
        return _come_back(ledger, row, address, kind, reason, words)
    if kind == "deferred":
        note = f"The mail service tries again: {words}"[:300]
        ledger.model.objects.filter(pk=row.pk, state=LetterState.SENT).update(note=note)
    return None


def find(names: Iterable[str | None]) -> tuple[Ledger, Row] | None:
    """The letter with one of these names: its key, or a Message-ID that holds it."""
    keys = [UUID(key[0]) for name in names if name and (key := _KEY.search(str(name)))]
    for ledger in MAILINGS:
        rows = ledger.model.objects.filter(message_key__in=keys).select_related("leader")
        if row := rows.select_for_update(of=("self",)).first():
            return ledger, row
    return None


def _come_back(ledger: Ledger, row: Row, address: str, kind: str, reason: str, words: str) -> None:
    """Write down that it did not arrive; what it told is new again, for when the address works."""
    mine = ledger.model.objects.filter(pk=row.pk, state__in=UNDER_WAY)
    if address and not mail.goes_to(address, row.leader):
        mine.update(note=ELSEWHERE)  # it was passed on, or the leader has another one now
        return
    is_named = reason in OF_THE_ADDRESS or (kind == "bounced" and not reason)
    for_address = is_named and not _is_full(words)
    state = LetterState.BOUNCED if for_address else LetterState.FAILED
    note = f"{words or reason or kind}"[:300]
    if not mine.update(state=state, lease_until=None, sent_at=timezone.now(), note=note):
        return
    ledger.take_back(row)
    if for_address and address:
        preferences.mark_refused(row.leader, row.leader.email, note)


def _is_full(words: str) -> bool:
    """Whether the service heard that the mailbox is full: after all its tries, the next letter may arrive."""
    said = _ANSWER.match(words.strip())
    return outcomes.is_full(int(said["code"] or 0), said["words"])


def _stop(ledger: Ledger, row: Row, note: str, source: str) -> None:
    """Switch the list of a letter off, once for each letter and door: later the leader may want it again."""
    heard = row.marks.get("stopped", [])
    if source not in heard:
        marks = row.marks | {"stopped": [*heard, source]}
        ledger.model.objects.filter(pk=row.pk).update(note=note, marks=marks)
        preferences.unsubscribe(preferences.of(row.leader), MAILINGS[ledger], source=source)
