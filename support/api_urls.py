"""REST routes of support; declared without a trailing slash (config/lib/api.py)."""

from django.urls import path

from support.notifications import api as notifications
from support.threads import api as threads

urlpatterns: list = [
    path("support/threads", threads.ThreadsView.as_view()),
    path("support/threads/<int:pk>", threads.ThreadView.as_view()),
    path("support/threads/<int:pk>/messages", threads.MessagesView.as_view()),
    path("support/attachments/<int:pk>", threads.AttachmentView.as_view()),
    path("admin/support/threads", threads.StaffThreadsView.as_view()),
    path("admin/support/threads/<int:pk>/reply", threads.StaffReplyView.as_view()),
    path("admin/support/threads/<int:pk>/close", threads.StaffCloseView.as_view()),
    path("notifications", notifications.FeedView.as_view()),
    path("notifications/read-all", notifications.ReadAllView.as_view()),
    path("notifications/preferences", notifications.PreferencesView.as_view()),
    path("notifications/devices", notifications.DevicesView.as_view()),
    path("notifications/devices/<int:pk>", notifications.DeviceView.as_view()),
    path("notifications/<int:pk>/read", notifications.ReadView.as_view()),
]
