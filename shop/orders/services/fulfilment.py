"""What the shop does with an order: confirm, hand over to a courier or the counter, close."""

from typing import Any

from django.db import transaction

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import IllegalMove
from delivery.deliveries.services import create_delivery
from shop.orders import queries, rules, shipping
from shop.orders.models import Order

AWARDS = ("AUTOMATIQUE", "MANUELLE")


@transaction.atomic
def validate(*, actor: Actor, order_id: int) -> Order:
    """Staff confirm an order before it is paid. NotFound, Forbidden, IllegalMove."""
    order = queries.locked_for(actor, order_id, queries.STAFF)
    order.move(Order.Status.VALIDEE, actor=actor)
    return order


@transaction.atomic
def ship(*, actor: Actor, order_id: int, award: str = "AUTOMATIQUE", closes_in_s: int | None = None) -> Order:
    """The parcel leaves: by courier a delivery is offered to the couriers, paid by the platform's escrow; for a
    pick up it waits at the counter. `award` MANUELLE lets staff choose the bid. NotFound, Forbidden, IllegalMove.
    """
    order = queries.locked_for(actor, order_id, queries.STAFF)
    if not order.can_move(Order.Status.EXPEDIEE):
        raise IllegalMove(from_status=order.status, to_status=Order.Status.EXPEDIEE)
    fields: dict[str, Any] = {}
    if order.by_courier:
        fields["delivery"] = create_delivery(
            actor=SYSTEM, pickup=shipping.shop_place(), dropoff=order.address or {},
            parcels=rules.parcels(list(order.lines.all())), kind="STANDARD", mode="ENCHERE",
            award=award if award in AWARDS else AWARDS[0], max_price=rules.fee_net(order.delivery_fee),
            closes_in_s=closes_in_s, payer_account=system_account(SystemAccount.ESCROW), recipient_user=order.user,
            origin=order.reference,
        )
    order.move(Order.Status.EXPEDIEE, actor=actor, **fields)
    return order


@transaction.atomic
def mark_delivered(*, actor: Actor, order_id: int) -> Order:
    """The customer has it: told by the courier's handover (SYSTEM) or by staff. NotFound, Forbidden, IllegalMove."""
    order = queries.locked_for(actor, order_id, queries.STAFF)
    order.move(Order.Status.LIVREE, actor=actor)
    return order
