"""Index of the features' background tasks."""

from shop.catalogue.tasks import make_image_sizes
from shop.invoices.tasks import check_invoice, render_invoice
from shop.orders.tasks import expire_orders

__all__ = ["check_invoice", "expire_orders", "make_image_sizes", "render_invoice"]
