"""Index of the features' admin pages."""

from support.notifications import admin as notifications
from support.threads import admin as threads

__all__ = ["notifications", "threads"]
