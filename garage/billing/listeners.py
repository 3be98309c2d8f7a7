"""What bills do when payments move."""

from typing import Any

from accounts.payments.events import payment_moved
from accounts.payments.models import Payment
from garage.billing import services


@payment_moved.listener
def settle_when_received(*, payment_id: int, to_status: str, **ids: Any) -> None:
    if to_status == Payment.Status.REUSSI:
        services.settle_payment(payment_id=payment_id)
