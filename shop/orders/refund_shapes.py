"""Refunds as the API and the pages show them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from config.lib.api import Money
from config.lib.money import ZERO
from shop.orders.models import OrderRefund


class RefundLineOut(serializers.Serializer):
    line_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    amount = Money()


class CreditNoteOut(serializers.Serializer):
    number = serializers.CharField()
    pdf_ready = serializers.BooleanField()
    url = serializers.CharField()


class OrderRefundOut(serializers.Serializer):
    id = serializers.IntegerField()
    amount = Money()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrderRefund.Kind.choices)
    lines = RefundLineOut(many=True, help_text=_("the articles refunded; none for a gesture"))
    delivery_fee = Money(help_text=_("what of the amount is delivery"))
    restocked = serializers.BooleanField()
    credit_note = CreditNoteOut()
    state = serializers.ChoiceField(
        choices=OrderRefund.State.choices, help_text=_("where the money is: on its way, sent, held up")
    )


def named_lines(refund: OrderRefund) -> list[Any]:
    """The articles of a refund; a gesture, which takes a little of every line, names none."""
    return [] if refund.kind == OrderRefund.Kind.MONTANT else [row for row in refund.lines.all() if row.quantity]


def named_fee(refund: OrderRefund) -> Decimal:
    """The delivery that a refund names, in euros."""
    return ZERO if refund.kind == OrderRefund.Kind.MONTANT else refund.delivery_fee


def shown(refund: OrderRefund) -> dict[str, Any]:
    """A refund read by queries.refunds, as the pages show it."""
    return {"it": refund, "lines": named_lines(refund), "fee": named_fee(refund)}


def refund_data(refund: OrderRefund) -> dict[str, Any]:
    """A refund read by queries.refunds, in the form that OrderRefundOut writes out."""
    note = refund.credit_note
    return {
        "id": refund.pk, "amount": refund.amount, "at": refund.created_at, "reason": refund.reason,
        "kind": refund.kind, "restocked": refund.restocked, "state": refund.state,
        "delivery_fee": named_fee(refund),
        "lines": [
            {
                "line_id": row.line_id, "product_id": row.line.product_id, "name": row.line.name,
                "quantity": row.quantity, "amount": row.amount,
            }
            for row in named_lines(refund)
        ],
        "credit_note": {
            "number": note.number, "pdf_ready": note.pdf_ready,
            "url": f"/api/orders/{refund.order_id}/refunds/{refund.pk}/credit-note",
        },
    }
