"""What the shop's staff do with orders over the API, under /api/admin."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import Money
from shop.catalogue.admin_api import StaffView
from shop.orders import services
from shop.orders.api import BIGGEST_ID, OrderFilterIn, OrderIdIn, OrderListMixin, OrderOut, OrderPageOut, order_json
from shop.orders.models import Order

MOST_PIECES = 1_000_000


class ShipIn(OrderIdIn):
    award = serializers.ChoiceField(choices=["AUTOMATIQUE", "MANUELLE"], required=False, default="AUTOMATIQUE")
    closes_in_s = serializers.IntegerField(required=False, allow_null=True, min_value=10, max_value=7 * 86400)


class RefundLineIn(serializers.Serializer):
    line_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID, help_text=_("or `id`: a line of the order")
    )
    id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("line_id") is None) == (attrs.get("id") is None):
            raise serializers.ValidationError({"line_id": [self.fields["line_id"].error_messages["required"]]})
        return attrs


class RefundIn(OrderIdIn):
    amount = Money(
        required=False, allow_null=True, min_value=Decimal("0.01"),
        help_text=_("a gesture of so much on the whole order; neither amount nor lines: all that is left"),
    )
    lines = RefundLineIn(many=True, required=False, allow_null=True, help_text=_("these pieces; not with an amount"))
    delivery_fee = serializers.BooleanField(
        required=False, default=False, help_text=_("the delivery too; without lines it alone")
    )
    reason = serializers.CharField(max_length=300)
    restock = serializers.BooleanField(
        required=False, default=False, help_text=_("put the refunded pieces back into the stock")
    )


class AdminOrderListView(OrderListMixin, StaffView):
    @extend_schema(
        operation_id="admin_orders_list", responses=OrderPageOut,
        parameters=[OrderFilterIn, OpenApiParameter("page", int), OpenApiParameter("page_size", int)],
    )
    def get(self, request: Request) -> Response:
        """All orders; `search` also finds a customer's e-mail."""
        return self.list_of(Order.objects.all())


class AdminValidateView(StaffView):
    @extend_schema(operation_id="admin_orders_validate", request=OrderIdIn, responses=OrderOut)
    def post(self, request: Request) -> Response:
        """CREE → VALIDEE."""
        order = services.validate(actor=request.user, **self.read(OrderIdIn))
        return Response(order_json(request.user, order.pk))


class AdminShipView(StaffView):
    idempotent = True

    @extend_schema(operation_id="admin_orders_ship", request=ShipIn, responses=OrderOut)
    def post(self, request: Request) -> Response:
        """PAYEE → EXPEDIEE; by courier, an auction opens. Again in EXPEDIEE when the delivery expired, was cancelled or
        came back."""
        order = services.ship(actor=request.user, **self.read(ShipIn))
        return Response(order_json(request.user, order.pk))


class AdminDeliverView(StaffView):
    @extend_schema(operation_id="admin_orders_deliver", request=OrderIdIn, responses=OrderOut)
    def post(self, request: Request) -> Response:
        """EXPEDIEE → LIVREE."""
        order = services.mark_delivered(actor=request.user, **self.read(OrderIdIn))
        return Response(order_json(request.user, order.pk))


class AdminRefundView(StaffView):
    idempotent = True

    @extend_schema(operation_id="admin_orders_refund", request=RefundIn, responses=OrderOut)
    def post(self, request: Request) -> Response:
        """Refund some articles, an amount or all that is left (→ REMBOURSEE), with a credit note. Several times."""
        order = services.refund_order(actor=request.user, **self.read(RefundIn))
        return Response(order_json(request.user, order.pk))
