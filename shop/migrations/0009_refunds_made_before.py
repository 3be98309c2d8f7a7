"""Give refunds made before their rows: read from the credit notes, shared over the lines of each note's rates."""

from decimal import Decimal

from django.db import migrations

from config.lib.money import split

ZERO = Decimal("0.00")


def _take(order, lines, gross, rate, is_fee_rate):
    """Share `gross` euros over what is left of the lines of a rate; the courier's fee bears what they cannot."""
    mine = [line for line in lines if line.vat_rate == rate]
    weights = [line.line_total - line.refunded for line in mine]
    if is_fee_rate:
        weights.append(order.delivery_fee - order.fee_refunded)
    if not weights:
        return [], ZERO
    parts = split(min(gross, sum(weights)), weights)
    for line, part in zip(mine, parts, strict=False):
        line.refunded += part
    return [(line, part) for line, part in zip(mine, parts, strict=False) if part], (
        parts[-1] if is_fee_rate else ZERO
    )


def fill(apps, schema_editor):
    Order, OrderRefund = apps.get_model("shop", "Order"), apps.get_model("shop", "OrderRefund")
    OrderRefundLine, ReturnLine = apps.get_model("shop", "OrderRefundLine"), apps.get_model("shop", "ReturnLine")
    Invoice = apps.get_model("shop", "Invoice")
    Transaction, Refund = apps.get_model("accounts", "Transaction"), apps.get_model("accounts", "Refund")
    for order in Order.objects.filter(refunded__gt=0).iterator():
        lines = list(order.lines.order_by("pk"))
        before = ZERO
        for note in Invoice.objects.filter(corrects_id=order.invoice_id).defer("pdf").order_by("pk"):
            key = f"order:{order.pk}:refund:{before}"
            before += note.total
            whole = before == order.total
            taken, fee = [], ZERO
            for row in note.vat:
                rate = Decimal(row["rate"])
                part, of_fee = _take(order, lines, Decimal(row["gross"]), rate, rate == 20)
                taken, fee = taken + part, fee + of_fee
                order.fee_refunded += of_fee
            refund = OrderRefund.objects.create(
                order=order, kind="TOTAL" if whole else "MONTANT", amount=note.total, delivery_fee=fee,
                reason=note.reason, created_at=note.issued_at, credit_note=note,
                transaction=Transaction.objects.get(key=key), payment_refund=Refund.objects.filter(key=key).first(),
            )
            for line, amount in taken:
                pieces = line.quantity - line.refunded_quantity if whole else 0
                line.refunded_quantity += pieces
                OrderRefundLine.objects.create(refund=refund, line=line, quantity=pieces, amount=amount)
        for line in lines:
            came = ReturnLine.objects.filter(line=line, goods_return__status="REMBOURSE")
            if line.refunded_quantity == 0:
                line.refunded_quantity = min(line.quantity, sum(came.values_list("quantity", flat=True)))
            line.save(update_fields=["refunded", "refunded_quantity"])
        order.save(update_fields=["fee_refunded"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_refunds_of_orders")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
