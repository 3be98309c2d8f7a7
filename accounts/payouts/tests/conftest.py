"""Every test of payouts: the shop has a bank account (its number is the banks' own example)."""

import pytest


@pytest.fixture(autouse=True)
def _bank_account(settings):
    settings.SHOP_IBAN, settings.SHOP_BIC, settings.SHOP_NAME = "FR7630006000011234567890189", "AGRIFRPP", "Triporteur"
