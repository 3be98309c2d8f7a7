"""Parts of a repair: ordered, received, issued to the mechanic, brought back. Stock is locked last."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from garage.clients import queries as clients
from garage.workshop import rules_repairs as rules
from garage.workshop.models import RepairOrder, RepairPart
from garage.workshop.queries import repairs as queries
from garage.workshop.services.opening import go_on, release, reserve
from shop.catalogue.models import Product, StockReason
from shop.catalogue.services import put_back_stock, take_available

Status = RepairOrder.Status


@transaction.atomic
def add_part(
    *, actor: Actor, order_id: int, quantity: Any, product_id: int | None = None, description: str = "",
) -> RepairPart:
    """A part that no quote names (a clip, a test part): from the shop's stock, or bought in. What the client pays for
    is extra work. NotFound, Forbidden, OrderEnded, Invalid."""
    amount = rules.positive("quantity", quantity, rules.MOST_PIECES)
    product = Product.objects.filter(pk=product_id).first() if product_id else None
    if product_id and product is None:
        raise Invalid(errors={"product": [_("This product does not exist.")]})
    description = rules.clean_text(description, 200) or str(product or "")
    if not description:
        raise Invalid(errors={"description": [_("Choose a product or say what it is.")]})
    order = queries.locked_for_staff(actor, order_id)
    if order.status in (*queries.ENDED, Status.PRET):
        raise rules.OrderEnded
    part = RepairPart(product=product, description=description, quantity=amount)
    reserve(actor=actor, order=order, parts=[part])
    return part


@transaction.atomic
def issue_part(*, actor: Actor, part_id: int, quantity: Any = None) -> RepairPart:
    """Hand a part (all that is here, or `quantity` of it) to the mechanic. NotFound, Forbidden, NotHere; Invalid on
    `quantity` when more is asked for than is needed and here."""
    part = _part_at_work(actor, part_id)
    most = part.to_issue
    amount = most if quantity is None else rules.positive("quantity", quantity, rules.MOST_PIECES)
    if amount > most or not most:
        raise Invalid(errors={"quantity": [_("At most %(most)s can be issued.") % {"most": most.normalize() + 0}]})
    part.issued += amount
    part.save(update_fields=["issued"])
    return part


@transaction.atomic
def return_part(*, actor: Actor, part_id: int, quantity: Any = None) -> RepairPart:
    """The mechanic brings a part back to the shelf of this order. NotFound, Forbidden, NotHere; Invalid on
    `quantity` when more comes back than was issued."""
    part = _part_at_work(actor, part_id)
    amount = part.issued if quantity is None else rules.positive("quantity", quantity, rules.MOST_PIECES)
    if amount > part.issued:
        raise Invalid(errors={"quantity": [_("More comes back than was issued.")]})
    part.issued -= amount
    part.save(update_fields=["issued"])
    return part


def _part_at_work(actor: Actor, part_id: int) -> RepairPart:
    part = queries.part_for_staff(actor, part_id)
    if part.order.status not in RepairOrder.HERE or part.order.status == Status.PRET:
        raise rules.NotHere
    return part


@transaction.atomic
def drop_part(*, actor: Actor, part_id: int) -> RepairPart:
    """This part is not needed any more: what was not issued goes back to the shop, and nothing is ordered.
    NotFound, Forbidden, OrderEnded."""
    part = queries.part_for_staff(actor, part_id)
    if part.order.status in queries.ENDED:
        raise rules.OrderEnded
    release(actor=actor, order=part.order, parts=[part])
    _all_there(actor, part.order)
    return part


# --- What lacks -------------------------------------------------------------------------------------------------
@transaction.atomic
def mark_ordered(
    *, actor: Actor, part_ids: list[int], supplier: str, expected_on: date | None = None,
) -> list[RepairPart]:
    """Staff ordered these missing parts at a supplier, who says when they come. Forbidden; Invalid on `parts`,
    `supplier` or `expected_on`."""
    clients.require_staff(actor)
    errors = {}
    supplier = rules.clean_text(supplier, 80)
    if not supplier:
        errors["supplier"] = [_("Name the supplier.")]
    if expected_on is not None and expected_on < timezone.localdate():
        errors["expected_on"] = [_("This day is over.")]
    wanted = set(part_ids)
    rows = queries.locked_to_order(wanted)
    if not wanted or len(rows) != len(wanted):
        errors["parts"] = [_("Choose parts that are missing.")]
    if errors:
        raise Invalid(errors=errors)
    for part in rows:
        part.supplier, part.expected_on, part.ordered_on = supplier, expected_on, timezone.localdate()
    RepairPart.objects.bulk_update(rows, ["supplier", "expected_on", "ordered_on"])
    return rows


@transaction.atomic
def receive_part(*, actor: Actor, part_id: int, quantity: Any = None) -> RepairPart:
    """Missing pieces have come (all, or `quantity`). Those of a product come in through the shop's stock and are
    reserved at once; what is more than needed stays in the shop. The order goes on when nothing lacks any more.

    NotFound, Forbidden, OrderEnded, Invalid on `quantity`.
    """
    part = queries.part_for_staff(actor, part_id)
    order = part.order
    if order.status in queries.ENDED:
        raise rules.OrderEnded
    if not part.to_order:
        raise Invalid(errors={"quantity": [_("Nothing is missing of this part.")]})
    amount = part.to_order if quantity is None else rules.positive("quantity", quantity, rules.MOST_PIECES)
    if part.product_id:
        if amount != int(amount):
            raise Invalid(errors={"quantity": [_("Parts from stock are counted in whole pieces.")]})
        wanted = min(int(amount), rules.whole(part.to_order))
        part.reserved += wanted
        part.to_order = max(part.to_order - wanted, Decimal(0))
    else:
        part.to_order = max(part.to_order - amount, Decimal(0))
    part.save(update_fields=["reserved", "to_order"])
    _all_there(actor, order)
    if part.product_id:
        # Both movements in this transaction: the stock row stays locked between them, no checkout slips in.
        put_back_stock(
            actor=actor, quantities={part.product_id: int(amount)}, reference=order.number,
            reason=StockReason.RECEPTION,
        )
        take_available(
            actor=actor, quantities={part.product_id: wanted}, reference=order.number, reason=StockReason.ATELIER
        )
    return part


def _all_there(actor: Actor, order: RepairOrder) -> None:
    if order.status == Status.ATTENTE_PIECES and not queries.lacks_parts(order):
        go_on(actor=actor, order=order)


@transaction.atomic
def wait_for_parts(*, actor: Actor, order_id: int) -> RepairOrder:
    """Work stands still until the missing parts are here. NotFound, Forbidden, IllegalMove, NothingLacks."""
    order = queries.locked_for_staff(actor, order_id)
    if not queries.lacks_parts(order):
        raise rules.NothingLacks
    order.move(Status.ATTENTE_PIECES, actor=actor)
    return order


@transaction.atomic
def take_up(*, actor: Actor, order_id: int) -> RepairOrder:
    """Work goes on, whatever was waited for, or a vehicle that was ready goes back to work. NotFound, Forbidden,
    IllegalMove."""
    order = queries.locked_for_staff(actor, order_id)
    if order.status == Status.PRET:
        order.move(Status.EN_COURS, actor=actor, ready_at=None)
    else:
        order.move(Status.EN_COURS, actor=actor)
    return order
