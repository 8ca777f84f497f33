"""Every address. They last: links in e-mails must work for years."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from collaborate import health, hooks, mailbox, search, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search.search, name="search"),
    path("", include("community.urls")),
    path("", include("leaders.urls")),
    path("", include("faculty.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("mailbox/", mailbox.letters, name="mailbox"),
    path("mailbox/<str:key>/", mailbox.letter, name="mailbox_message"),
    path("mailbox/<str:key>/html/", mailbox.letter_html, name="mailbox_html"),
    *hooks.addresses(settings.MAIL_SERVICES),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
