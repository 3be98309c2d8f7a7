"""Returns over the API, under an order."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Money, Page, PageOut
from config.lib.parsing import load_json
from config.lib.private import give_out
from shop.orders import queries as orders
from shop.orders.api import BIGGEST_ID, author
from shop.returns import queries, services
from shop.returns.models import Reason, Return

MOST_PIECES = 1_000_000


# --- Output ---------------------------------------------------------------------------------------------------
class ReturnLineOut(serializers.Serializer):
    line_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    amount = Money(help_text="incl. VAT, what was paid for these pieces")


class ReturnPhotoOut(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.CharField(help_text="for the customer and the shop's staff only")


class ReturnStepOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=Return.Status.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField()


class ReturnOut(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    order_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Return.Status.choices)
    lines = ReturnLineOut(many=True)
    reason = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField()
    photos = ReturnPhotoOut(many=True)
    amount = Money()
    refunded = Money()
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    history = ReturnStepOut(many=True)


class ReturnableOut(serializers.Serializer):
    line_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    name = serializers.CharField()
    left = serializers.IntegerField()


class ReturnPageOut(PageOut):
    results = ReturnOut(many=True)
    until = serializers.DateTimeField(allow_null=True, help_text="until when one may ask; null before delivery")
    returnable = ReturnableOut(many=True)


def photo_url(back: Return, photo_id: int) -> str:
    return f"/api/orders/{back.order_id}/returns/photos/{photo_id}"


def return_data(back: Return) -> dict[str, Any]:
    """A return read by queries.with_details, in the form that ReturnOut writes out."""
    return {
        "id": back.pk, "number": back.number, "order_id": back.order_id, "status": back.status,
        "reason": back.reason, "note": back.note, "amount": back.amount, "refunded": back.refunded,
        "currency": settings.CURRENCY, "created_at": back.created_at,
        "lines": [
            {
                "line_id": row.line_id, "product_id": row.line.product_id, "sku": row.line.sku,
                "name": row.line.name, "quantity": row.quantity, "amount": row.amount,
            }
            for row in back.lines.all()
        ],
        "photos": [{"id": photo.pk, "url": photo_url(back, photo.pk)} for photo in back.photos.all()],
        "history": [
            {"status": s.to_status, "at": s.at, "by": author(s), "reason": s.reason} for s in back.history.all()
        ],
    }


# --- Input ----------------------------------------------------------------------------------------------------
class ReturnLineIn(serializers.Serializer):
    line_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    product_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("line_id") is None) == (attrs.get("product_id") is None):
            raise serializers.ValidationError({"line_id": [self.fields["line_id"].error_messages["required"]]})
        return attrs


class LinesIn(serializers.ListField):
    """A list; in multipart/form-data, where photos travel, the same list as JSON text."""

    def get_value(self, dictionary: Any) -> Any:
        if isinstance(dictionary, QueryDict) and "lines" in dictionary:
            try:
                return load_json(dictionary["lines"])
            except ValueError:
                return empty
        return super().get_value(dictionary)


class OrderReturnIn(serializers.Serializer):
    lines = LinesIn(child=ReturnLineIn(), allow_empty=False, max_length=100)
    reason = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=services.LONGEST_NOTE)
    photos = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=services.MOST_PHOTOS,
        help_text="JPEG, PNG or WebP, only in multipart/form-data",
    )


# --- Doors ----------------------------------------------------------------------------------------------------
class ReturnsView(ApiView):
    @extend_schema(
        operation_id="orders_returns_list", responses=ReturnPageOut,
        parameters=[OpenApiParameter("page", int), OpenApiParameter("page_size", int)],
    )
    def get(self, request: Request, pk: int) -> Response:
        """The returns of an order, newest first, and what of it may still come back."""
        order = orders.get_for(request.user, pk)
        page = Page()
        rows = page.paginate_queryset(queries.of_order(order), request, view=self) or []
        answer = page.get_paginated_response(ReturnOut([return_data(row) for row in rows], many=True).data)
        until = queries.window_end(order)
        answer.data |= {
            "until": until and serializers.DateTimeField().to_representation(until),
            "returnable": [
                {"line_id": row.line.pk, "product_id": row.line.product_id, "name": row.line.name, "left": row.left}
                for row in queries.returnable(order)
            ],
        }
        return answer

    @extend_schema(
        operation_id="orders_returns_create", responses={201: ReturnOut},
        request={"application/json": OrderReturnIn, "multipart/form-data": OrderReturnIn},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ask to send goods back. 409 `not_delivered`, `return_window_over`, `return_quantity_too_large`."""
        back = services.ask_return(actor=request.user, order_id=pk, **self.read(OrderReturnIn))
        return Response(ReturnOut(return_data(queries.detailed(back.pk))).data, status=201)


class ReturnPhotoView(ApiView):
    @extend_schema(operation_id="orders_returns_photo", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, photo: int) -> FileResponse:
        """A photo that came with a return."""
        kept = queries.photo_for(request.user, pk, photo)
        return give_out(kept.file, content_type="image/jpeg", filename=str(kept))

    def perform_content_negotiation(self, request: HttpRequest, force: bool = False) -> Any:
        """Answers whatever the client accepts: a picture is a picture."""
        return super().perform_content_negotiation(request, force=True)
