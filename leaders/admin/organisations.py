from django.contrib import admin
from django.db.models import Count

from leaders.admin.base import Page
from leaders.models import Collaborative, Organisation


class OrganisationInline(admin.TabularInline):
    model = Organisation
    fields = ("name", "region")
    extra = 1
    can_delete = False
    show_change_link = True


@admin.register(Organisation)
class OrganisationAdmin(Page):
    about = "Where leaders work."
    list_display = ("name", "collaborative", "region", "leader_count")
    list_filter = ("region", "collaborative")
    list_select_related = ("collaborative",)
    search_fields = ("name", "collaborative__name")
    autocomplete_fields = ("collaborative",)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(number=Count("leaders"))

    @admin.display(description="leaders", ordering="number")
    def leader_count(self, organisation):
        return organisation.number

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and not obj.leaders.exists()


@admin.register(Collaborative)
class CollaborativeAdmin(Page):
    about = "Provider collaboratives and systems, with their organisations."
    list_display = ("name", "region", "is_vanguard", "organisation_count")
    list_filter = ("region", "is_vanguard")
    search_fields = ("name",)
    inlines = (OrganisationInline,)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(number=Count("organisations"))

    @admin.display(description="organisations", ordering="number")
    def organisation_count(self, collaborative):
        return collaborative.number

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.organisations.exists()
