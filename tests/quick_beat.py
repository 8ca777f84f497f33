"""Beat, with a tick each second instead of each minute, and for the digest alone."""

from collaborate.celery import app

app.conf.beat_schedule = {
    name: {"task": f"community.tasks.{name}", "schedule": 1} for name in ("open_digests", "send_digests")
}
