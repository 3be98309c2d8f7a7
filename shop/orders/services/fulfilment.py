"""What the shop does with an order: confirm, hand over to a courier or the counter, close."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from config.lib.actors import SYSTEM, Actor
from config.lib.errors import IllegalMove
from delivery.auctions.services import repost
from delivery.deliveries.models import Delivery
from delivery.deliveries.services import create_delivery
from shop.orders import queries, rules, shipping
from shop.orders.models import Order
from shop.orders.rules import NothingToShip
from shop.orders.services.ending import keep_fee, stop_delivery

OFFERED_AGAIN = _("offered to the couriers again")
BROUGHT_OTHERWISE = _("the order was delivered otherwise")
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
    pick up it waits at the counter. `award` MANUELLE lets staff choose the bid.

    An order already shipped whose delivery found no courier, was cancelled or came back is offered again.
    Pieces refunded before stay here. NotFound, Forbidden, NothingToShip (all refunded), IllegalMove (a courier may
    still bring it, and all other states).
    """
    order = queries.locked_for(actor, order_id, queries.STAFF)
    award = award if award in AWARDS else AWARDS[0]
    if order.status == Order.Status.EXPEDIEE and order.delivery is not None:
        _ship_again(order, actor=actor, award=award, closes_in_s=closes_in_s)
        return order
    if not order.can_move(Order.Status.EXPEDIEE):
        raise IllegalMove(from_status=order.status, to_status=Order.Status.EXPEDIEE)
    if not any(line.kept for line in order.lines.all()):
        raise NothingToShip
    fields: dict[str, Any] = {}
    if order.by_courier:
        fields["delivery"] = _offer(order, award=award, closes_in_s=closes_in_s, origin=order.reference)
    order.move(Order.Status.EXPEDIEE, actor=actor, **fields)
    return order


def _offer(order: Order, *, award: str, closes_in_s: int | None, origin: str) -> Delivery:
    kept = [rules.Packed(line.weight_g, line.kept, line.parcel_size) for line in order.lines.all() if line.kept]
    return create_delivery(
        actor=SYSTEM, pickup=shipping.shop_place(), dropoff=order.address or {},
        parcels=rules.parcels(kept), kind="STANDARD", mode="ENCHERE", award=award,
        max_price=rules.fee_net(order.delivery_fee), closes_in_s=closes_in_s,
        payer_account=system_account(SystemAccount.ESCROW), recipient_user=order.user, origin=origin,
    )


def _ship_again(order: Order, *, actor: Actor, award: str, closes_in_s: int | None) -> None:
    """An expired delivery is posted once more; a cancelled or returned one, whose money is free in escrow again, is
    replaced by a new one. The order is locked, so that two clerks make one offer."""
    delivery = order.delivery
    assert delivery is not None
    if delivery.status == Delivery.Status.EXPIREE:
        order.delivery = repost(actor=SYSTEM, delivery_id=delivery.pk, closes_in_s=closes_in_s, award=award)
    elif delivery.status in (Delivery.Status.ANNULEE, Delivery.Status.RETOURNEE):
        origin = f"{order.reference}#{queries.deliveries_of(order).count() + 1}"
        order.delivery = _offer(order, award=award, closes_in_s=closes_in_s, origin=origin)
        Order.objects.filter(pk=order.pk).update(delivery=order.delivery)
    else:
        raise IllegalMove(from_status=order.status, to_status=Order.Status.EXPEDIEE)
    order.record(actor=actor, from_status=order.status, reason=str(OFFERED_AGAIN))


@transaction.atomic
def mark_delivered(*, actor: Actor, order_id: int) -> Order:
    """The customer has it: told by the courier's handover (SYSTEM) or by staff, who thereby call off a delivery that
    nobody has picked up. NotFound, Forbidden, IllegalMove."""
    order = queries.locked_for(actor, order_id, queries.STAFF)
    order.move(Order.Status.LIVREE, actor=actor)
    stop_delivery(order, actor=actor, reason=str(BROUGHT_OTHERWISE))
    keep_fee(order_id=order.pk)
    return order
