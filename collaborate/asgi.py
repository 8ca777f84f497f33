"""Sockets: the `live` process. Pages are served here too, through WSGI, when one process does everything."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborate.settings")

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware

from collaborate.wsgi import application as pages
from community.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(pages, workers=4),
        "websocket": CookieMiddleware(URLRouter(websocket_urlpatterns)),
    }
)
