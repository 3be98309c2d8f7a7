"""REST routes of support; declared without a trailing slash (config/lib/api.py)."""

from django.urls import path

from support.notifications import api as notifications

urlpatterns: list = [
    path("notifications", notifications.FeedView.as_view()),
    path("notifications/read-all", notifications.ReadAllView.as_view()),
    path("notifications/preferences", notifications.PreferencesView.as_view()),
    path("notifications/devices", notifications.DevicesView.as_view()),
    path("notifications/devices/<int:pk>", notifications.DeviceView.as_view()),
    path("notifications/<int:pk>/read", notifications.ReadView.as_view()),
]
