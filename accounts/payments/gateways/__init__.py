"""The adapters by name; `settings.PAYMENT_GATEWAY` names the one that new payments use."""

from django.conf import settings

from accounts.payments.gateways.base import Gateway
from accounts.payments.gateways.mobile_money import MobileMoneyGateway
from accounts.payments.gateways.simulated import SimulatedGateway
from accounts.payments.gateways.stripe import StripeGateway
from accounts.payments.rules import MethodNotOffered, UnknownProvider

GATEWAYS: dict[str, Gateway] = {
    adapter.name: adapter for adapter in (SimulatedGateway(), StripeGateway(), MobileMoneyGateway())
}


def gateway(name: str = "") -> Gateway:
    """The adapter called `name`, by default the configured one. Raises UnknownProvider (404)."""
    try:
        return GATEWAYS[name or settings.PAYMENT_GATEWAY]
    except KeyError:
        raise UnknownProvider


def gateway_for(method: str) -> Gateway:
    """The adapter that takes new payments of a `Method`: `settings.MOBILE_MONEY_GATEWAY` or `PAYMENT_GATEWAY`.
    Raises MethodNotOffered where it is empty."""
    name = settings.MOBILE_MONEY_GATEWAY if method == "MOBILE_MONEY" else settings.PAYMENT_GATEWAY
    if not name:
        raise MethodNotOffered(errors={"method": [MethodNotOffered.message]})
    return gateway(name)


def offered(method: str) -> bool:
    """Whether new payments of a `Method` are taken at all."""
    names = {"MOBILE_MONEY": settings.MOBILE_MONEY_GATEWAY, "CARTE": settings.PAYMENT_GATEWAY}
    return bool(names.get(method, True))
