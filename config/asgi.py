"""HTTP and websockets in one ASGI application."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from config.lib.live import SocketAuth
from config.sockets import websocket_urlpatterns

application = ProtocolTypeRouter({"http": http, "websocket": SocketAuth(URLRouter(websocket_urlpatterns))})
