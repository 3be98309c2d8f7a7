from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop")

    def ready(self) -> None:
        """Hear the news, and tell accounts what the features keep about a person."""
        from accounts.users import personal_data
        from shop.cart import listeners as _cart
        from shop.orders import listeners as _orders
        from shop.returns import queries as returns
        from shop.reviews import queries as reviews

        personal_data.register_section("returns", returns.section)
        personal_data.register_section("reviews", reviews.section)
