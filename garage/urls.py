"""Page routes of the garage."""

from django.urls import path

from garage.billing import views as bills
from garage.clients import views as clients
from garage.quotes.views import rates
from garage.vehicles import views as vehicles

app_name = "garage"
urlpatterns: list = [
    path("garage/", vehicles.VehiclesPage.as_view(), name="vehicles"),
    path("garage/mes-accords/", clients.AgreementsPage.as_view(), name="agreements"),
    path("garage/tarifs/", rates.RatesPage.as_view(), name="rates"),
    path("garage/factures/", bills.BillsPage.as_view(), name="bills"),
    path("garage/factures/<int:pk>/", bills.BillPage.as_view(), name="bill"),
    path("garage/factures/<int:pk>/payer/", bills.PayPage.as_view(), name="bill_pay"),
    path("garage/factures/<int:pk>/pdf/", bills.BillPdf.as_view(), name="bill_pdf"),
    path("garage/factures/<int:pk>/avoirs/<int:credit>/", bills.BillPdf.as_view(), name="bill_credit"),
    path("factures/<str:token>/", bills.LinkPage.as_view(), name="bill_link"),
    path("factures/<str:token>/payer/", bills.LinkPayPage.as_view(), name="bill_link_pay"),
    path("factures/<str:token>/pdf/", bills.LinkPdf.as_view(), name="bill_link_pdf"),
]
