from django.contrib import admin
from django.db import models
from django.utils.html import format_html

from leaders.admin.base import Page
from leaders.models import Signpost
from leaders.models.cohorts import today


class StaleFilter(admin.SimpleListFilter):
    title = "check"
    parameter_name = "check"

    def lookups(self, request, model_admin):
        return [("due", "Must be checked"), ("fine", "Checked")]

    def queryset(self, request, queryset):
        if self.value() == "due":
            return queryset.stale()
        return queryset.filter(review_by__gte=today()) if self.value() == "fine" else queryset


@admin.register(Signpost)
class SignpostAdmin(Page):
    about = "Where “Need urgent help?” leads. Check each before its day of review."
    list_display = ("name", "who_for", "phone", "hours", "order", "checked_on", "review")
    list_editable = ("order",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_filter = (StaleFilter,)
    search_fields = ("name", "who_for")
    fields = ("name", "who_for", "phone", "hours", "link", "order", "checked_on", "review_by")

    @admin.display(description="review by", ordering="review_by")
    def review(self, signpost):
        day = f"{signpost.review_by:%-d %B %Y}"
        if not signpost.is_stale:
            return day
        return format_html('<strong class="stale">Check it now: due on {}</strong>', day)
