from django.contrib import admin

from leaders.admin.base import Ledger
from leaders.models import Consent, MailPreferences, StageRecord


@admin.register(StageRecord)
class StageRecordAdmin(Ledger):
    about = "Every change of stage: who, why, on what evidence."
    list_display = ("leader", "stage", "at", "reason", "by")
    list_filter = ("stage",)
    list_select_related = ("leader", "by")
    search_fields = ("leader__name", "leader__sort_name", "leader__email", "reason")
    date_hierarchy = "at"
    fields = ("leader", "stage", "at", "reason", "evidence", "by")


@admin.register(MailPreferences)
class MailPreferencesAdmin(Ledger):
    """Without the key, which would let its holder unsubscribe somebody."""

    about = "How often leaders chose to be written to. Only they change it."
    list_display = fields = ("leader", "digest", "digest_weekday", "digest_hour")
    list_filter = ("digest", "digest_weekday")
    list_select_related = ("leader",)
    search_fields = ("leader__name", "leader__sort_name", "leader__email")


@admin.register(Consent)
class ConsentAdmin(Ledger):
    about = "Who chose which e-mail, when, and by which words."
    list_display = fields = ("leader", "kind", "choice", "text_version", "source", "at")
    list_filter = ("kind", "choice", "source")
    list_select_related = ("leader",)
    search_fields = ("leader__name", "leader__sort_name", "leader__email")
    date_hierarchy = "at"
