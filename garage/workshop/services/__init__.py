"""Every write of the workshop, one module per verb."""

from garage.workshop.services.opening import call_off, cancel_order, open_for_quote, open_order

__all__ = ["call_off", "cancel_order", "open_for_quote", "open_order"]
