"""What the shop's staff do with products over the API, under /api/admin."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users.queries import is_staff_of
from config.lib.api import ApiView, Money, Page, PageOut
from shop.catalogue import queries, services
from shop.catalogue.api import ProductOut, product_json
from shop.catalogue.models import ParcelSize, StockReason

BIGGEST_ID = 2**63 - 1
MOST_PIECES = 1_000_000


class IsShopStaff(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return is_staff_of(request.user, "SHOP")


class StaffView(ApiView):
    """Base of the staff's doors: 401 for visitors, 403 for customers. The services check the right again."""

    permission_classes = [IsAuthenticated, IsShopStaff]


class AdminProductOut(ProductOut):
    is_active = serializers.BooleanField()
    weight_g = serializers.IntegerField()
    parcel_size = serializers.ChoiceField(choices=ParcelSize.choices)


class AdminProductPageOut(PageOut):
    results = AdminProductOut(many=True)


class ProductIn(serializers.Serializer):
    sku = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    price = Money(min_value=Decimal(0), max_digits=9, help_text=_("incl. VAT"))
    vat_rate = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=Decimal(0), max_value=Decimal(99), required=False
    )
    category = serializers.CharField(max_length=90, help_text=_("slug or id"))
    is_active = serializers.BooleanField(required=False)
    weight_g = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    parcel_size = serializers.ChoiceField(choices=ParcelSize.choices, required=False)


class ProductCreateIn(ProductIn):
    stock = serializers.IntegerField(required=False, min_value=0, max_value=MOST_PIECES)


class ProductUpdateIn(ProductIn):
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class StockIn(serializers.Serializer):
    product_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    quantity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_PIECES)
    delta = serializers.IntegerField(
        required=False, allow_null=True, min_value=-MOST_PIECES, max_value=MOST_PIECES
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text=_("RECEPTION, INVENTAIRE, or a text of yours")
    )


class AdminProductsView(StaffView):
    @extend_schema(
        operation_id="admin_products_list", responses=AdminProductPageOut,
        parameters=[
            OpenApiParameter("search", str), OpenApiParameter("page", int), OpenApiParameter("page_size", int)
        ],
    )
    def get(self, request: Request) -> Response:
        """All products, also those not for sale."""
        page = Page()
        found = queries.all_products(request.query_params.get("search", ""))
        rows = page.paginate_queryset(found, request, view=self)
        return page.get_paginated_response([product_json(product) for product in rows or []])

    @extend_schema(operation_id="admin_products_create", request=ProductCreateIn, responses={201: AdminProductOut})
    def post(self, request: Request) -> Response:
        """A new product, with its first stock."""
        product = services.create_product(actor=request.user, **self.read(ProductCreateIn))
        return Response(product_json(product), status=201)

    @extend_schema(operation_id="admin_products_update", request=ProductUpdateIn, responses=AdminProductOut)
    def put(self, request: Request) -> Response:
        """Change a product; fields left out stay. Its stock has its own call."""
        serializer = ProductUpdateIn(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        if "id" not in data:
            raise serializers.ValidationError({"id": [serializer.fields["id"].error_messages["required"]]})
        product = services.update_product(actor=request.user, product_id=data.pop("id"), **data)
        return Response(product_json(product))


class AdminStockView(StaffView):
    @extend_schema(operation_id="admin_products_stock", request=StockIn, responses=AdminProductOut)
    def put(self, request: Request) -> Response:
        """Set the stock to a quantity, or change it by a delta; the reason is kept in the stock ledger."""
        data = self.read(StockIn)
        given = data.pop("reason", "").strip()
        known = given.upper() in (StockReason.RECEPTION, StockReason.INVENTAIRE)
        reason = given.upper() if known else StockReason.INVENTAIRE
        product = services.set_stock(actor=request.user, reason=reason, note="" if known else given, **data)
        return Response(product_json(queries.get_product(product.pk)))
