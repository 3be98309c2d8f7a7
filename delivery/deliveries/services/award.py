"""Choosing a courier sets the money aside; handing over pays it out. Always inside the caller's transaction."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import Actor
from config.lib.money import ZERO
from delivery.couriers.models import Courier
from delivery.deliveries import queries
from delivery.deliveries.models import Delivery
from delivery.deliveries.rules import VAT_RATE, AlreadyAwarded, commission_of


def award(*, delivery: Delivery, courier: Courier, amount: Decimal, minutes: int, actor: Actor) -> Delivery:
    """Give the delivery to a courier for `amount` euros, promised within `minutes`; hold the money.

    The caller holds the delivery's lock. The platform's escrow holds the whole fee (the difference is its margin),
    a person's wallet the agreed amount. Raises AlreadyAwarded, InsufficientFunds; nothing is changed then.
    """
    if delivery.status not in Delivery.OPEN:
        raise AlreadyAwarded
    hold = wallet.hold(
        account=delivery.payer_account, amount=delivery.max_price if queries.is_platform_paid(delivery) else amount,
        reference=f"delivery:{delivery.pk}", actor=actor,
    )
    now = timezone.now()
    delivery.move(
        Delivery.Status.ATTRIBUEE, actor=actor, courier=courier, agreed_price=amount, hold=hold, awarded_at=now,
        promised_at=now + timedelta(minutes=minutes), auction_closed_at=delivery.auction_closed_at or now,
    )
    return delivery


def settle(*, delivery: Delivery, actor: Actor) -> None:
    """Pay the courier his price less the commission out of the hold; the rest of a platform fee is a sale.

    A delivery that the platform pays was sold with an order: its fee stood on that invoice with VAT_RATE, booked when
    the order was paid. What the platform keeps of it, commission and margin, is thus net revenue of that rate. A
    person's delivery was never invoiced by the platform: its commission carries no rate
    (docs/decisions: VAT in the books).
    """
    assert delivery.hold is not None
    assert delivery.courier is not None
    assert delivery.agreed_price is not None
    sold = queries.is_platform_paid(delivery)
    commission = commission_of(delivery.agreed_price, delivery.commission_percent)
    margin = delivery.hold.amount - delivery.agreed_price if sold else ZERO
    rate = VAT_RATE if sold else None
    wallet.capture(
        hold=delivery.hold, kind="delivery", key=f"delivery:{delivery.pk}:paid", actor=actor,
        splits=[
            (wallet_of(delivery.courier.user), delivery.agreed_price - commission),
            (system_account(SystemAccount.COMMISSION), commission, rate),
            (system_account(SystemAccount.DELIVERY_SALES), margin, rate),
        ],
    )


def give_back(*, delivery: Delivery, actor: Actor) -> None:
    """Free the money of a delivery that will not be paid; nothing to do when no courier was chosen."""
    if delivery.hold is not None:
        wallet.release(hold=delivery.hold, actor=actor)
