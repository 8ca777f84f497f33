"""Tests that run side by side share no Redis and no directory; nor a database, by pytest-django.

A plugin, because it must speak before the settings are read.
"""

import os

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    number = int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = os.environ["REDIS_URLS"].split()[number]
    for name in ("MEDIA_ROOT", "MAILBOX_DIR"):
        os.environ[name] = f"{os.environ[name]}-{worker}"
