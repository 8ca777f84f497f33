"""What all our administration pages share."""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import BadRequest


class _Numbered:
    """Looks up only what can be a number of a row: Django breaks on anything else that is sent."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if _is_number(key)], attr)


class _One(_Numbered, AutocompleteSelect):
    pass


class _Several(_Numbered, AutocompleteSelectMultiple):
    pass


class Completing:
    """Pages and lists of rows with fields that complete what one types."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = _One(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = _Several(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class Page(Completing, admin.ModelAdmin):
    """Bad input answers 422, lists stay short, and rows have a label that tells namesakes apart."""

    list_per_page = 50
    list_max_show_all = 200
    about = ""

    def render_change_form(self, request, context, *args, **kwargs):
        response = super().render_change_form(request, context, *args, **kwargs)
        if request.method == "POST":
            response.status_code = 422
        return response

    def lookup_allowed(self, lookup, value, request):
        # Django lets an address ask after any field of a row, shown or not: a password, a private word.
        offered = {"id", self.date_hierarchy, *map(_asks_after, self.get_list_filter(request))}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def get_ordering(self, request):
        # Said aloud, since counting in a list makes Django forget the order of the model.
        return super().get_ordering(request) or self.opts.ordering

    def response_action(self, request, queryset):
        if not all(_is_number(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("Rows are chosen by their numbers.")
        return super().response_action(request, queryset)

    def label(self, row) -> str:
        """How a row is named in a field that completes what one types."""
        return str(row)


def _is_number(key) -> bool:
    text = str(key)
    return text.isascii() and text.isdigit() and len(text) < 19


def _asks_after(list_filter) -> str:
    """The field, or the word in the address, with which a filter of a list begins."""
    named = list_filter[0] if isinstance(list_filter, tuple) else list_filter
    return getattr(named, "parameter_name", named).split("__")[0]


class Ledger(Page):
    """Rows that are looked at here and never written."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Kept(Page):
    """Rows that others lean on: they can be changed, and never vanish from here."""

    def has_delete_permission(self, request, obj=None):
        return False


class NowInline(Completing, admin.TabularInline):
    """The rows that count; whom they concern is fixed. They are ended, not deleted."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


class NewInline(Completing, admin.TabularInline):
    """Empty lines for further rows, apart from those that are there: a long list stays quick."""

    extra = 1
    max_num = 100  # lines in one go, whatever number a form claims to bring
    can_delete = False

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).none()
