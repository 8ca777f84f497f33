"""Pages: the `web` process (gunicorn)."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")
django.setup(set_prefix=False)

from django.urls import get_resolver  # noqa: E402

from collaborate.handler import Handler  # noqa: E402


def settle() -> None:
    """Spare the garbage collector what stays for good, and have it look less often: a twelfth of a page."""
    get_resolver().url_patterns  # noqa: B018 (brings in all views, which the first request would do)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # a page makes a few thousand objects, of which nearly all go by themselves


application = Handler()
settle()
