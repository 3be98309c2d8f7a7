from django.urls import include, path

from bench import floor

urlpatterns = [
    path("bench/api", floor.api),
    path("bench/page", floor.page),
    path("bench/empty", floor.empty),
    path("", include("config.urls")),
]
