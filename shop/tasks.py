"""Index of the features' background tasks."""

from shop.catalogue.tasks import make_image_sizes
from shop.invoices.tasks import render_invoice
from shop.orders.tasks import expire_orders

__all__ = ["expire_orders", "make_image_sizes", "render_invoice"]
