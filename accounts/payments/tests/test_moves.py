"""Every pair of payment states: allowed moves are made and remembered, the others change nothing."""

from decimal import Decimal as D
from itertools import product

import pytest

from accounts.payments.models import Payment
from config.lib.actors import SYSTEM
from config.lib.errors import IllegalMove

pytestmark = pytest.mark.django_db
Status = Payment.Status
ALLOWED = {
    ("EN_COURS", "REUSSI"), ("EN_COURS", "REFUSE"), ("REFUSE", "REUSSI"), ("REUSSI", "REMBOURSE"),
}


@pytest.mark.parametrize("before, after", product(Status.values, Status.values))
def test_moves(before, after):
    payment = Payment.objects.create(
        reference="order:1", amount=D("1"), method="CARTE", provider="simulated", key="k", status=before
    )
    if (before, after) in ALLOWED:
        payment.move(after, actor=SYSTEM)
        assert payment.history.get().to_status == after
    else:
        with pytest.raises(IllegalMove):
            payment.move(after, actor=SYSTEM)
        assert not payment.history.exists()
    payment.refresh_from_db()
    assert payment.status == (after if (before, after) in ALLOWED else before)
