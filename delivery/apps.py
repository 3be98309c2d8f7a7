from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        """Hear the news, and tell accounts who is a courier."""
        import delivery.auctions.listeners
        import delivery.deliveries.listeners
        from accounts.users import roles
        from accounts.wallet import neighbours
        from delivery.couriers.queries import couriers_among, is_courier
        from delivery.deliveries import naming

        neighbours.register_names("delivery", naming.names)
        roles.register("COURSIER", is_courier, among=couriers_among)
