"""Where a request comes from."""

import ipaddress
from typing import Any

from rest_framework.throttling import BaseThrottle


def address_of(request: Any) -> str | None:
    """The visitor's IP address, past the proxies that TRUSTED_PROXIES counts: what a visitor writes into
    X-Forwarded-For himself stands further left and is not believed. The same reading as that of the rate limits.
    None when it is none, as behind a socket of the machine."""
    try:
        return str(ipaddress.ip_address(BaseThrottle().get_ident(request)))
    except ValueError:
        return None
