"""Index of the features' models."""

from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Category, Product, ProductImage, SearchWord, StockMovement

__all__ = ["Cart", "CartLine", "Category", "Product", "ProductImage", "SearchWord", "StockMovement"]
