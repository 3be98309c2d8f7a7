"""Websocket routes of the delivery features."""

from django.urls import re_path

from delivery.tracking.consumers import CourierConsumer, DeliveryConsumer, DispatchConsumer

websocket_urlpatterns: list = [
    re_path(r"^/?ws/courier/?$", CourierConsumer.as_asgi()),
    re_path(r"^/?ws/deliveries/(?P<pk>\d{1,18})/?$", DeliveryConsumer.as_asgi()),
    re_path(r"^/?ws/dispatch/?$", DispatchConsumer.as_asgi()),
]
