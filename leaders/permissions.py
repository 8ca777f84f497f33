"""Who may do what about people; a refusal is a sentence that one can show."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from leaders.models import Leader
from leaders.models.account import may_come_in

__all__ = ["ALLOWED", "Verdict", "may_come_in", "may_use_admin", "no", "require"]


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with the sentence that says why."""

    allowed: bool
    reason: str = ""

    def __bool__(self):
        return self.allowed


ALLOWED = Verdict(True)


def no(reason: str) -> Verdict:
    """A refusal in one sentence."""
    return Verdict(False, reason)


def require(verdict: Verdict) -> None:
    """Raise PermissionDenied with the verdict's sentence, unless it allows."""
    if not verdict:
        raise PermissionDenied(verdict.reason)


def may_use_admin(leader: Leader) -> Verdict:
    """Admins who are not suspended."""
    if not may_come_in(leader) or not leader.is_staff:
        return no("Only admins may use the administration pages.")
    return ALLOWED
