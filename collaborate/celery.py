"""The Celery application: it only wakes workers; what is due is rows with leases."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")

app = Celery("collaborate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["community.inbound"], related_name="postman")
app.autodiscover_tasks(["community"], related_name="relocations")
