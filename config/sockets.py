"""Websocket routes of all apps."""

from delivery.routing import websocket_urlpatterns as delivery
from support.routing import websocket_urlpatterns as support

websocket_urlpatterns = [*delivery, *support]
