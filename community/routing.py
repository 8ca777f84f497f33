from django.urls import path, re_path

from community.consumers import LiveConsumer, nowhere

websocket_urlpatterns = [path("ws/", LiveConsumer.as_asgi()), re_path("", nowhere)]
