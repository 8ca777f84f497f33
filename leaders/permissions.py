"""Who may do what about people; a refusal is a sentence that one can show."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied

from leaders.models import PROFILE_FIELDS, Cohort, CohortMembership, Leader, Shown, Stage
from leaders.models.account import may_come_in

__all__ = [
    "ALLOWED",
    "TooOften",
    "Verdict",
    "may_add_to_cohort",
    "may_change_stage",
    "may_come_in",
    "may_curate_cohorts",
    "may_end_membership",
    "may_enrol",
    "may_look_after",
    "may_record_stages",
    "may_use_admin",
    "no",
    "require",
]

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class TooOften(PermissionDenied):
    """More in a short time than people do; the sentence says how long to wait."""


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with the sentence that says why."""

    allowed: bool
    reason: str = ""
    refusal: type[PermissionDenied] = PermissionDenied

    def __bool__(self):
        return self.allowed


ALLOWED = Verdict(True)


def no(reason: str) -> Verdict:
    """A refusal in one sentence."""
    return Verdict(False, reason)


def require(verdict: Verdict) -> None:
    """Raise the verdict's refusal with its sentence, unless it allows."""
    if not verdict:
        raise verdict.refusal(verdict.reason)


def may_use_admin(leader: Leader) -> Verdict:
    """Admins who are not suspended."""
    if not may_come_in(leader) or not leader.is_staff:
        return no("Only admins may use the administration pages.")
    return ALLOWED


def may_join(leader: Leader) -> Verdict:
    """Whoever has an account and has not joined yet."""
    if leader.is_suspended:
        return no("This account is suspended.")
    if leader.joined_at is not None:
        return no("You have joined already.")
    return ALLOWED


def may_change_profile(leader: Leader, by: Leader) -> Verdict:
    """Everybody their own, and nobody else's."""
    if not may_come_in(by) or by.pk != leader.pk:
        return no("You can change only your own profile.")
    return ALLOWED


def fields_shown(leader: Leader, to: Leader, together: bool) -> frozenset[str]:
    """The fields of a profile that another may see; `together` says whether they share a cohort."""
    if leader.pk == to.pk:
        return frozenset(PROFILE_FIELDS)
    enough = {Shown.LEADERS, Shown.COHORT} if together else {Shown.LEADERS}
    return frozenset(
        field for field in PROFILE_FIELDS if leader.visibility.get(field, Shown.LEADERS) in enough
    )


def owes_second_factor(leader: Leader) -> bool:
    """Whether a faculty member or admin must still set up an authenticator app or a passkey."""
    demanded = settings.DEMAND_SECOND_FACTOR and (leader.is_faculty or leader.is_staff)
    return demanded and not is_mfa_enabled(leader, types=SECOND_FACTORS)


def uses_second_factor(leader: Leader) -> bool:
    """Whether signing in takes more than a mailbox: it is demanded of some, and others chose it."""
    demanded = settings.DEMAND_SECOND_FACTOR and (leader.is_faculty or leader.is_staff)
    return demanded or is_mfa_enabled(leader, types=SECOND_FACTORS)


def may_look_after(by: Leader, leader: Leader) -> Verdict:
    """Admins; but the account of another admin is a superuser's business."""
    if not (verdict := may_use_admin(by)):
        return verdict
    if (leader.is_staff or leader.is_superuser) and not by.is_superuser:
        return no(f"{leader} is an admin. Only a superuser may change that account.")
    return ALLOWED


def may_enrol(by: Leader) -> Verdict:
    """Admins who may add leaders."""
    if not may_use_admin(by) or not by.has_perm("leaders.add_leader"):
        return no("Only admins may add leaders.")
    return ALLOWED


def may_curate_cohorts(by: Leader) -> Verdict:
    """Admins who may say who belongs to a cohort."""
    if not may_use_admin(by) or not by.has_perm("leaders.change_cohortmembership"):
        return no("Only admins may say who belongs to a cohort.")
    return ALLOWED


def may_add_to_cohort(by: Leader, leader: Leader, cohort: Cohort) -> Verdict:
    """Admins, for somebody who is not in it and a cohort that has not ended."""
    if not (verdict := may_curate_cohorts(by)):
        return verdict
    if cohort.has_ended:
        return no(f"{cohort} has ended.")
    if CohortMembership.objects.current().filter(leader=leader, cohort=cohort).exists():
        return no(f"{leader} is in {cohort} already.")
    return ALLOWED


def may_end_membership(by: Leader, membership: CohortMembership) -> Verdict:
    """Admins, for a membership that has not ended."""
    if not (verdict := may_curate_cohorts(by)):
        return verdict
    if membership.has_ended:
        return no(f"{membership.leader} has left {membership.cohort} already.")
    return ALLOWED


def may_record_stages(by: Leader) -> Verdict:
    """Admins who may record a change of stage."""
    if not may_use_admin(by) or not by.has_perm("leaders.add_stagerecord"):
        return no("Only admins may change a leader's stage.")
    return ALLOWED


def may_change_stage(by: Leader, leader: Leader, stage: Stage) -> Verdict:
    """Those who may record it, for a stage that differs from the present one."""
    if not (verdict := may_record_stages(by)):
        return verdict
    if leader.stage == stage:
        return no(f"{leader} is at that stage already.")
    return ALLOWED
