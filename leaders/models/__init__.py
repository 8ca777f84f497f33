from leaders.models.account import PROFILE_FIELDS, Leader, Shown
from leaders.models.cohorts import Cohort, CohortMembership, CohortRole
from leaders.models.imports import LeaderImport
from leaders.models.mail import Consent, DigestFrequency, MailPreferences, Rhythm, Weekday
from leaders.models.organisations import Collaborative, Organisation, Region
from leaders.models.professions import Profession
from leaders.models.rules import HouseRules, HouseRulesAcceptance
from leaders.models.signposts import Signpost
from leaders.models.stages import Stage, StageRecord

__all__ = [
    "PROFILE_FIELDS",
    "Cohort",
    "CohortMembership",
    "CohortRole",
    "Collaborative",
    "Consent",
    "DigestFrequency",
    "HouseRules",
    "HouseRulesAcceptance",
    "Leader",
    "LeaderImport",
    "MailPreferences",
    "Organisation",
    "Profession",
    "Region",
    "Rhythm",
    "Shown",
    "Signpost",
    "Stage",
    "StageRecord",
    "Weekday",
]
