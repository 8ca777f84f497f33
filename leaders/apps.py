from django.apps import AppConfig


class Leaders(AppConfig):
    name = "leaders"
    verbose_name = "People"
