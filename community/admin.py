from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html

from community.inbound import reply_keys
from community.mail_page import MailAdmin
from community.models import (
    Case,
    Digest,
    InboundMail,
    InboundState,
    JoinRequest,
    Mail,
    Space,
    SpaceMembership,
    SpaceRole,
)
from community.models.hours import DAYS
from community.sockets import live
from leaders import cohorts
from leaders.admin.base import Completing, Kept, Ledger, NewInline, NowInline
from leaders.admin.cohorts import CohortAdmin as CohortWithoutSpaces
from leaders.models import Cohort
from leaders.models.zones import time_zones

LONDON = "Europe/London"
UNATTENDED = (
    "A case waits in {space} that nobody there may decide: it has no moderator, or only the one whom "
    "it is about. Please name another moderator."
)
UNATTENDED_ELSEWHERE = (
    "A report of no space waits (about a conversation, or a “well done”), and nobody may read it: every "
    "moderator of an open space is one of those whom it concerns. Please name another moderator of an open "
    "space."
)


class MembershipForm(forms.ModelForm):
    class Meta:
        model = SpaceMembership
        fields = ("leader", "role", "starts_at", "ends_at", "reason")

    def clean(self):
        values = super().clean()
        leader = values.get("leader") or (self.instance.leader if self.instance.pk else None)
        if leader and values.get("role") == SpaceRole.MODERATOR and not leader.is_faculty:
            advice = "Only faculty moderate: tick “is faculty” on that page first."
            raise ValidationError({"role": f"{leader} is not faculty. {advice}"})
        return values


class SpaceForm(forms.ModelForm):
    chat_days = forms.TypedMultipleChoiceField(
        choices=list(enumerate(DAYS, start=1)),
        coerce=int,
        required=False,
        label="open on",
        widget=forms.CheckboxSelectMultiple,
        help_text="With hours below, the chat can be written in only then. Without any, always.",
    )
    time_zone = forms.CharField(
        required=False,
        initial=LONDON,
        max_length=64,
        help_text="By whose clock the chat opens and closes, such as Europe/London.",
    )

    class Meta:
        model = Space
        fields = "__all__"  # noqa: DJ007 the page names its fields

    def clean_time_zone(self):
        zone = self.cleaned_data["time_zone"] or LONDON
        if zone not in time_zones():
            raise ValidationError("Write a time zone such as Europe/London.")
        return zone


class NewMembers(NewInline):
    model = SpaceMembership
    form = MembershipForm
    autocomplete_fields = ("leader",)
    extra = 2
    verbose_name_plural = "invite members, name moderators"


class MembersNow(NowInline):
    model = SpaceMembership
    form = MembershipForm
    fields = ("leader", "role", "starts_at", "ends_at", "reason")
    readonly_fields = ("leader",)
    ordering = ("-role", "leader__sort_name")
    verbose_name_plural = "moderators, and members beside those of the cohorts (a time under “to” ends it)"

    def get_queryset(self, request):
        newest = SpaceMembership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
        if space := request.resolver_match.kwargs.get("object_id"):
            newest = newest.filter(space=space).order_by("-pk")[:100]
        rows = super().get_queryset(request).select_related("leader", "space")
        return rows.filter(pk__in=list(newest.values_list("pk", flat=True)))


@admin.register(Space)
class SpaceAdmin(Kept):
    """Places, not what is said in them: no thread, post or message appears in the administration."""

    about = "Places for discussion: kind, cohorts, moderators, house rules, what may leave by e-mail."
    list_display = (
        "name",
        "kind_word",
        "cohort_names",
        "moderators",
        "mail_rule",
        "has_chat",
        "order",
        "open",
        "waits",
    )
    list_editable = ("order",)
    list_filter = ("kind", "cohorts", "mail_rule", "has_chat")
    search_fields = ("name", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("cohorts",)
    form = SpaceForm
    inlines = (NewMembers, MembersNow)
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "rules")}),
        ("Who comes in", {"fields": ("kind", "cohorts")}),
        ("How it works", {"fields": ("mail_rule", "takes_mail", "order", "closed_at")}),
        ("Chat", {"fields": ("has_chat", "chat_days", ("chat_from", "chat_to"), "time_zone")}),
    )

    def get_queryset(self, request):
        cases = Case.objects.unattended().filter(space=OuterRef("pk"))
        spaces = super().get_queryset(request).annotate(has_unattended_case=Exists(cases))
        return spaces.prefetch_related("cohorts", "memberships__leader")

    def changelist_view(self, request, extra_context=None):
        reported = Case.objects.open().filter(space=None).select_related("message", "well_done")
        if request.method == "GET" and any(case.is_unattended for case in reported):
            messages.warning(request, UNATTENDED_ELSEWHERE)
        return super().changelist_view(request, extra_context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        space = self.get_object(request, object_id)
        if request.method == "GET" and space and space.has_unattended_case:
            messages.warning(request, UNATTENDED.format(space=space))
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="waits")
    def waits(self, space):
        words = "A case waits: name another moderator"
        return format_html('<strong class="stale">{}</strong>', words) if space.has_unattended_case else ""

    @admin.display(description="kind", ordering="kind")
    def kind_word(self, space):
        return space.get_kind_display().split(":")[0]

    @admin.display(description="cohorts")
    def cohort_names(self, space):
        return ", ".join(cohort.name for cohort in space.cohorts.all())

    @admin.display(description="moderators")
    def moderators(self, space):
        now = timezone.now()
        return ", ".join(
            str(each.leader)
            for each in space.memberships.all()
            if each.role == SpaceRole.MODERATOR
            and each.starts_at <= now
            and (each.ends_at is None or each.ends_at > now)
        )

    @admin.display(description="open", boolean=True)
    def open(self, space):
        return not space.is_closed

    def save_model(self, request, obj, form, change):
        changed = {"kind", "has_chat"} & set(form.changed_data) if change else set()
        readers = list(Space(pk=obj.pk).readers().values_list("pk", flat=True)) if changed else []
        super().save_model(request, obj, form, change)
        for leader_id in readers:
            live.rights_changed(leader_id)
        if "kind" in changed:
            reply_keys.end_those_of([obj])

    def save_related(self, request, form, formsets, change):
        before = set(form.instance.cohorts.all())
        super().save_related(request, form, formsets, change)
        now = set(form.instance.cohorts.all())
        for cohort in before ^ now:
            cohorts.rights_changed(cohort)
        if now - before:
            reply_keys.end_those_of([form.instance])

    def save_formset(self, request, form, formset, change):
        for membership in formset.save(commit=False):
            membership.added_by = membership.added_by or request.user
            membership.save()
            live.rights_changed(membership.leader_id)


