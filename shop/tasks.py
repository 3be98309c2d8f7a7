"""Index of the features' background tasks."""

from shop.catalogue.tasks import make_image_sizes

__all__ = ["make_image_sizes"]
