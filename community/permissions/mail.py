"""Who may look at what was sent by e-mail, and have it sent again."""

from community.models import Digest, Letter, LetterState
from leaders import preferences
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, may_use_admin, no

AGAIN = [LetterState.DEFERRED, LetterState.FAILED, LetterState.BOUNCED, LetterState.AMBIGUOUS]


def may_send_again_several(by: Leader) -> Verdict:
    """Admins who look after mail; which of them may go is said of each letter."""
    if not may_use_admin(by) or not by.has_perm("community.change_mail"):
        return no("Only admins who look after mail may send an e-mail again.")
    return ALLOWED


def may_send_again(by: Leader, row: Digest | Letter, *, sure: bool = False) -> Verdict:
    """Admins who look after mail; what did not arrive, or perhaps not, and has not been overtaken."""
    if not (verdict := may_send_again_several(by)):
        return verdict
    if row.state not in AGAIN:
        return no(f"This one cannot be sent again: {row.get_state_display().lower()}.")
    if type(row).objects.filter(leader=row.leader_id, pk__gt=row.pk).exists():
        return no("A newer one has taken its place, and tells what this one would have told.")
    if preferences.is_refused(row.leader):
        return no("Mail to this address came back. Its owner can have it tried again in the settings.")
    if row.state == LetterState.AMBIGUOUS and not sure:
        return no("The server may have taken it. Please confirm that the reader may get it twice.")
    return ALLOWED
