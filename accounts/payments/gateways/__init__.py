"""The adapters by name; `settings.PAYMENT_GATEWAY` names the one that new payments use."""

from django.conf import settings

from accounts.payments.gateways.base import Gateway
from accounts.payments.gateways.simulated import SimulatedGateway
from accounts.payments.rules import UnknownProvider

GATEWAYS: dict[str, Gateway] = {"simulated": SimulatedGateway()}


def gateway(name: str = "") -> Gateway:
    """The adapter called `name`, by default the configured one. Raises UnknownProvider (404)."""
    try:
        return GATEWAYS[name or settings.PAYMENT_GATEWAY]
    except KeyError:
        raise UnknownProvider
