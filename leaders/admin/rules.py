from django.contrib import admin
from django.db.models import Count, Max

from leaders.admin.base import Kept
from leaders.models import HouseRules


@admin.register(HouseRules)
class HouseRulesAdmin(Kept):
    """A version that somebody has accepted is a record; new words are a new version."""

    about = "The rules that everybody accepts, in their versions."
    list_display = ("__str__", "in_force_from", "accepted_by")
    fields = ("version", "text", "in_force_from")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(number=Count("acceptances"))

    @admin.display(description="accepted by", ordering="number")
    def accepted_by(self, rules):
        return f"{rules.number} leader{'' if rules.number == 1 else 's'}"

    def get_changeform_initial_data(self, request):
        last = HouseRules.objects.aggregate(last=Max("version"))["last"] or 0
        return {"version": last + 1}

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.acceptances.exists())
