"""Refunds that staff decide: by articles, by amount, or all that is left; and those of returned goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.payments.rules import RefundTooLarge
from config.lib.actors import Actor
from config.lib.errors import IllegalMove, Invalid
from config.lib.events import emit
from config.lib.money import ZERO
from shop.catalogue.models import StockReason
from shop.orders import queries, refund_rules
from shop.orders.events import order_refunded_in_part
from shop.orders.models import Order, OrderRefund
from shop.orders.refund_rules import Part, Share
from shop.orders.rules import RefundChanged
from shop.orders.services.ending import stop_delivery
from shop.orders.services.giving_back import give_back

Lines = Sequence[Mapping[str, Any]]
Kind = OrderRefund.Kind


@dataclass(frozen=True)
class Plan:
    """A refund as it would be made now."""

    kind: str
    parts: list[Part]
    in_full: bool

    @property
    def amount(self) -> Decimal:
        return refund_rules.total(self.parts)


def plan_refund(
    *, actor: Actor, order_id: int, lines: Lines | None = None, amount: Decimal | None = None,
    delivery_fee: bool = False,
) -> Plan:
    """What `refund_order` would do, without doing it. Raises as it does."""
    return _plan(queries.get_for(actor, order_id, queries.STAFF), lines=lines, amount=amount, fee=delivery_fee)


@transaction.atomic
def refund_order(
    *, actor: Actor, order_id: int, lines: Lines | None = None, amount: Decimal | None = None,
    delivery_fee: bool = False, reason: str = "", restock: bool = False, expected: Decimal | None = None,
    before: Decimal | None = None,
) -> Order:
    """Give money back, with a credit note that names what it is for. Any number of times, never more than was paid.

    `lines` (`{line_id, quantity}`, also `id` for `line_id`): those pieces, at what was paid for them less earlier
    gestures. `amount`: a gesture of so many euros on the whole order. Never both. Neither: all that is left. The
    courier's fee goes back with `delivery_fee` (alone, or beside `lines`) or with all that is left. `restock` puts
    the refunded pieces back into the stock. `expected` is the sum that was shown before, `before` what had been
    refunded by then: another one is refused, and so is the second click on a button.

    With the last euro the order ends as REMBOURSEE and a courier who has not collected is called back; before, it
    goes on and the customer is told. NotFound, Forbidden, IllegalMove (not paid), Invalid (`lines.N.quantity`…),
    RefundTooLarge (`left` in the body), RefundChanged.
    """
    order = queries.locked_for(actor, order_id, queries.STAFF)
    plan = _plan(order, lines=lines, amount=amount, fee=delivery_fee)
    if (expected is not None and plan.amount != expected) or (before is not None and order.refunded != before):
        raise RefundChanged
    return _carry_out(order, plan, actor=actor, reason=reason, restock=restock)


@transaction.atomic
def refund_returned(*, actor: Actor, order_id: int, pieces: Mapping[int, tuple[int, Decimal]], reason: str) -> Decimal:
    """Pay for pieces that came back: `{line id: (pieces, euros promised)}`. At most what is left of each line, so
    that what was refunded by hand meanwhile is not paid again; the euros given back, maybe none.

    NotFound, Forbidden, IllegalMove (an order that was not paid).
    """
    order = queries.locked_for(actor, order_id, queries.STAFF)
    if order.status not in (*Order.REFUNDABLE, Order.Status.REMBOURSEE):
        raise IllegalMove(from_status=order.status, to_status=Order.Status.REMBOURSEE)
    parts = []
    for share in queries.shares(order):
        wanted, promised = pieces.get(share.line_id or 0, (0, ZERO))
        quantity = min(wanted, share.pieces)
        amount = min(promised, share.left) if quantity == wanted else refund_rules.worth(
            share.left, share.pieces, quantity
        )
        if quantity:
            parts.append(Part(share, quantity, min(amount, promised)))
    if not refund_rules.total(parts):
        return ZERO
    in_full = refund_rules.total(parts) == order.left_to_refund
    plan = Plan(Kind.LIGNES, parts, in_full)
    _carry_out(order, plan, actor=actor, reason=reason, restock=False, of_return=True)
    return plan.amount


def _carry_out(
    order: Order, plan: Plan, *, actor: Actor, reason: str, restock: bool, of_return: bool = False
) -> Order:
    if plan.in_full:
        stop_delivery(order, actor=actor, reason=reason)
        order.move(Order.Status.REMBOURSEE, actor=actor, reason=reason)
    given = give_back(
        order=order, parts=plan.parts, kind=plan.kind, actor=actor, reason=reason, of_return=of_return,
        restock=StockReason.RETOUR if restock and plan.kind != Kind.MONTANT else "",
    )
    if not (plan.in_full or of_return):
        emit(order_refunded_in_part, order_id=order.pk, credit_note_id=given.credit_note_id)
    return order


# --- What is meant --------------------------------------------------------------------------------------------
def _plan(order: Order, *, lines: Lines | None, amount: Decimal | None, fee: bool) -> Plan:
    if order.status not in Order.REFUNDABLE:
        raise IllegalMove(from_status=order.status, to_status=Order.Status.REMBOURSEE)
    if amount is not None and lines is not None:
        raise Invalid(errors={"amount": [_("Choose articles or an amount, not both.")]})
    if amount is not None and fee:
        raise Invalid(errors={"delivery_fee": [_("The delivery goes with articles, not with an amount.")]})
    shares = queries.shares(order)
    if amount is not None:
        return _by_amount(order, shares, amount)
    if lines is None and not fee:
        return _all(shares)
    return _by_lines(order, shares, lines or (), fee=fee)


def _all(shares: Sequence[Share]) -> Plan:
    return Plan(Kind.TOTAL, refund_rules.everything(shares), in_full=True)


def _by_amount(order: Order, shares: Sequence[Share], amount: Decimal) -> Plan:
    if amount <= ZERO:
        raise Invalid(errors={"amount": [_("Give an amount above zero.")]})
    if amount > order.left_to_refund:
        raise RefundTooLarge(left=str(order.left_to_refund))
    if amount == order.left_to_refund:
        return _all(shares)
    return Plan(Kind.MONTANT, refund_rules.gesture(shares, amount), in_full=False)


def _by_lines(order: Order, shares: Sequence[Share], lines: Lines, *, fee: bool) -> Plan:
    known = {share.line_id: share for share in shares}
    wanted: dict[int, int] = {}
    for index, given in enumerate(lines):
        name = "line_id" if given.get("line_id") is not None else "id"
        share = known.get(given.get(name))
        if share is None or share.line_id is None:
            raise Invalid(errors={f"lines.{index}.{name}": [_("This is not part of the order.")]})
        if given["quantity"] < 1:
            raise Invalid(errors={f"lines.{index}.quantity": [_("Give a quantity of at least one.")]})
        wanted[share.line_id] = wanted.get(share.line_id, 0) + given["quantity"]
        if wanted[share.line_id] > share.pieces:
            text = _("At most %(left)s: the others were refunded before.") % {"left": share.pieces}
            raise Invalid(errors={f"lines.{index}.quantity": [text]})
    parts = [
        Part(known[pk], quantity, refund_rules.worth(known[pk].left, known[pk].pieces, quantity))
        for pk, quantity in wanted.items()
    ]
    if fee:
        if None not in known:
            raise Invalid(errors={"delivery_fee": [_("No delivery is left to refund.")]})
        parts.append(Part(known[None], 1, known[None].left))
    if not refund_rules.total(parts):
        raise Invalid(errors={"lines": [_("Choose what is refunded: for this, everything was given back before.")]})
    in_full = refund_rules.total(parts) == order.left_to_refund
    return Plan(Kind.LIGNES, parts, in_full)
