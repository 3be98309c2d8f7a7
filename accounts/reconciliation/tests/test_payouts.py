"""Payouts that failed: sent again or given back from the desk."""

from decimal import Decimal as D

import pytest

from accounts.payments import audit as payments_audit
from accounts.payouts import audit
from accounts.payouts import services as payouts
from accounts.payouts.models import Payout
from accounts.payouts.tests.factories import MOBILE, REFUSED, earn, payout
from accounts.reconciliation import offers, services
from accounts.reconciliation.tests.factories import only
from accounts.wallet import audit as ledger
from accounts.wallet.queries import wallet_of
from config.lib.errors import IllegalMove, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_are_right():
    yield
    assert [*ledger.faults(), *payments_audit.faults(), *audit.faults()] == []


@pytest.fixture(params=["refused", "bounced"])
def failed(request, alice, dora, commit):
    """The case of a payout of 40 out of 100: refused before it left, or come back after."""
    with commit():
        given = payout(earn(alice), to=REFUSED if request.param == "refused" else MOBILE)
    if request.param == "bounced":
        payouts.fail_payout(actor=dora, payout_id=given.pk, reason="Account closed")
    return only()


def test_given_back_to_the_wallet(dora, alice, failed):
    assert [choice.outcome for choice in offers.choices(failed)] == ["RELANCE", "RENDU"]
    done = services.resolve(actor=dora, case_id=failed.pk, outcome="RENDU")
    assert (done.outcome, wallet_of(alice).balance, wallet_of(alice).held) == ("RENDU", D(100), 0)
    assert done.transaction is None or done.transaction.actor == dora
    with pytest.raises(IllegalMove):
        services.resolve(actor=dora, case_id=failed.pk, outcome="RENDU")
    assert wallet_of(alice).balance == D(100)


def test_sent_again(dora, alice, failed):
    services.resolve(actor=dora, case_id=failed.pk, outcome="RELANCE")
    assert Payout.objects.count() == 2
    assert wallet_of(alice).balance - wallet_of(alice).held == D(60)
    with pytest.raises(IllegalMove):
        services.resolve(actor=dora, case_id=failed.pk, outcome="RELANCE")
    assert Payout.objects.count() == 2


def test_it_is_not_written_off(dora, failed):
    with pytest.raises(Invalid):
        services.resolve(actor=dora, case_id=failed.pk, outcome="ECART")
