"""The Celery application: it only wakes workers; what is due is rows with leases."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")

app = Celery("collaborate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["community.inbound"], related_name="postman")
app.autodiscover_tasks(["community"], related_name="relocations")

# How many seconds apart beat wakes a worker to look for what is due.
app.conf.beat_schedule = {
    name: {"task": task, "schedule": seconds}
    for name, task, seconds in [
        ("read mail", "community.inbound.postman.read_mail", 60),
        ("forget mail", "community.inbound.postman.forget_mail", 3600),
        ("carry posts", "community.relocations.carry_posts", 60),
        ("run errands", "community.tasks.run_errands", 60),
        ("open digests", "community.tasks.open_digests", 60),
        ("send digests", "community.tasks.send_digests", 60),
        ("send letters", "community.tasks.send_letters", 60),
        ("prompt moderators", "community.tasks.prompt_moderators", 600),
        ("tell of places", "community.tasks.tell_of_places", 300),
        ("forget drafts", "community.tasks.forget_drafts", 3600),
        ("forget deleted messages", "community.tasks.forget_deleted_messages", 3600),
        ("forget well done", "community.tasks.forget_well_done", 3600),
        ("forget bookmarks", "community.tasks.forget_bookmarks", 3600),
        ("forget attachments", "community.tasks.forget_attachments", 600),
    ]
}
