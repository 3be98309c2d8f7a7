"""Providers on this machine and the settings that point at them."""

from collections.abc import Iterator

import pytest

from accounts.payments.gateways import stripe as adapter
from accounts.payments.gateways.mobile_money import tokens
from accounts.payments.tests.servers import mobile_money, stripe


@pytest.fixture
def stripe_server(settings, monkeypatch) -> Iterator[stripe.StripeServer]:
    server = stripe.StripeServer()
    monkeypatch.setattr(adapter, "RETRIES", 0)  # the SDK's own tries take half a second each
    settings.PAYMENT_GATEWAY = "stripe"
    settings.STRIPE_API_BASE = server.url
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = stripe.SECRET_KEY, stripe.WEBHOOK_SECRET
    settings.STRIPE_API_VERSION = stripe.VERSION
    yield server
    server.close()


@pytest.fixture
def momo_server(settings) -> Iterator[mobile_money.MobileMoneyServer]:
    server = mobile_money.MobileMoneyServer()
    settings.MOBILE_MONEY_GATEWAY = "mobile_money"
    settings.MOBILE_MONEY_URL = server.url
    settings.MOBILE_MONEY_USER, settings.MOBILE_MONEY_SECRET = mobile_money.USER, mobile_money.SECRET
    settings.MOBILE_MONEY_SUBSCRIPTION_KEY, settings.MOBILE_MONEY_PAYOUT_KEY = mobile_money.KEY, mobile_money.PAYOUT_KEY
    settings.MOBILE_MONEY_CALLBACK_SECRET = mobile_money.CALLBACK_SECRET
    settings.MOBILE_MONEY_ENVIRONMENT = "sandbox"
    tokens.kept.clear()
    yield server
    server.close()
