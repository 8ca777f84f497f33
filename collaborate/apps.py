from django.apps import AppConfig
from django.contrib.admin import apps


class Collaborate(AppConfig):
    name = "collaborate"
    default = True


class Admin(apps.AdminConfig):
    default_site = "collaborate.admin.Site"
    default = False
