"""Page, API and admin routes of all apps. API routes are declared without a trailing slash and answer with one."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from config.finances.api import FecView, FinancesCsvView, FinancesView
from config.finances.views import FinancesPage
from config.lib.api import not_found
from config.stats import AdminStatsView
from config.styleguide import styleguide
from garage.dashboard.views import DashboardPage, RowsPage

api = [
    path("", include("accounts.api_urls")),
    path("", include("delivery.api_urls")),
    path("", include("shop.api_urls")),
    path("", include("garage.api_urls")),
    path("", include("support.api_urls")),
    path("admin/stats", AdminStatsView.as_view(), name="api-admin-stats"),
    path("manager/finances", FinancesView.as_view(), name="api-finances"),
    path("manager/finances.csv", FinancesCsvView.as_view(), name="api-finances-csv"),
    path("manager/finances/fec", FecView.as_view(), name="api-finances-fec"),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("redoc", SpectacularRedocView.as_view(url_name="api-schema"), name="api-redoc"),
    re_path(r".*", not_found),
]

urlpatterns = [
    path("api/", include(api)),
    path("admin/finances/", admin.site.admin_view(FinancesPage.as_view()), name="finances"),
    path("admin/garage-chiffres/", admin.site.admin_view(DashboardPage.as_view()), name="garage-dashboard"),
    path(
        "admin/garage-chiffres/<slug:name>/", admin.site.admin_view(RowsPage.as_view()), name="garage-dashboard-rows"
    ),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("compte/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("delivery.urls")),
    path("", include("shop.urls")),
    path("", include("garage.urls")),
    path("", include("support.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("style/", styleguide, name="style"))
