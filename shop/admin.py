"""Index of the features' admin pages."""

from shop.cart import admin as cart
from shop.catalogue import admin as catalogue
from shop.invoices import admin as invoices
from shop.orders import admin as orders
from shop.returns import admin as returns
from shop.reviews import admin as reviews

__all__ = ["cart", "catalogue", "invoices", "orders", "returns", "reviews"]
