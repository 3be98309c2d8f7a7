"""The public catalogue and the staff's products over the API.

The public list is rendered from plain rows by `row_json`, without a serializer in between (a ModelSerializer costs
three times as much as the query); `ProductOut` documents the same form, and a test compares the two.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from config.lib.api import ApiView, Money, Page, PageOut
from config.lib.errors import NotFound
from shop.catalogue import queries
from shop.catalogue.models import Product
from shop.catalogue.queries import Filter
from shop.catalogue.rules import rating


class CategoryRef(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()


class CategoryOut(CategoryRef):
    count = serializers.IntegerField(help_text=_("products for sale"))


class PictureOut(serializers.Serializer):
    url = serializers.CharField()
    alt = serializers.CharField()
    sizes = serializers.DictField(child=serializers.CharField(), help_text=_("width in pixels → URL"))


class RatingOut(serializers.Serializer):
    average = serializers.FloatField(help_text=_("1 to 5, two decimals"))
    count = serializers.IntegerField()


class ProductOut(serializers.Serializer):
    id = serializers.IntegerField()
    sku = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    price = Money(help_text=_("incl. VAT"))
    currency = serializers.CharField()
    vat_rate = serializers.DecimalField(max_digits=4, decimal_places=2)
    in_stock = serializers.BooleanField()
    stock_available = serializers.IntegerField()
    category = CategoryRef()
    merchant = serializers.JSONField(allow_null=True)
    images = PictureOut(many=True)
    rating = RatingOut(allow_null=True)


class ProductPageOut(PageOut):
    results = ProductOut(many=True)


def row_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of queries.ROW in the form of ProductOut."""
    return {
        "id": row["id"],
        "sku": row["sku"],
        "slug": row["slug"],
        "name": row["name"],
        "description": row["description"],
        "price": str(row["price"]),
        "currency": settings.CURRENCY,
        "vat_rate": str(row["vat_rate"]),
        "in_stock": row["stock"] > 0,
        "stock_available": row["stock"],
        "category": {"id": row["category_id"], "slug": row["category__slug"], "name": row["category__name"]},
        "merchant": None,
        "images": row["pictures"],
        "rating": rating(row["rating_sum"], row["rating_count"]),
    }


def product_json(product: Product) -> dict[str, Any]:
    """A product as staff see it: the public form and what only they need."""
    row = {name: getattr(product, name) for name in queries.ROW if "__" not in name}
    row |= {"category__slug": product.category.slug, "category__name": product.category.name}
    return {
        **row_json(row), "is_active": product.is_active, "weight_g": product.weight_g,
        "parcel_size": product.parcel_size,
    }


class FilterIn(serializers.Serializer):
    """The query of the public list. An unknown category or merchant finds nothing."""

    search = serializers.CharField(required=False, allow_blank=True, max_length=200)
    category = serializers.CharField(required=False, allow_blank=True, max_length=90, help_text=_("slug or id"))
    merchant = serializers.CharField(required=False, allow_blank=True, max_length=90)
    min_price = Money(required=False, min_value=Decimal(0))
    max_price = Money(required=False, min_value=Decimal(0))
    in_stock = serializers.BooleanField(required=False, allow_null=True, default=None)
    ordering = serializers.ChoiceField(choices=list(queries.ORDERINGS), required=False, default="name")


FILTERS = tuple(FilterIn().fields)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else None


class ProductListView(ApiView):
    authentication_classes: list = []  # public: a token is neither asked for nor looked up
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="catalog_products_list",
        parameters=[
            FilterIn, OpenApiParameter("page", int), OpenApiParameter("page_size", int, description="at most 100"),
        ],
        responses=ProductPageOut,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Products for sale. `search` forgives accents and, when nothing fits, typing errors."""
        query = request.query_params
        wanted = Filter()
        if any(name in query for name in FILTERS):
            form = FilterIn(data=query)
            form.is_valid(raise_exception=True)
            data = dict(form.validated_data)
            if data.pop("merchant", ""):
                return Response({"count": 0, "next": None, "previous": None, "results": []})
            wanted = Filter(**data)
        number = _number(query.get("page", "1"))
        if not number:
            raise NotFound
        size = min(_number(query.get("page_size")) or Page.page_size, Page.max_page_size)
        page = queries.product_page(wanted, page=number, size=size)
        if number > 1 and not page.rows:
            raise NotFound
        here = request.build_absolute_uri()
        before = None
        if number > 1:
            before = remove_query_param(here, "page") if number == 2 else replace_query_param(here, "page", number - 1)
        return Response(
            {
                "count": page.count,
                "next": replace_query_param(here, "page", number + 1) if page.has_next else None,
                "previous": before,
                "results": [row_json(row) for row in page.rows],
            }
        )


class ProductView(ApiView):
    authentication_classes: list = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="catalog_products_retrieve", responses=ProductOut, auth=[])
    def get(self, request: Request, pk: int) -> Response:
        """One product for sale."""
        return Response(row_json(queries.product_row(pk=pk)))


class CategoryListView(ApiView):
    authentication_classes: list = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="catalog_categories_list", responses=CategoryOut(many=True), auth=[])
    def get(self, request: Request) -> Response:
        """All categories in the order of the shop, with the number of products for sale."""
        return self.paged(queries.categories(), CategoryOut)
