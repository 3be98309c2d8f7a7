from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        """Import the features' listeners here."""
        import delivery.auctions.listeners
        import delivery.deliveries.listeners
