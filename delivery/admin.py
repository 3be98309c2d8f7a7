"""Index of the features' admin pages."""

from delivery.tracking import admin as tracking

__all__ = ["tracking"]