class LinkedSpaces(Completing, admin.TabularInline):
    model = Space.cohorts.through
    autocomplete_fields = ("space",)
    extra = 1
    verbose_name = "space"
    verbose_name_plural = "spaces that this cohort opens"


admin.site.unregister(Cohort)


@admin.register(Cohort)
class CohortAdmin(CohortWithoutSpaces):
    """Cohorts as the talk sees them: with the spaces that they open."""

    list_display = ("name", "members_now", "spaces_opened", "starts_on", "ends_on")
    inlines = (LinkedSpaces, *CohortWithoutSpaces.inlines)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("spaces")

    @admin.display(description="spaces")
    def spaces_opened(self, cohort):
        return ", ".join(space.name for space in cohort.spaces.all())

    def save_formset(self, request, form, formset, change):
        opened = Space.objects.filter(cohorts=form.instance)
        before = set(opened)
        super().save_formset(request, form, formset, change)
        if formset.model is Space.cohorts.through and formset.has_changed():
            cohorts.rights_changed(form.instance)
            reply_keys.end_those_of(set(opened.all()) - before)


@admin.register(JoinRequest)
class JoinRequestAdmin(Ledger):
    """Without the words, which are for the moderators of the space."""

    about = "Who asked to join which space. Its moderators answer at the desk."
    list_display = fields = ("leader", "space", "asked_at", "accepted", "decided_at", "decided_by")
    list_filter = ("accepted", "space")
    list_select_related = ("leader", "space", "decided_by")
    search_fields = ("leader__name", "leader__sort_name", "leader__email", "space__name")
    date_hierarchy = "asked_at"


@admin.register(Digest)
class DigestAdmin(Ledger):
    """One ledger by itself, where the log of what admins did leads to; the page “Mail” shows both."""

    about = "Which digests were sent, and why others were not."
    list_display = ("leader", "period", "state", "item_count", "due_at", "sent_at", "attempts", "note")
    fields = (*list_display, "opened_at", "lease_until")
    list_filter = ("state",)
    list_select_related = ("leader",)
    search_fields = ("leader__name", "leader__sort_name", "leader__email", "period")
    date_hierarchy = "opened_at"


@admin.register(InboundMail)
class InboundMailAdmin(Ledger):
    """What came in and what became of it; neither the words nor the thread."""

    about = "Replies by e-mail: which were posted, and why others were not."
    list_display = ("received_at", "leader", "state", "reason", "size", "answered_at")
    fields = (*list_display, "attempts", "error", "due_at")
    list_filter = ("state", "reason")
    list_select_related = ("key__leader",)
    search_fields = ("key__leader__name", "key__leader__sort_name", "key__leader__email")
    date_hierarchy = "received_at"
    actions = ("try_again",)

    @admin.display(description="the letter went to", ordering="key__leader")
    def leader(self, mail):
        return mail.key.leader if mail.key else ""

    @admin.action(description="Read again what was given up")
    def try_again(self, request, queryset):
        again = {"state": InboundState.WAITING, "attempts": 0, "due_at": timezone.now(), "error": ""}
        count = queryset.filter(state=InboundState.FAILED).exclude(raw=None).update(**again)
        messages.info(request, f"{count} will be read again within a minute.")


admin.site.register(Mail, MailAdmin)
