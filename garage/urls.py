"""Page routes of the garage."""

from django.urls import path

from garage.vehicles import views as vehicles

app_name = "garage"
urlpatterns: list = [
    path("garage/", vehicles.VehiclesPage.as_view(), name="vehicles"),
]
