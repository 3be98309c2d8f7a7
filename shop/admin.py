"""Index of the features' admin pages."""

from shop.reviews import admin as reviews

__all__ = ["reviews"]
