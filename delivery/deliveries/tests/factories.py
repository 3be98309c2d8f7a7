"""Deliveries for tests, made through the services that make real ones."""

from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.wallet import services as wallet
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account, wallet_of
from config.lib.actors import SYSTEM
from delivery.deliveries import queries, services
from delivery.deliveries.models import Delivery, Step

PICKUP = {
    "name": "Librairie du Temple", "phone": "", "line1": "41 rue du Temple", "postal_code": "75003", "city": "Paris",
    "lat": 48.859562, "lon": 2.353992, "instructions": "Sonner",
}
DROPOFF = {
    "name": "Bob Martin", "phone": "", "line1": "14 rue Commines", "postal_code": "75003", "city": "Paris",
    "lat": 48.862038, "lon": 2.36603, "instructions": "",
}
PARCELS = [{"weight_kg": "2", "size": "S"}]


def fund(user, amount="100.00"):
    """Put money into a person's wallet."""
    account = wallet_of(user)
    amount = Decimal(amount)
    wallet.post(
        kind="test", key=uuid4().hex, actor=SYSTEM,
        postings=[(system_account(SystemAccount.CLEARING), -amount), (account, amount)],
    )
    return account


def fill_escrow(amount="100.00"):
    """Put money into the platform's delivery escrow, as a paid order does."""
    account = system_account(SystemAccount.ESCROW)
    amount = Decimal(amount)
    wallet.post(
        kind="test", key=uuid4().hex, actor=SYSTEM,
        postings=[(system_account(SystemAccount.CLEARING), -amount), (account, amount)],
    )
    return account


def make_delivery(sender, **fields) -> Delivery:
    """An open auction from rue du Temple to rue Commines, at most 12.50 euros."""
    values = {"pickup": PICKUP, "dropoff": DROPOFF, "parcels": PARCELS, "max_price": Decimal("12.50"), **fields}
    return services.create_delivery(actor=sender, **values)


def award_to(delivery, courier, amount="8.00", minutes=40) -> Delivery:
    """The delivery given to a courier, the money held: what an accepted bid does."""
    with transaction.atomic():
        services.award(
            delivery=queries.locked(delivery.pk), courier=courier, amount=Decimal(amount), minutes=minutes,
            actor=delivery.sender or SYSTEM,
        )
    delivery.refresh_from_db()
    return delivery


def code(delivery, step="COLLECTE") -> str:
    return queries.code_for(delivery, Step(step))


def picked_up(delivery, courier) -> Delivery:
    services.pickup(actor=courier.user, delivery_id=delivery.pk, code=code(delivery))
    delivery.refresh_from_db()
    return delivery


def delivered(delivery, courier) -> Delivery:
    picked_up(delivery, courier)
    services.deliver(actor=courier.user, delivery_id=delivery.pk, code=code(delivery, "REMISE"))
    delivery.refresh_from_db()
    return delivery
