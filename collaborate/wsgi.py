"""Pages: the `web` process (gunicorn)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")

application = get_wsgi_application()
