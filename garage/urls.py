"""Page routes of the garage."""

from django.urls import path

from garage.clients import views as clients
from garage.quotes.views import rates
from garage.vehicles import views as vehicles

app_name = "garage"
urlpatterns: list = [
    path("garage/", vehicles.VehiclesPage.as_view(), name="vehicles"),
    path("garage/mes-accords/", clients.AgreementsPage.as_view(), name="agreements"),
    path("garage/tarifs/", rates.RatesPage.as_view(), name="rates"),
]
