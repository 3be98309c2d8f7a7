"""Orders over the API, for customers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.payments.models import Method, Payment
from accounts.payments.queries import next_url
from accounts.payments.serializers import NEXT_URL_HELP
from config.lib.api import ApiView, Money, Page, PageOut
from config.lib.errors import NotFound
from config.lib.jobs import JobState
from delivery.deliveries.queries import tracking_url
from shop.invoices.models import Invoice
from shop.orders import queries, services
from shop.orders.models import DeliveryMethod, Order
from shop.orders.refund_shapes import OrderRefundOut, refund_data
from shop.orders.rules import InvoiceNotIssued

BIGGEST_ID = 2**63 - 1
RETRY_AFTER_S = 2


# --- Output ---------------------------------------------------------------------------------------------------
class OrderItemOut(serializers.Serializer):
    id = serializers.IntegerField(help_text=_("the line, for refunds and returns"))
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = Money()
    vat_rate = serializers.DecimalField(max_digits=4, decimal_places=2)
    line_total = Money()
    refunded_quantity = serializers.IntegerField(help_text=_("pieces refunded"))


class OrderStepOut(serializers.Serializer):
    status = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text=_("a name, or `system`"))
    reason = serializers.CharField()


class OrderPaymentOut(serializers.Serializer):
    id = serializers.IntegerField()
    amount = Money()
    method = serializers.ChoiceField(choices=Method.choices)
    status = serializers.ChoiceField(choices=Payment.Status.choices)
    next_url = serializers.SerializerMethodField(help_text=NEXT_URL_HELP)
    decline_code = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_next_url(self, payment: Payment) -> str:
        return next_url(payment)


class OrderDeliveryOut(serializers.Serializer):
    id = serializers.IntegerField()
    reference = serializers.CharField()
    status = serializers.CharField()
    tracking_url = serializers.CharField()


class OrderInvoiceOut(serializers.Serializer):
    number = serializers.CharField()
    pdf_ready = serializers.BooleanField()
    url = serializers.CharField()


class OrderCompanyOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    siren = serializers.CharField()
    vat_number = serializers.CharField()


class OrderOut(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    delivery_method = serializers.ChoiceField(choices=DeliveryMethod.choices)
    address = serializers.DictField(allow_null=True)
    note = serializers.CharField()
    company = OrderCompanyOut(allow_null=True, help_text=_("the company it is billed to; null: the customer"))
    items = OrderItemOut(many=True)
    subtotal = Money()
    discount = Money()
    delivery_fee = Money()
    vat_total = Money()
    total = Money()
    refunded = Money()
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    history = OrderStepOut(many=True)
    payments = OrderPaymentOut(many=True)
    delivery = OrderDeliveryOut(allow_null=True)
    invoice = OrderInvoiceOut(allow_null=True)
    refunds = OrderRefundOut(many=True)


class OrderPageOut(PageOut):
    results = OrderOut(many=True)


class PaidOut(serializers.Serializer):
    payment = OrderPaymentOut()
    order = OrderOut()


def author(step: Any) -> str:
    """Who took a step: a name, or `system`."""
    return "system" if step.by is None else step.by.get_full_name() or step.by.get_short_name()


def order_data(order: Order, payments: list[Payment]) -> dict[str, Any]:
    """An order read by queries.with_details, in the form that OrderOut writes out."""
    delivery, invoice = order.delivery, order.invoice
    fields = (
        "id", "number", "status", "delivery_method", "address", "note", "subtotal", "discount", "delivery_fee",
        "vat_total", "total", "refunded", "currency", "created_at", "expires_at",
        "company",
    )
    return {
        **{name: getattr(order, name) for name in fields},
        "items": order.lines.all(),
        "history": [
            {"status": s.to_status, "at": s.at, "by": author(s), "reason": s.reason} for s in order.history.all()
        ],
        "payments": payments,
        "delivery": delivery
        and {
            "id": delivery.pk, "reference": delivery.reference, "status": delivery.status,
            "tracking_url": tracking_url(delivery),
        },
        "invoice": invoice
        and {
            "number": invoice.number, "pdf_ready": invoice.pdf_ready, "url": f"/api/orders/{order.pk}/invoice",
        },
        "refunds": [refund_data(refund) for refund in order.refunds.all()],
    }


def orders_json(orders: list[Order]) -> list[dict[str, Any]]:
    payments = queries.payments_of(orders)
    return OrderOut([order_data(order, payments[order.reference]) for order in orders], many=True).data


def order_json(actor: Any, pk: int) -> dict[str, Any]:
    return orders_json([queries.detailed(actor, pk)])[0]


# --- Input ----------------------------------------------------------------------------------------------------
class ShippingAddressIn(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=32, required=False, allow_blank=True)
    line1 = serializers.CharField(max_length=160)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, default="FR")
    lat = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = serializers.FloatField(required=False, allow_null=True, min_value=-180, max_value=180)
    instructions = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CheckoutIn(serializers.Serializer):
    delivery_method = serializers.ChoiceField(choices=DeliveryMethod.choices)
    address_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    shipping_address = ShippingAddressIn(required=False, allow_null=True)
    coupon = serializers.CharField(required=False, allow_blank=True, max_length=40)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    company_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID,
        help_text=_("bill this company, of which one is a member"),
    )
    cart_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID,
        help_text=_("the cart that was shown; sent again it gives the order made of it"),
    )


class OrderIdIn(serializers.Serializer):
    order_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class PayIn(OrderIdIn):
    method = serializers.ChoiceField(choices=Method.choices)
    payment_token = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class CancelIn(OrderIdIn):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class OrderFilterIn(serializers.Serializer):
    status = serializers.ChoiceField(choices=Order.Status.choices, required=False, allow_blank=True)
    search = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text=_("number or article"))
    ordering = serializers.ChoiceField(
        choices=["created_at", "-created_at", "total", "-total"], required=False, default="-created_at"
    )


class OrderListMixin:
    """One page of orders, filtered; used by the customer's list and the staff's."""

    def list_of(self, orders: Any) -> Response:
        form = OrderFilterIn(data=self.request.query_params)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        if wanted.get("status"):
            orders = orders.filter(status=wanted["status"])
        if wanted.get("search"):
            orders = queries.search(orders, wanted["search"])
        order = wanted["ordering"].replace("created_at", "pk")
        page = Page()
        found = queries.with_details(orders).order_by(order)
        rows = page.paginate_queryset(found, self.request, view=self)  # type: ignore[attr-defined]
        return page.get_paginated_response(orders_json(list(rows)))


# --- Doors ----------------------------------------------------------------------------------------------------
class OrderListView(OrderListMixin, ApiView):
    @extend_schema(
        operation_id="orders_list", responses=OrderPageOut,
        parameters=[OrderFilterIn, OpenApiParameter("page", int), OpenApiParameter("page_size", int)],
    )
    def get(self, request: Request) -> Response:
        """My orders, newest first."""
        return self.list_of(Order.objects.filter(user_id=request.user.pk))


class OrderView(ApiView):
    @extend_schema(operation_id="orders_retrieve", responses=OrderOut)
    def get(self, request: Request, pk: int) -> Response:
        """One order of mine (staff: any)."""
        return Response(order_json(request.user, pk))


class CheckoutView(ApiView):
    idempotent = True

    @extend_schema(operation_id="orders_checkout", request=CheckoutIn, responses={201: OrderOut, 200: OrderOut})
    def post(self, request: Request) -> Response:
        """Order the cart: stock is reserved, the cart is empty. 200 when this checkout was sent before."""
        order, new = services.checkout(actor=request.user, **self.read(CheckoutIn))
        return Response(order_json(request.user, order.pk), status=201 if new else 200)


class PayView(ApiView):
    idempotent = True

    @extend_schema(operation_id="orders_pay", request=PayIn, responses={200: PaidOut, 202: PaidOut})
    def post(self, request: Request) -> Response:
        """Pay an order. 202 while the provider decides; 402 `payment_declined`."""
        data = self.read(PayIn)
        payment, order = services.pay_order(
            actor=request.user, order_id=data["order_id"], method=data["method"], token=data["payment_token"],
            key=self.idempotency_key,
        )
        body = {"payment": OrderPaymentOut(payment).data, "order": order_json(request.user, order.pk)}
        return Response(body, status=202 if payment.status == Payment.Status.EN_COURS else 200)


class CancelView(ApiView):
    idempotent = True

    @extend_schema(operation_id="orders_cancel", request=CancelIn, responses=OrderOut)
    def post(self, request: Request) -> Response:
        """Cancel an order that has not left yet; a paid one is refunded."""
        order = services.cancel(actor=request.user, **self.read(CancelIn))
        return Response(order_json(request.user, order.pk))


def invoice_of(actor: Any, pk: int) -> Invoice:
    """The invoice of an order for a reader with the right. NotFound, InvoiceNotIssued."""
    order = queries.get_for(actor, pk)
    if order.invoice is None:
        raise InvoiceNotIssued
    return order.invoice


def pdf_response(invoice: Invoice) -> HttpResponse:
    response = HttpResponse(bytes(invoice.pdf or b""), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = f'"{invoice.sha256}"'
    return response


class InvoicePendingOut(serializers.Serializer):
    number = serializers.CharField()
    pdf_ready = serializers.BooleanField()


def paper_response(paper: Invoice) -> HttpResponse:
    """An invoice or credit note as PDF; 202 while it is being made. NotFound when that failed for good."""
    if paper.pdf_ready:
        return pdf_response(paper)
    if paper.state == JobState.ECHEC:
        raise NotFound
    pending = {"number": paper.number, "pdf_ready": False}
    return Response(pending, status=202, headers={"Retry-After": str(RETRY_AFTER_S)})


PAPER = {
    (200, "application/pdf"): OpenApiTypes.BINARY,
    202: OpenApiResponse(InvoicePendingOut, description="being made, see Retry-After"),
}


class PdfView(ApiView):
    def perform_content_negotiation(self, request: HttpRequest, force: bool = False) -> Any:
        """Answers whatever the client accepts: a PDF is a PDF, a refusal is a problem."""
        return super().perform_content_negotiation(request, force=True)


class InvoiceView(PdfView):
    @extend_schema(operation_id="orders_invoice", responses=PAPER)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The invoice as PDF; 202 with Retry-After while it is being made."""
        return paper_response(invoice_of(request.user, pk))


class CreditNoteView(PdfView):
    @extend_schema(operation_id="orders_credit_note", responses=PAPER)
    def get(self, request: Request, pk: int, refund: int) -> HttpResponse:
        """The credit note of a refund as PDF; 202 with Retry-After while it is being made."""
        return paper_response(queries.refund_for(request.user, pk, refund).credit_note)
