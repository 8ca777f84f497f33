from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter, RelatedOnlyFieldListFilter
from django.db.models import Prefetch, Q
from django.forms import BaseInlineFormSet
from django.http import HttpResponse
from django.utils import timezone

from leaders import cohorts, enrolments, live, sheets, stages
from leaders.admin import forms
from leaders.admin.actions import ask_and_do
from leaders.admin.base import NewInline, NowInline, Page
from leaders.models import Cohort, CohortMembership, Leader, Region, StageRecord
from leaders.permissions import may_look_after

ADMIN_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class CohortFilter(admin.SimpleListFilter):
    title = "cohort now"
    parameter_name = "cohort"

    def lookups(self, request, model_admin):
        return [*Cohort.objects.current().values_list("slug", "name"), ("none", "No cohort")]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        now = CohortMembership.objects.current()
        if self.value() == "none":
            return queryset.exclude(pk__in=now.values("leader"))
        return queryset.filter(pk__in=now.filter(cohort__slug=self.value()).values("leader"))


class RegionFilter(admin.SimpleListFilter):
    title = parameter_name = "region"

    def lookups(self, request, model_admin):
        return Region.choices

    def queryset(self, request, queryset):
        return queryset.in_region(self.value()) if self.value() in Region.values else queryset


class SuspendedFilter(admin.SimpleListFilter):
    title = "suspended"
    parameter_name = "suspended"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request, queryset):
        now = Q(suspended_until__gt=timezone.now())
        return queryset.filter({"yes": now, "no": ~now}.get(self.value(), Q()))


