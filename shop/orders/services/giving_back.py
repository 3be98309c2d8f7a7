"""One refund of an order, whoever decided it: books, payer, stock, credit note and its row, in one transaction.

The order is locked by the caller. The sequence is that of the locks: accounts, payment, stock, and last the counter
of credit notes.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.payments.services import refund
from accounts.wallet.models import SystemAccount
from accounts.wallet.queries import system_account
from accounts.wallet.services import post
from config.lib.actors import Actor, actor_user
from config.lib.money import ZERO, VatLine
from shop.catalogue.queries import still_out
from shop.catalogue.services import put_back_stock
from shop.invoices import queries as invoices
from shop.invoices import rules as invoice_rules
from shop.invoices.models import Invoice
from shop.invoices.rules import Line
from shop.invoices.services import issue_credit_note
from shop.orders import queries, refund_rules
from shop.orders.models import Order, OrderLine, OrderRefund, OrderRefundLine
from shop.orders.refund_rules import Part
from shop.orders.services.books import by_rate


def give_back(
    *, order: Order, parts: Sequence[Part], kind: str, actor: Actor, reason: str, restock: str = "",
    of_return: bool = False,
) -> OrderRefund:
    """Reverse the books by `parts`, owe the money to the payer and write the credit note that names them.

    `restock` is the StockReason under which the pieces come back; empty: they do not.
    """
    amount = refund_rules.total(parts)
    invoice = _invoice(order)
    vat = refund_rules.vat_of(invoices.left_to_credit(invoice), parts)
    escrow = queries.fee_waiting(order) if amount == order.left_to_refund else ZERO
    key = f"{order.reference}:refund:{order.refunded}"
    posted = post(
        kind="order_refund", key=key, actor=actor, reference=order.reference, memo=reason,
        postings=[*by_rate(vat, escrow=escrow, sign=-1), (system_account(SystemAccount.UNAPPLIED), amount)],
    )
    owed = None
    if order.payment is not None:
        owed = refund(payment=order.payment, amount=amount, key=key, reason=reason, actor=actor)
    lines = {line.pk: line for line in order.lines.all()}
    if restock:
        _restock(order, parts, lines, actor=actor, reason=restock)
    fee = sum((part.amount for part in parts if part.share.line_id is None), ZERO)
    _count(order, parts, lines, amount=amount, fee=fee)
    note = _credit_note(order, invoice, parts, lines, vat, kind=kind, reason=reason)
    given = OrderRefund.objects.create(
        order=order, kind=kind, amount=amount, delivery_fee=fee, reason=reason[:300], restocked=bool(restock),
        of_return=of_return, by=actor_user(actor), transaction=posted, payment_refund=owed, credit_note=note,
    )
    OrderRefundLine.objects.bulk_create(
        OrderRefundLine(refund=given, line_id=part.share.line_id, quantity=part.quantity, amount=part.amount)
        for part in parts
        if part.share.line_id is not None
    )
    return given


def _count(
    order: Order, parts: Sequence[Part], lines: dict[int, OrderLine], *, amount: Decimal, fee: Decimal
) -> None:
    """What is refunded now, of each line, of the fee and in all. CHECK constraints stand under it."""
    touched = []
    for part in parts:
        if part.share.line_id is not None:
            line = lines[part.share.line_id]
            line.refunded += part.amount
            line.refunded_quantity += part.quantity
            touched.append(line)
    OrderLine.objects.bulk_update(touched, ["refunded", "refunded_quantity"])
    order.refunded += amount
    order.fee_refunded += fee
    Order.objects.filter(pk=order.pk).update(refunded=order.refunded, fee_refunded=order.fee_refunded)


def _restock(
    order: Order, parts: Sequence[Part], lines: dict[int, OrderLine], *, actor: Actor, reason: str
) -> None:
    """Put the refunded pieces back, those that are still out: what a return brought back already is in stock."""
    out, quantities = still_out(order.reference), dict[int, int]()
    for part in parts:
        if part.share.line_id is not None and part.quantity:
            product = lines[part.share.line_id].product_id
            quantities[product] = min(quantities.get(product, 0) + part.quantity, out.get(product, 0))
    put_back_stock(
        actor=actor, quantities={pk: n for pk, n in quantities.items() if n}, reference=order.reference, reason=reason
    )


def _credit_note(
    order: Order, invoice: Invoice, parts: Sequence[Part], lines: dict[int, OrderLine], vat: Sequence[VatLine], *,
    kind: str, reason: str,
) -> Invoice:
    """The credit note of a refund: it names the articles, or says that it is a gesture."""
    with translation.override(invoice.language):
        if kind == OrderRefund.Kind.MONTANT:
            label = _("Commercial gesture on order %(number)s") % {"number": order.number}
            named = [Line(label, 1, line.gross, line.rate, line.gross) for line in vat]
        else:
            label = _("Refund of order %(number)s") % {"number": order.number}
            named = [_named(part, lines) for part in parts if part.amount]
    return issue_credit_note(
        key=f"{order.reference}:credit:{order.refunded}", invoice=invoice, parts=vat, label=label, reason=reason,
        lines=named,
    )


def _named(part: Part, lines: dict[int, OrderLine]) -> Line:
    """A line of the credit note: the pieces at their price, less the discount or the earlier gesture on them."""
    if part.share.line_id is None:
        return Line(
            _("Delivery by courier"), 1, part.amount, part.share.rate, part.amount, nature=invoice_rules.SERVICE
        )
    line = lines[part.share.line_id]
    cheaper = part.quantity * line.unit_price - part.amount
    if cheaper >= ZERO:
        return Line(
            line.name, part.quantity, line.unit_price, line.vat_rate, part.amount, discount=cheaper,
            reference=line.sku,
        )
    return Line(line.name, 1, part.amount, line.vat_rate, part.amount, reference=line.sku)


def _invoice(order: Order) -> Invoice:
    """The invoice of a paid order: numbered in the same transaction that paid it, so it is always there."""
    if order.invoice is None:
        raise AssertionError(f"{order.number} is paid and has no invoice")
    return order.invoice
