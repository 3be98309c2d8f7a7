from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop")

    def ready(self) -> None:
        """Hear the news, tell accounts what the features keep about a person, load the law."""
        # house: allow model signals, rows of a data migration would be lost by a flush
        from django.db.models.signals import post_migrate

        from accounts.payments import subjects
        from accounts.users import personal_data
        from accounts.wallet import neighbours
        from shop.cart import listeners as _cart
        from shop.invoices.services import load_french_law
        from shop.orders import listeners as _orders
        from shop.orders import naming
        from shop.orders.services import absorbing
        from shop.returns import queries as returns
        from shop.reviews import queries as reviews

        subjects.register("order", absorbing.SUBJECT)
        neighbours.register_names("order", naming.names)
        personal_data.register_section("returns", returns.section)
        personal_data.register_section("reviews", reviews.section)
        post_migrate.connect(load_french_law, sender=self, dispatch_uid="shop.french_law")
