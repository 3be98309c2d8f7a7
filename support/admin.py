"""Index of the features' admin pages."""

from support.notifications import admin as notifications

__all__ = ["notifications"]
