from django.contrib import admin
from django.db.models import Count, Q

from leaders import cohorts
from leaders.admin import forms
from leaders.admin.actions import ask_and_do
from leaders.admin.base import Kept, NewInline, NowInline
from leaders.admin.leaders import as_csv
from leaders.models import Cohort, CohortMembership
from leaders.models.cohorts import today


class NewMembers(NewInline):
    model = CohortMembership
    fields = ("leader", "role", "starts_on", "ends_on", "reason")
    autocomplete_fields = ("leader",)
    extra = 3
    verbose_name_plural = "add members"


class MembersNow(NowInline):
    model = CohortMembership
    fields = ("leader", "role", "starts_on", "ends_on", "reason")
    readonly_fields = ("leader",)
    ordering = ("leader__sort_name",)
    verbose_name_plural = "members now and to come (give a day under “to” to end a membership)"

    def get_queryset(self, request):
        going_on = Q(ends_on=None) | Q(ends_on__gt=today())
        # A longer list would be more fields than a form may have; the list of memberships shows all.
        newest = CohortMembership.objects.filter(going_on).order_by("-pk")
        if cohort := request.resolver_match.kwargs.get("object_id"):
            newest = newest.filter(cohort=cohort)[:150]
        rows = super().get_queryset(request).select_related("leader", "cohort")
        return rows.filter(pk__in=list(newest.values_list("pk", flat=True)))


@admin.register(Cohort)
class CohortAdmin(Kept):
    about = "Groups of leaders, and the spaces that they open."
    list_display = ("name", "members_now", "starts_on", "ends_on")
    list_filter = ("starts_on", "ends_on")
    search_fields = ("name", "slug", "purpose")
    date_hierarchy = "starts_on"
    prepopulated_fields = {"slug": ("name",)}
    inlines = (NewMembers, MembersNow)

    def get_queryset(self, request):
        day = today()
        now = Q(memberships__starts_on__lte=day) & (
            Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=day)
        )
        return super().get_queryset(request).annotate(now=Count("memberships", filter=now, distinct=True))

    @admin.display(description="members now", ordering="now")
    def members_now(self, cohort):
        return cohort.now

    def has_delete_permission(self, request, obj=None):
        allowed = super(Kept, self).has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.memberships.exists()

    def save_model(self, request, cohort, form, change):
        super().save_model(request, cohort, form, change)
        if {"starts_on", "ends_on"} & set(form.changed_data):
            cohorts.rights_changed(cohort)

    def save_formset(self, request, form, formset, change):
        if formset.model is CohortMembership:
            for membership in formset.save(commit=False):
                cohorts.keep(membership, by=request.user)
        else:
            super().save_formset(request, form, formset, change)


class WhenFilter(admin.SimpleListFilter):
    title = "when"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("now", "Now"), ("past", "Ended"), ("coming", "To come")]

    def queryset(self, request, queryset):
        if self.value() == "now":
            return queryset.current()
        if self.value() == "past":
            return queryset.filter(Q(ends_on__lte=today()) | Q(cohort__ends_on__lte=today()))
        return queryset.filter(starts_on__gt=today()) if self.value() == "coming" else queryset


@admin.register(CohortMembership)
class CohortMembershipAdmin(Kept):
    about = "Who was in which cohort from when to when, and why."
    list_display = ("leader", "cohort", "role", "starts_on", "ends_on", "counts_now", "reason", "added_by")
    list_filter = (WhenFilter, "role", "cohort")
    list_select_related = ("leader", "cohort", "added_by")
    search_fields = ("leader__name", "leader__sort_name", "leader__email", "cohort__name", "reason")
    search_help_text = "Leader, cohort or reason"
    date_hierarchy = "starts_on"
    autocomplete_fields = ("leader", "cohort")
    fields = ("leader", "cohort", "role", "starts_on", "ends_on", "reason", "added_by")
    actions = ("end_membership", "export")

    @admin.display(description="counts now", boolean=True)
    def counts_now(self, membership):
        return membership.is_current and not membership.cohort.has_ended

    def label(self, membership) -> str:
        return f"{membership} since {membership.starts_on:%-d %B %Y}"

    def get_readonly_fields(self, request, obj=None):
        return ("leader", "cohort", "added_by") if obj else ("added_by",)

    def save_model(self, request, membership, form, change):
        cohorts.keep(membership, by=request.user)

    @admin.action(description="End membership…", permissions=["change"])
    def end_membership(self, request, rows):
        def end(membership, on, reason):
            ended = cohorts.end(membership, by=request.user, on=on, reason=reason)
            return f"ended on {ended.ends_on:%-d %B %Y}. Reason: {reason}"

        heading = "End these memberships"
        return ask_and_do(self, request, rows, heading=heading, form=forms.EndMembership, do=end)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request, rows):
        columns = {
            "email": lambda row: row.leader.email,
            "name": lambda row: row.leader.name,
            "cohort": lambda row: row.cohort.slug,
            "role": lambda row: row.role,
            "from": lambda row: row.starts_on,
            "to": lambda row: row.ends_on,
            "reason": lambda row: row.reason,
            "added by": lambda row: row.added_by,
        }
        return as_csv("cohort-memberships.csv", columns, rows)