class JoinedFilter(EmptyFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "joined"

    def choices(self, changelist):
        words = ("All", "Not yet", "Joined")
        choices = zip(super().choices(changelist), words, strict=True)
        return [{**choice, "display": word} for choice, word in choices]


class StageHistory(admin.TabularInline):
    model = StageRecord
    fk_name = "leader"
    fields = readonly_fields = ("at", "stage", "reason", "evidence", "by")
    verbose_name_plural = "stages so far (changed by the action “change stage…” of the list)"
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


class CohortsNow(NowInline):
    model = CohortMembership
    fk_name = "leader"
    fields = ("cohort", "role", "starts_on", "ends_on", "reason")
    readonly_fields = ("cohort",)
    ordering = ("-starts_on",)
    verbose_name_plural = "cohorts, past ones included"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("cohort", "leader")


class NewCohort(NewInline):
    model = CohortMembership
    fk_name = "leader"
    fields = ("cohort", "role", "starts_on", "ends_on", "reason")
    autocomplete_fields = ("cohort",)
    verbose_name_plural = "add to a cohort"


@admin.register(Leader)
class LeaderAdmin(Page):
    """Accounts. Nobody can sign in, write or read private words as somebody else through these pages.

    So neither the address, which receives the codes for signing in, nor the password is editable, and what
    leaders say about themselves in their own words is not shown.
    """

    about = "Everybody with an account: stage, profession, organisation, cohorts, suspension."
    form = forms.LeaderForm
    list_display = (
        "name",
        "email",
        "stage",
        "profession",
        "organisation",
        "cohorts_now",
        "joined",
        "last_sign_in",
        "suspended",
    )
    list_filter = (
        "stage",
        "profession",
        RegionFilter,
        ("organisation__collaborative", RelatedOnlyFieldListFilter),
        CohortFilter,
        "is_faculty",
        ("joined_at", JoinedFilter),
        SuspendedFilter,
    )
    search_fields = ("name", "sort_name", "email", "handle")
    search_help_text = "Name, e-mail address or handle"
    date_hierarchy = "joined_at"
    ordering = ("sort_name", "pk")
    autocomplete_fields = ("organisation",)
    filter_horizontal = ("groups",)
    actions = ("add_to_cohort", "change_stage", "export")

    # --- the list -----------------------------------------------------------------------------------

    def get_queryset(self, request):
        now = CohortMembership.objects.current().select_related("cohort")
        return (
            super()
            .get_queryset(request)
            .select_related("organisation__collaborative")
            .prefetch_related(Prefetch("cohort_memberships", now, to_attr="memberships_now"))
        )

    @admin.display(description="cohorts now")
    def cohorts_now(self, leader):
        return ", ".join(membership.cohort.name for membership in leader.memberships_now)

    @admin.display(description="joined", ordering="joined_at", empty_value="not yet")
    def joined(self, leader):
        return leader.joined_at and timezone.localtime(leader.joined_at).date()

    @admin.display(description="last sign-in", ordering="last_login", empty_value="never")
    def last_sign_in(self, leader):
        return leader.last_login and timezone.localtime(leader.last_login).date()

    @admin.display(description="suspended", ordering="suspended_until", empty_value="")
    def suspended(self, leader):
        if leader.is_suspended:
            return f"until {timezone.localtime(leader.suspended_until):%-d %B %Y}"
        return None if leader.is_active else "may not sign in"

    def label(self, leader) -> str:
        return f"{leader} ({leader.email})"

    # --- one leader ---------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        profile = ("stage", "role", "profession", "organisation", "organisation_name", "region")
        if obj is None:
            return [(None, {"fields": ("email", "name", "role", "profession", "organisation", "is_faculty")})]
        return [
            (None, {"fields": ("name", "email", "handle")}),
            ("Leading", {"fields": profile}),
            ("What the leader may do", {"fields": ("is_active", "is_faculty")}),
            ("Suspension", {"fields": ("suspended_until", "suspension_reason")}),
            ("Administration", {"fields": ADMIN_FIELDS[:3]}),
            ("Dates", {"fields": ("created_at", "joined_at", "last_login", "deletion")}),
        ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        fixed = ("email", "handle", "stage", "organisation_name", "created_at", "joined_at", "last_login")
        return (*fixed, "deletion", *(() if request.user.is_superuser else ADMIN_FIELDS))

    def get_inlines(self, request, obj):
        return [NewCohort, CohortsNow, StageHistory] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"__init__": _knowing(form, request.user)})

    @admin.display(description="deleting")
    def deletion(self, leader):
        if leader.joined_at is None:
            return "This leader has not joined yet. The account can be deleted."
        return (
            "This leader has joined, and records of what was said and decided lean on the account. "
            "It cannot be deleted here. To end access, untick “may sign in”, or suspend until a day."
        )

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or bool(may_look_after(request.user, obj)))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and obj.joined_at is None and not obj.is_staff

    def get_deleted_objects(self, objs, request):
        # The stages and cohorts of somebody who never joined go with the account.
        deletable, counts, _, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, set(), protected

    def save_model(self, request, leader, form, change):
        if not change:
            enrolments.enrol(leader, by=request.user)
            return
        leader.save()
        live.rights_changed(leader.pk)

    def save_formset(self, request, form, formset: BaseInlineFormSet, change):
        for membership in formset.save(commit=False):
            cohorts.keep(membership, by=request.user)

    # --- actions ------------------------------------------------------------------------------------

    @admin.action(description="Add to cohort…", permissions=["change"])
    def add_to_cohort(self, request, rows):
        def add(leader, to, role, starts_on, ends_on, reason):
            dates = {"starts_on": starts_on, "ends_on": ends_on}
            added = cohorts.add(leader, to=to, by=request.user, role=role, reason=reason, **dates)
            return f"added to {to} as {added.get_role_display().lower()}. Reason: {reason}"

        heading = "Add these leaders to a cohort"
        return ask_and_do(self, request, rows, heading=heading, form=forms.AddToCohort, do=add)

    @admin.action(description="Change stage…", permissions=["change"])
    def change_stage(self, request, rows):
        def change(leader, to, reason, evidence):
            record = stages.change(leader, to=to, by=request.user, reason=reason, evidence=evidence)
            return f"now {record.get_stage_display().lower()}. Reason: {reason}"

        heading = "Change the stage of these leaders"
        return ask_and_do(self, request, rows, heading=heading, form=forms.ChangeStage, do=change)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request, rows):
        columns = {
            "email": lambda leader: leader.email,
            "name": lambda leader: leader.name,
            "stage": lambda leader: leader.stage,
            "role": lambda leader: leader.role,
            "profession": lambda leader: leader.get_profession_display(),
            "organisation": lambda leader: leader.organisation or leader.organisation_name,
            "collaborative": lambda leader: leader.organisation and leader.organisation.collaborative,
            "region": lambda leader: leader.region_name,
            "cohorts": lambda leader: "; ".join(each.cohort.name for each in leader.memberships_now),
            "joined": self.joined,
            "last sign-in": self.last_sign_in,
            "suspended until": lambda leader: (leader.is_suspended and leader.suspended_until.date()) or "",
        }
        return as_csv("leaders.csv", columns, rows)


def as_csv(file_name: str, columns: dict, rows) -> HttpResponse:
    """A download with one line per row and one cell per column."""
    lines = ([cell(row) for cell in columns.values()] for row in rows)
    answer = HttpResponse(sheets.write(list(columns), lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _knowing(form, by: Leader):
    def __init__(self, *args, **kwargs):
        super(form, self).__init__(*args, by=by, **kwargs)

    return __init__
