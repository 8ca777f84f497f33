from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.decorators import method_decorator


class Site(AdminSite):
    """Django admin behind the same sign-in as every other page."""

    site_header = site_title = "Collaborate administration"
    index_title = "What would you like to look after?"
    site_url = "/"

    login = method_decorator(secure_admin_login)(AdminSite.login)
