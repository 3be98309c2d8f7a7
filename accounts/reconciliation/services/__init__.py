"""Every decision of the reconciliation desk."""

from accounts.reconciliation.services.resolve import resolve

__all__ = ["resolve"]
