from django.apps import AppConfig


class Faculty(AppConfig):
    name = "faculty"
    verbose_name = "Faculty directory"
