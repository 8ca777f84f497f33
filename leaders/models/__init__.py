from leaders.models.account import PROFILE_FIELDS, Leader, Profession, Region, Shown, Stage, StageRecord
from leaders.models.cohorts import Cohort, CohortMembership, CohortRole
from leaders.models.imports import LeaderImport
from leaders.models.mail import Consent, DigestFrequency, MailPreferences, Rhythm, Weekday
from leaders.models.organisations import Collaborative, Organisation
from leaders.models.rules import HouseRules, HouseRulesAcceptance
from leaders.models.signposts import Signpost

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
