"""Index of the features' models."""

from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Category, Product, ProductImage, SearchWord, StockMovement
from shop.invoices.models import Invoice, InvoiceCheck, InvoiceCounter, LegalText, VatRate
from shop.orders.models import Order, OrderChange, OrderLine
from shop.returns.models import Return, ReturnChange, ReturnLine, ReturnPhoto
from shop.reviews.models import Review, ReviewChange

__all__ = [
    "Cart", "CartLine", "Category", "Invoice", "InvoiceCheck", "InvoiceCounter", "LegalText", "Order", "OrderChange",
    "OrderLine", "Product", "ProductImage", "Return", "ReturnChange", "ReturnLine", "ReturnPhoto", "Review",
    "ReviewChange", "SearchWord", "StockMovement", "VatRate",
]
