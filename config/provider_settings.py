"""Settings of the payment providers (docs/payments.md): name and default. Keys have none, and config/checks.py stops a
start that chose a provider without its keys."""

import environ

PROVIDER_SETTINGS = {
    "STRIPE_API_BASE": "https://api.stripe.com",
    # The one that the adapter and its tests were written for: a newer one is a change of the adapter.
    "STRIPE_API_VERSION": "2026-10-28.endive",
    "STRIPE_SECRET_KEY": "",
    "STRIPE_WEBHOOK_SECRET": "",
    "MOBILE_MONEY_URL": "",
    "MOBILE_MONEY_ENVIRONMENT": "sandbox",
    "MOBILE_MONEY_USER": "",
    "MOBILE_MONEY_SECRET": "",
    "MOBILE_MONEY_SUBSCRIPTION_KEY": "",
    "MOBILE_MONEY_PAYOUT_KEY": "",  # the subscription of disbursements, where it is another one
    "MOBILE_MONEY_CALLBACK_SECRET": "",
}


def provider_settings(env: environ.Env) -> dict[str, str]:
    found = {name: env.str(name, default=default) for name, default in PROVIDER_SETTINGS.items()}
    return {name: text.rstrip("/") if name.endswith(("_BASE", "_URL")) else text for name, text in found.items()}
