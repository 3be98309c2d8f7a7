from django.urls import path

from delivery.tracking import api as tracking

urlpatterns: list = [
    path("tracking/positions", tracking.Positions.as_view()),
    path("tracking/deliveries/<int:pk>", tracking.Tracking.as_view()),
    path("tracking/deliveries/<int:pk>/trail", tracking.Trail.as_view()),
    path("tracking/watchers", tracking.Watchers.as_view()),
]
