from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GarageConfig(AppConfig):
    name = "garage"
    verbose_name = _("Garage")

    def ready(self) -> None:
        """Import the features' listeners here."""
