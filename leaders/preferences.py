"""Which e-mails a leader wants: choosing, and stopping with one click from a letter, however old."""

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from leaders.models import Consent, DigestFrequency, Leader, MailPreferences

DIGEST, NOTICES = MAILINGS = ("digest", "notices")


@transaction.atomic
def choose_digest(leader: Leader, choice: str, *, source: str, **when) -> MailPreferences:
    """Keep which digest a leader asked for and when, and the record of having asked."""
    chosen = {"digest": choice, "chosen_at": timezone.now(), **when}
    mine, _ = MailPreferences.objects.update_or_create(leader=leader, defaults=chosen)
    _record(mine, source)
    return mine


@transaction.atomic
def choose_notices(leader: Leader, wanted: bool, *, source: str) -> None:
    """Keep whether a leader wants e-mails about notices at all, and the record of having chosen."""
    mine = of(leader)
    if mine.notices != wanted:
        mine.notices = wanted
        mine.save(update_fields=["notices"])
        _record(mine, source, NOTICES)


def of(leader: Leader) -> MailPreferences:
    """What a leader chose; made on the first need, with nothing switched on that is not by default."""
    return MailPreferences.objects.get_or_create(leader=leader)[0]


@transaction.atomic
def unsubscribe(mine: MailPreferences, mailing: str, *, source: str = "unsubscribe link") -> None:
    """Stop one list. Again changes nothing."""
    if mailing == NOTICES:
        choose_notices(mine.leader, False, source=source)
    elif mine.digest != DigestFrequency.OFF:
        mine.digest, mine.chosen_at = DigestFrequency.OFF, timezone.now()
        mine.save(update_fields=["digest", "chosen_at"])
        _record(mine, source)


def mark_refused(leader: Leader, address: str, words: str) -> None:
    """Note that a mail server refused a leader's address for good: nothing more is sent there unasked."""
    of(leader)
    refused = {"refused_address": address, "refused_at": timezone.now(), "refused_words": words[:300]}
    MailPreferences.objects.filter(leader=leader).update(**refused)


def try_again(leader: Leader) -> None:
    """Write to a leader's address again, who says that it works."""
    trusted = {"refused_address": "", "refused_at": None, "refused_words": ""}
    MailPreferences.objects.filter(leader=leader).update(**trusted)


def is_refused(leader: Leader) -> bool:
    """Whether mail to a leader's present address came back."""
    return MailPreferences.objects.filter(leader=leader, refused_address=leader.email).exists()


def find(token: str) -> tuple[MailPreferences, str] | None:
    """Whose letter it was, and of which list; None where the token is not ours."""
    try:
        mailing, _, key = _signer().unsign(token).partition(".")
    except BadSignature:
        return None
    mine = MailPreferences.objects.filter(key=key).select_related("leader").first()
    return (mine, mailing) if mine and mailing in MAILINGS else None


def is_off(mine: MailPreferences, mailing: str) -> bool:
    """Whether a list is stopped already."""
    return not mine.notices if mailing == NOTICES else mine.digest == DigestFrequency.OFF


def token(mine: MailPreferences, mailing: str = DIGEST) -> str:
    """What stands in the address that stops one list for one leader."""
    return _signer().sign(f"{mailing}.{mine.key}")


def _signer() -> Signer:
    """Without a time limit: a letter may be a year old. The keys of SECRET_KEY_FALLBACKS hold as well."""
    return Signer(sep=".", salt="unsubscribe")


def _record(mine: MailPreferences, source: str, mailing: str = DIGEST) -> None:
    Consent.objects.create(
        leader_id=mine.leader_id,
        kind=mailing,
        choice=mine.digest if mailing == DIGEST else "on" if mine.notices else "off",
        text_version=Consent.TEXT_VERSION,
        source=source,
    )
