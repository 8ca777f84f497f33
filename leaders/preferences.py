"""Which e-mails a leader wants: choosing, and stopping with one click from a letter, however old."""

from collections.abc import Iterable
from datetime import date

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from leaders.models import Consent, DigestFrequency, Leader, MailPreferences

DIGEST, NOTICES = MAILINGS = ("digest", "notices")
LESS, MUTE = "less", "mute"  # further doors that open from a letter, without signing in
UNVISITED = 3  # digests without a visit after which one offers to send fewer
BY_LETTER = "link in a letter"

# Digests left: steps in SQL upon rows `closed`, with a leader and `marks`, at `now`. One that offered to
# send fewer is noted: that is offered once.
DIGESTS_LEFT = """
    counted AS (
        UPDATE leaders_leader SET unvisited = unvisited + 1
         WHERE id = ANY(ARRAY(SELECT leader_id FROM closed))
    ), offered AS (
        UPDATE leaders_mailpreferences SET slower_offered_at = %(now)s
         WHERE leader_id = ANY(ARRAY(SELECT leader_id FROM closed WHERE marks ? 'slower'))
    )
"""


@transaction.atomic
def choose_digest(leader: Leader, choice: str, *, source: str, **when) -> MailPreferences:
    """Keep which digest a leader asked for and when; and the record of having asked, unless it says so."""
    mine, is_new = MailPreferences.objects.select_for_update().get_or_create(leader=leader)
    mine.leader = leader
    before, leave, chosen = mine.rhythm, mine.away_until, {"digest": choice, **when}
    for name, value in chosen.items():
        setattr(mine, name, value)
    # What is due already goes by the choice of that moment, and what was left out in leave stays so.
    if is_new or mine.rhythm != before or _left_out(mine, leave):
        mine.chosen_at = timezone.now()
    mine.save(update_fields=[*chosen, "chosen_at"])
    said = leader.consents.filter(kind=DIGEST).first()
    if not said or (said.choice, said.text_version) != (choice, Consent.TEXT_VERSION):
        _record(mine, source)
    return mine


def _left_out(mine: MailPreferences, leave: date | None) -> bool:
    """Whether leave that was to end on a day ends sooner now, and the last digest fell into it."""
    is_sooner = leave is not None and (mine.away_until is None or mine.away_until < leave)
    return is_sooner and mine.rhythm.latest(timezone.now())[0] < leave


@transaction.atomic
def live_in(leader: Leader, time_zone: str) -> None:
    """Tell a leader's time by the clocks of a place."""
    if leader.time_zone != time_zone:
        leader.time_zone = time_zone
        leader.save(update_fields=["time_zone"])
        MailPreferences.objects.filter(leader=leader).update(chosen_at=timezone.now())


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


@transaction.atomic
def slow_down(mine: MailPreferences, *, source: str) -> None:
    """Send the digest less often from now on: once a week, and no more where it was that already."""
    if mine.digest != DigestFrequency.OFF:
        mine.digest, mine.chosen_at, mine.slower_answered_at = mine.slower, timezone.now(), timezone.now()
        mine.save(update_fields=["digest", "chosen_at", "slower_answered_at"])
        _record(mine, source)


def keep_pace(mine: MailPreferences) -> None:
    """The digest comes as often as before, and that is not asked again."""
    mine.slower_answered_at = timezone.now()
    mine.save(update_fields=["slower_answered_at"])


def note_visit(leader: Leader) -> None:
    """A leader is here. When is not kept."""
    Leader.objects.filter(pk=leader.pk).update(unvisited=0)


def to_offer_slower(leaders: Iterable[Leader]) -> set[int]:
    """Those who did not come after several digests, and were never asked whether they want fewer."""
    absent = [leader.pk for leader in leaders if leader.unvisited >= UNVISITED]
    never = MailPreferences.objects.filter(leader__in=absent, slower_offered_at=None)
    return set(never.values_list("leader", flat=True)) if absent else set()


def resting(leaders: Iterable[int]) -> set[int]:
    """Those of these leaders, by primary key, in whose quiet hours we are."""
    quiet = MailPreferences.objects.filter(leader__in=list(leaders), quiet_from__isnull=False)
    now = timezone.now()
    return {mine.leader_id for mine in quiet.select_related("leader") if mine.quiet_ends(now)}


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
    mailing, mine = _opened(token)
    return (mine, mailing) if mine and mailing in MAILINGS else None


def find_less(token: str) -> MailPreferences | None:
    """Whose letter it was, for the page on which one turns e-mails off."""
    door, mine = _opened(token)
    return mine if door == LESS else None


def find_mute(token: str) -> tuple[MailPreferences, int] | None:
    """Whose letter it was, and which thread it told of."""
    door, mine = _opened(token)
    door, _, thread = door.partition("-")
    return (mine, int(thread)) if mine and door == MUTE and thread.isdecimal() else None


def _opened(token: str) -> tuple[str, MailPreferences | None]:
    try:
        door, _, key = _signer().unsign(token).partition(".")
    except BadSignature:
        return "", None
    return door, MailPreferences.objects.filter(key=key).select_related("leader").first()


def token(mine: MailPreferences, mailing: str = DIGEST) -> str:
    """What stands in the address that stops one list for one leader."""
    return _signer().sign(f"{mailing}.{mine.key}")


def _signer() -> Signer:
    """Without a time limit: a letter may be a year old. The keys of SECRET_KEY_FALLBACKS hold as well."""
    return Signer(sep=".", salt="unsubscribe")


def record(leader: Leader, kind: str, choice: str, *, source: str) -> None:
    """Write down what a leader said of an e-mail, when, and by which words they were asked."""
    said = {"choice": choice, "text_version": Consent.TEXT_VERSION, "source": source}
    Consent.objects.create(leader=leader, kind=kind, **said)


def _record(mine: MailPreferences, source: str, mailing: str = DIGEST) -> None:
    choice = mine.digest if mailing == DIGEST else "on" if mine.notices else "off"
    record(mine.leader, mailing, choice, source=source)
