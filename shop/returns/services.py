"""Every write of returns: asked for by the customer, decided, received and refunded by staff."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.lib.actors import Actor
from config.lib.errors import Invalid
from config.lib.money import ZERO
from delivery.deliveries.evidence import Evidence, photo
from shop.catalogue.models import StockReason
from shop.catalogue.services import put_back_stock
from shop.orders.models import Order
from shop.orders.refund_rules import worth
from shop.orders.services import refund_returned
from shop.returns import queries
from shop.returns.models import Reason, Return, ReturnLine, ReturnPhoto
from shop.returns.queries import Returnable
from shop.returns.rules import NotDelivered, NothingLeft, ReturnWindowOver

MOST_PHOTOS = 5
LONGEST_NOTE = 1000
Status = Return.Status


# --- Asked for ------------------------------------------------------------------------------------------------
def ask_return(
    *, actor: Any, order_id: int, lines: Sequence[dict[str, Any]], reason: str, note: str = "",
    photos: Sequence[Any] = (),
) -> Return:
    """Ask to send pieces of a delivered order back. `lines` holds `{line_id | product_id, quantity}`.

    NotFound, Forbidden (not the buyer), Invalid (lines, reason, note, photos), NotDelivered, ReturnWindowOver
    (`until`), NothingLeft (`line_id`, `left`). Pictures are made small before the transaction begins.
    """
    queries.own_order(actor, order_id)
    if reason not in Reason.values:
        raise Invalid(errors={"reason": [_("Choose a reason.")]})
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(errors={"note": [_("At most %d characters.") % LONGEST_NOTE]})
    return _ask(actor=actor, order_id=order_id, lines=lines, reason=reason, note=note, pictures=_pictures(photos))


def _pictures(photos: Sequence[Any]) -> list[Evidence]:
    if len(photos) > MOST_PHOTOS:
        raise Invalid(errors={"photos": [_("At most %d photos.") % MOST_PHOTOS]})
    try:
        return [photo(upload) for upload in photos]
    except Invalid as error:
        raise Invalid(errors={"photos": error.errors["photo"]})


def _wanted(order: Order, lines: Sequence[dict[str, Any]]) -> list[tuple[Returnable, int]]:
    """The lines meant, with how many pieces of each. Invalid on `lines.N…`, NothingLeft."""
    rows = queries.returnable(order)
    by_line = {row.line.pk: row for row in rows}
    by_product = {row.line.product_id: row for row in rows}
    wanted: dict[int, int] = {}
    for index, given in enumerate(lines):
        key = "line_id" if given.get("line_id") is not None else "product_id"
        row = (by_line if key == "line_id" else by_product).get(given.get(key) or 0)
        if row is None:
            raise Invalid(errors={f"lines.{index}.{key}": [_("This is not part of the order.")]})
        if given["quantity"] < 1:
            raise Invalid(errors={f"lines.{index}.quantity": [_("Give a quantity of at least one.")]})
        wanted[row.line.pk] = wanted.get(row.line.pk, 0) + given["quantity"]
    if not wanted:
        raise Invalid(errors={"lines": [_("Choose what you send back.")]})
    for pk, quantity in wanted.items():
        if quantity > by_line[pk].left:
            raise NothingLeft(line_id=pk, left=by_line[pk].left)
    return [(by_line[pk], quantity) for pk, quantity in wanted.items()]


@transaction.atomic
def _ask(
    *, actor: Any, order_id: int, lines: Sequence[dict[str, Any]], reason: str, note: str,
    pictures: Sequence[Evidence],
) -> Return:
    order = queries.locked_order(actor, order_id)
    end = queries.window_end(order)
    if end is None:
        raise NotDelivered
    if timezone.now() >= end:
        raise ReturnWindowOver(until=end.isoformat())
    rows = [
        ReturnLine(line=row.line, quantity=quantity, amount=worth(row.worth, row.left, quantity))
        for row, quantity in _wanted(order, lines)
    ]
    asked = Return.objects.create(
        order=order, reason=reason, note=note, amount=sum((row.amount for row in rows), ZERO)
    )
    for row in rows:
        row.goods_return = asked
    ReturnLine.objects.bulk_create(rows)
    for picture in pictures:
        kept = ReturnPhoto(goods_return=asked, size=len(picture.data))
        kept.file.save("photo.jpg", ContentFile(picture.data), save=False)
        kept.save()
    asked.record(actor=actor)
    return asked


# --- Decided --------------------------------------------------------------------------------------------------
@transaction.atomic
def accept(*, actor: Actor, return_id: int) -> Return:
    """Staff: the customer may bring or send it. NotFound, Forbidden, IllegalMove."""
    asked = queries.locked_for_staff(actor, return_id)
    asked.move(Status.ACCEPTE, actor=actor)
    return asked


@transaction.atomic
def refuse(*, actor: Actor, return_id: int, reason: str) -> Return:
    """Staff: no, and why; the customer reads it. The pieces may be asked for again.

    NotFound, Forbidden, IllegalMove, Invalid (no reason).
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(errors={"reason": [_("Say why: the customer reads it.")]})
    asked = queries.locked_for_staff(actor, return_id)
    asked.move(Status.REFUSE, actor=actor, reason=reason)
    return asked


# --- Received and refunded ------------------------------------------------------------------------------------
@transaction.atomic
def receive(*, actor: Actor, return_id: int, restock: bool) -> Return:
    """Staff: the goods are here; with `restock` they can be sold again. NotFound, Forbidden, IllegalMove."""
    came = queries.locked_for_staff(actor, return_id)
    came.move(Status.RECU, actor=actor, restocked=restock)
    if restock:
        quantities: dict[int, int] = {}
        for product_id, quantity in came.lines.values_list("line__product_id", "quantity"):
            quantities[product_id] = quantities.get(product_id, 0) + quantity
        put_back_stock(
            actor=actor, quantities=quantities, reference=came.order.reference, reason=StockReason.RETOUR
        )
    return came


@transaction.atomic
def refund_return(*, actor: Actor, return_id: int) -> Return:
    """Staff: give back what was paid for these pieces, with a credit note; at most what is left of their lines (a
    gesture, or the pieces themselves, may have been refunded before). The fee of a courier chosen instead of the free
    pick up is not part of it: consumer code L221-24. NotFound, Forbidden, IllegalMove.
    """
    came = queries.locked_for_staff(actor, return_id)
    came.move(Status.REMBOURSE, actor=actor)
    with translation.override(came.order.user.language):
        why = _("Return %(number)s") % {"number": came.number}
    came.refunded = refund_returned(
        actor=actor, order_id=came.order_id, reason=why,
        pieces={line.line_id: (line.quantity, line.amount) for line in came.lines.all()},
    )
    Return.objects.filter(pk=came.pk).update(refunded=came.refunded)
    return came
