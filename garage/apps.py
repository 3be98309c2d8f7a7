from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GarageConfig(AppConfig):
    name = "garage"
    verbose_name = _("Garage")

    def ready(self) -> None:
        """Hear the news, load the first labour rates."""
        # house: allow model signals, rows of a data migration would be lost by a flush
        from django.db.models.signals import post_migrate

        from garage.quotes.services.rates import load_labour_rates

        post_migrate.connect(load_labour_rates, sender=self, dispatch_uid="garage.labour_rates")
