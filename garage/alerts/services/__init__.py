"""Every write about alerts."""

from garage.alerts.services.computing import compute_all, compute_quotes, compute_stock, compute_vehicles
from garage.alerts.services.defaults import load_defaults
from garage.alerts.services.following import follow_up
from garage.alerts.services.law import check_interval, check_rule, save_rules
from garage.alerts.services.quoting import Draft, book_slot, first_slot, make_quote, slots_for
from garage.alerts.services.settling import record_inspection, reset_for_order, settle, snooze

__all__ = [
    "Draft", "book_slot", "check_interval", "check_rule", "compute_all", "compute_quotes", "compute_stock",
    "compute_vehicles", "first_slot", "follow_up", "load_defaults", "make_quote", "record_inspection",
    "reset_for_order", "save_rules", "settle", "slots_for", "snooze",
]
