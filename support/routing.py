"""Websocket routes of support."""

from django.urls import path

from support.notifications.consumers import NotificationsConsumer

websocket_urlpatterns: list = [
    path("ws/notifications", NotificationsConsumer.as_asgi()),
]
