"""Index of the features' admin pages."""

from garage.alerts import admin as alerts
from garage.billing import admin as bills
from garage.clients import admin as clients
from garage.quotes import admin as quotes
from garage.quotes import paper_admin as quote_papers
from garage.vehicles import admin as vehicles

__all__ = ["alerts", "bills", "clients", "quote_papers", "quotes", "vehicles"]
