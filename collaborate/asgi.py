"""Sockets: the `live` process. Pages are served here too, through WSGI, when one process does everything."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")
django.setup(set_prefix=False)

from a2wsgi import WSGIMiddleware  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402

from collaborate.handler import Handler  # noqa: E402
from community.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(Handler(), workers=4),
        "websocket": CookieMiddleware(URLRouter(websocket_urlpatterns)),
    }
)
