"""The cart over the API: that of the signed-in user, the same as on the pages."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Money
from shop.cart import queries, services


class CartItemOut(serializers.Serializer):
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = Money()
    line_total = Money()
    available = serializers.IntegerField(help_text=_("pieces that can be sold now"))


class NoticeOut(serializers.Serializer):
    code = serializers.CharField(help_text=_("not_enough, merged, capped or dropped"))
    product_id = serializers.IntegerField()
    message = serializers.CharField()


class CartOut(serializers.Serializer):
    id = serializers.IntegerField(allow_null=True)
    items = CartItemOut(many=True)
    subtotal = Money()
    total = Money()
    currency = serializers.SerializerMethodField()
    notices = NoticeOut(many=True)

    def get_currency(self, cart: Any) -> str:
        return settings.CURRENCY


class AddIn(serializers.Serializer):
    product_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = serializers.IntegerField(min_value=1, max_value=services.MAX_QUANTITY, default=1)


class RemoveIn(serializers.Serializer):
    product_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = serializers.IntegerField(min_value=1, max_value=services.MAX_QUANTITY, required=False, allow_null=True)


def answer(request: Request) -> Response:
    return Response(CartOut(queries.contents(request.user)).data)


class CartView(ApiView):
    @extend_schema(operation_id="cart_retrieve", responses=CartOut)
    def get(self, request: Request) -> Response:
        """My cart, with notices about what changed or lacks."""
        return answer(request)


class CartAddView(ApiView):
    @extend_schema(operation_id="cart_add", request=AddIn, responses=CartOut)
    def post(self, request: Request) -> Response:
        """Put pieces in the cart. 409 `out_of_stock` carries `available`."""
        services.add_to_cart(actor=request.user, **self.read(AddIn))
        return answer(request)


class CartRemoveView(ApiView):
    @extend_schema(operation_id="cart_remove", request=RemoveIn, responses=CartOut)
    def post(self, request: Request) -> Response:
        """Take pieces out; without a quantity the whole line goes."""
        services.remove_from_cart(actor=request.user, **self.read(RemoveIn))
        return answer(request)


class CartClearView(ApiView):
    @extend_schema(operation_id="cart_clear", responses={200: CartOut})
    def delete(self, request: Request) -> Response:
        """Empty the cart."""
        services.clear_cart(actor=request.user)
        return answer(request)
