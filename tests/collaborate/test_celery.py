"""Beat wakes workers for tasks that they know."""

from collaborate.celery import app


def test_whatever_beat_asks_for_is_a_task():
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert asked
    assert asked - set(app.tasks) == set()
