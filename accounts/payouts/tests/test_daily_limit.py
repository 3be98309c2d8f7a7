"""Withdrawals and transfers share one limit a day; a withdrawal called off gives its room back."""

from decimal import Decimal as D

import pytest

from accounts.payouts import services
from accounts.payouts.models import Payout
from accounts.payouts.tests.factories import earn, payout
from accounts.wallet import services as wallet
from accounts.wallet.queries import wallet_of
from accounts.wallet.rules import DailyLimitReached

pytestmark = pytest.mark.django_db


def test_a_withdrawal_counts_until_it_is_called_off(alice, bob, settings):
    settings.WALLET_DAILY_LIMIT = D("100")
    earn(alice, "500")
    asked = payout(alice, "80")
    with pytest.raises(DailyLimitReached):
        payout(alice, "20.01", key="too much")
    with pytest.raises(DailyLimitReached):
        wallet.transfer(actor=alice, to=bob.email, amount=D("20.01"), key="t")
    assert (wallet_of(alice).held, Payout.objects.count()) == (D("80"), 1)
    services.cancel(actor=alice, payout_id=asked.pk)
    wallet.transfer(actor=alice, to=bob.email, amount=D("100"), key="t")
