"""Where admins curate the public directory."""

from django import forms
from django.contrib import admin, messages
from django.utils.html import format_html

from faculty import directory
from faculty.models import FacultyMember
from leaders import photos
from leaders.admin.base import Page


class FacultyMemberForm(forms.ModelForm):
    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        return photos.recode(photo) if photo and "photo" in self.changed_data else photo


@admin.register(FacultyMember)
class FacultyMemberAdmin(Page):
    about = "Who is shown in the public directory, and in which order."
    form = FacultyMemberForm
    list_display = ["preview", "__str__", "post", "organisation", "order", "is_published"]
    list_display_links = ["__str__"]
    list_editable = ["order"]
    list_filter = ["is_published"]
    search_fields = ["name", "post", "organisation", "expertise"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["leader"]
    readonly_fields = ["preview"]
    fields = [
        ("title", "name"),
        "slug",
        "post",
        "organisation",
        "biography",
        "expertise",
        "photo",
        "preview",
        "leader",
        ("order", "is_published"),
    ]
    actions = ["publish", "withdraw"]

    @admin.display(description="photo")
    def preview(self, member):
        if not member.photo or not member.is_published:
            return "None" if not member.photo else "Shown once published"
        return format_html('<img src="{}photo/" alt="" width="48" height="48">', member.get_absolute_url())

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request, queryset):
        count = directory.publish(queryset)
        self.message_user(request, f"{count} published.", messages.SUCCESS)

    @admin.action(description="Take out of the public directory", permissions=["change"])
    def withdraw(self, request, queryset):
        count = directory.withdraw(queryset)
        self.message_user(request, f"{count} taken out.", messages.SUCCESS)
