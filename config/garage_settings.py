"""Settings of the garage (docs/garage.md): name and default."""

from decimal import Decimal
from typing import Any

import environ

GARAGE_SETTINGS: dict[str, Any] = {
    "GARAGE_QUOTE_DAYS": 30,  # how long a quote stays open
    "GARAGE_QUOTE_FEE": Decimal("0.00"),  # what a written quote costs, in euros incl. VAT; zero: free
    "GARAGE_CANCEL_HOURS": 24,  # a client cancels an appointment himself until so long before it
}


# The editor of a quote of 300 lines (quotes.rules.MAX_LINES) sends ten fields a line.
FORM_FIELDS = 4000


def garage_settings(env: environ.Env) -> dict[str, Any]:
    """Each as its default is: a number, an amount, a text or a switch."""
    own = {name: env(name, cast=type(default), default=default) for name, default in GARAGE_SETTINGS.items()}
    return {**own, "DATA_UPLOAD_MAX_NUMBER_FIELDS": FORM_FIELDS}
