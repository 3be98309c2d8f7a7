"""Websocket routes of support."""

from django.urls import path

from support.notifications.consumers import NotificationsConsumer
from support.threads.consumers import ThreadConsumer

websocket_urlpatterns: list = [
    path("ws/notifications", NotificationsConsumer.as_asgi()),
    path("ws/support/threads/<int:pk>", ThreadConsumer.as_asgi()),
]
