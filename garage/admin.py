"""Index of the features' admin pages."""

from garage.alerts import admin as alerts
from garage.billing import admin as bills
from garage.clients import admin as clients
from garage.quotes import admin as quotes
from garage.quotes import paper_admin as quote_papers
from garage.vehicles import admin as vehicles
from garage.workshop import admin_appointments as appointments
from garage.workshop import admin_repairs as repairs

__all__ = ["alerts", "appointments", "bills", "clients", "quote_papers", "quotes", "repairs", "vehicles"]
