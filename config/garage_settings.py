"""Settings of the garage (docs/garage.md): name and default."""

from typing import Any

import environ

GARAGE_SETTINGS: dict[str, Any] = {
    "GARAGE_QUOTE_DAYS": 30,  # how long a quote stays open
}


def garage_settings(env: environ.Env) -> dict[str, Any]:
    """Each as its default is: a number, a text or a switch."""
    return {name: env(name, cast=type(default), default=default) for name, default in GARAGE_SETTINGS.items()}
