"""The administration pages as one site."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.text import slugify

from leaders.permissions import may_use_admin

OUR_PACKAGES = ("faculty", "community", "leaders")
SECTIONS = {
    "People": ("Leader", "Cohort", "Organisation", "Collaborative", "LeaderImport"),
    "Community": ("Space", "Signpost", "HouseRules"),
    "Faculty directory": ("FacultyMember",),
    "Records": (
        "CohortMembership",
        "StageRecord",
        "JoinRequest",
        "Mail",
        "InboundMail",
        "MailPreferences",
        "Consent",
    ),
    "Admins": ("Group",),
}


class Completion(AutocompleteJsonView):
    """Completes what one types by the label that tells namesakes apart."""

    def serialize_result(self, obj, to_field_name):
        page = self.admin_site._registry[type(obj)]
        return {**super().serialize_result(obj, to_field_name), "text": page.label(obj)}


class Site(AdminSite):
    """Django admin behind the same sign-in as every other page, with pages of our own only."""

    site_header = site_title = "Collaborate administration"
    index_title = "What would you like to look after?"
    site_url = "/"

    login = method_decorator(secure_admin_login)(AdminSite.login)

    def register(self, model_or_iterable, admin_class=None, **options):
        # A library's page could change how somebody else signs in: addresses, passkeys, sessions.
        if admin_class is not None and admin_class.__module__.split(".")[0] in OUR_PACKAGES:
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request, app_label=None):
        """Our sections in our words; the list of one application stays that application's."""
        apps = super().get_app_list(request, app_label)
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        for model in models.values():
            model["about"] = getattr(self._registry[model["model"]], "about", "")
        if app_label:
            return apps
        places = {
            name: [models[each] for each in names if each in models] for name, names in SECTIONS.items()
        }
        return [_section(name, found) for name, found in places.items() if found]

    def has_permission(self, request):
        return bool(may_use_admin(request.user))

    def autocomplete_view(self, request):
        return Completion.as_view(admin_site=self)(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def logout(self, request, extra_context=None):
        return redirect("account_logout")


def _section(name: str, models: list[dict]) -> dict:
    label = slugify(name)
    return {"name": name, "app_label": label, "app_url": "", "has_module_perms": True, "models": models}
