"""Which e-mails a leader wants: choosing, and stopping with one click from a letter, however old."""

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from leaders.models import Consent, DigestFrequency, Leader, MailPreferences

DIGEST = "digest"


@transaction.atomic
def choose_digest(leader: Leader, choice: str, *, source: str, **when: int) -> MailPreferences:
    """Keep which digest a leader asked for and when, and the record of having asked."""
    chosen = {"digest": choice, "chosen_at": timezone.now(), **when}
    mine, _ = MailPreferences.objects.update_or_create(leader=leader, defaults=chosen)
    _record(mine, source)
    return mine


@transaction.atomic
def unsubscribe(token: str) -> bool:
    """Stop the e-mails that a token speaks of; False where it speaks of none. Again changes nothing."""
    mine = find(token)
    if mine and mine.digest != DigestFrequency.OFF:
        mine.digest, mine.chosen_at = DigestFrequency.OFF, timezone.now()
        mine.save(update_fields=["digest", "chosen_at"])
        _record(mine, "unsubscribe link")
    return mine is not None


def find(token: str) -> MailPreferences | None:
    """Whose letter it was."""
    try:
        kind, _, key = _signer().unsign(token).partition(".")
    except BadSignature:
        return None
    return MailPreferences.objects.filter(key=key).first() if kind == DIGEST else None


def token(mine: MailPreferences) -> str:
    """What stands in the address that stops the digest of one leader."""
    return _signer().sign(f"{DIGEST}.{mine.key}")


def _signer() -> Signer:
    """Without a time limit: a letter may be a year old. The keys of SECRET_KEY_FALLBACKS hold as well."""
    return Signer(sep=".", salt="unsubscribe")


def _record(mine: MailPreferences, source: str) -> None:
    Consent.objects.create(
        leader_id=mine.leader_id,
        kind=DIGEST,
        choice=mine.digest,
        text_version=Consent.TEXT_VERSION,
        source=source,
    )
