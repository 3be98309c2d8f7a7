from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop")

    def ready(self) -> None:
        """Import the features' listeners."""
        from shop.cart import listeners as _cart
        from shop.orders import listeners as _orders
