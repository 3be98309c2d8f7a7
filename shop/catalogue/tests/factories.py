"""Products for tests, made by the same services as real ones."""

from decimal import Decimal
from itertools import count

from config.lib.actors import SYSTEM
from shop.catalogue import services
from shop.catalogue.models import Category, Product

_numbers = count(1)


def make_category(name: str = "Épicerie", position: int = 0) -> Category:
    return services.create_category(actor=SYSTEM, name=name, position=position)


def make_product(
    name: str = "Confiture de fraises", *, price: str = "6.50", stock: int = 10, category: Category | None = None,
    **fields: object,
) -> Product:
    number = next(_numbers)
    return services.create_product(
        actor=SYSTEM, sku=str(fields.pop("sku", f"SKU-{number}")), name=name, price=Decimal(price), stock=stock,
        category=category or Category.objects.first() or make_category(), **fields,
    )
