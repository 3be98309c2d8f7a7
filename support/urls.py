"""Page routes of support."""

from django.urls import path

from support.notifications import views as notifications

app_name = "support"
urlpatterns: list = [
    path("notifications/", notifications.FeedPage.as_view(), name="notifications"),
    path("notifications/tout-lire/", notifications.ReadAll.as_view(), name="notifications_read_all"),
    path("notifications/preferences/", notifications.PreferencesPage.as_view(), name="preferences"),
    path("notifications/<int:pk>/", notifications.OpenNotification.as_view(), name="notification_open"),
]
