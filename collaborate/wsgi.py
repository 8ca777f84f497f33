"""Pages: the `web` process (gunicorn)."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")
django.setup(set_prefix=False)

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils.http import parse_header_parameters  # noqa: E402


class Request(WSGIRequest):
    """A request read as UTF-8, whatever it calls itself: some names of encodings would break the reading."""

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request


def settle() -> None:
    """Spare the garbage collector what stays for good, and have it look less often: a twelfth of a page."""
    get_resolver().url_patterns  # noqa: B018 (brings in all views, which the first request would do)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # a page makes a few thousand objects, of which nearly all go by themselves


application = Handler()
settle()
