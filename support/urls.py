"""Page routes of support."""

from django.urls import path

from support.notifications import views as notifications
from support.threads import views as threads

app_name = "support"
urlpatterns: list = [
    path("aide/", threads.ThreadsPage.as_view(), name="threads"),
    path("aide/nouveau/", threads.NewThreadPage.as_view(), name="thread_new"),
    path("aide/<int:pk>/", threads.ThreadPage.as_view(), name="thread"),
    path("aide/<int:pk>/fermer/", threads.CloseThread.as_view(), name="thread_close"),
    path("aide/fichiers/<int:pk>/", threads.AttachmentFile.as_view(), name="attachment"),
    path("notifications/", notifications.FeedPage.as_view(), name="notifications"),
    path("notifications/tout-lire/", notifications.ReadAll.as_view(), name="notifications_read_all"),
    path("notifications/preferences/", notifications.PreferencesPage.as_view(), name="preferences"),
    path("notifications/<int:pk>/", notifications.OpenNotification.as_view(), name="notification_open"),
]
