"""`/api/garage/invoices`, and `/invoice` of a quote: staff see and write all, a client reads and pays his own. Amounts
in euros incl. VAT."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.payments.models import Method, Payment
from config.lib.api import ApiView, Money, PageOut
from garage.billing import queries, services
from garage.billing.models import COUNTER_CHOICES, Bill, BillCredit, BillKind, BillPayment, Means
from garage.clients.api import PAGES, ordered, words_of
from garage.quotes import queries as quotes
from garage.quotes.api import StaffQuoteOut
from garage.quotes.api import shown as shown_quote
from shop.orders.api import BIGGEST_ID, PAPER, OrderPaymentOut, PdfView, paper_response

ORDERINGS = {"due_on", "-due_on", "amount", "-amount"}
BIGGEST_LINE = 32767


# --- Output ---------------------------------------------------------------------------------------------------
class BillPaymentOut(serializers.ModelSerializer):
    method = serializers.ChoiceField(source="means", choices=Means.choices)
    amount = Money(help_text=_("negative: given back"))
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)

    class Meta:
        model = BillPayment
        fields = ["id", "method", "amount", "received_on", "note", "reason", "undoes", "at"]


class BillCreditOut(serializers.ModelSerializer):
    number = serializers.CharField(source="credit_note.number")
    amount = Money()

    class Meta:
        model = BillCredit
        fields = ["id", "number", "amount", "reason", "at"]


class BillStepOut(serializers.Serializer):
    status = serializers.CharField(source="to_status")
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class BillOut(serializers.ModelSerializer):
    number = serializers.CharField(source="invoice.number")
    quote = serializers.IntegerField(source="quote_id")
    client = serializers.IntegerField(source="quote.client_id")
    vehicle = serializers.IntegerField(source="quote.vehicle_id")
    issued_at = serializers.DateTimeField(source="invoice.issued_at")
    total_excl_vat = Money(source="invoice.net")
    vat = Money(source="invoice.vat_total")
    due = Money(help_text=_("what is still to be paid"))
    to_return = Money(help_text=_("paid, credited since and not yet given back"))
    currency = serializers.SerializerMethodField()
    overdue = serializers.BooleanField(source="is_overdue")
    pdf_ready = serializers.BooleanField(source="invoice.pdf_ready")
    lines = serializers.ListField(source="invoice.lines", child=serializers.DictField())
    deposits = serializers.ListField(
        source="invoice.deducts", child=serializers.DictField(), help_text=_("taken off: number, issued_on")
    )
    payments = BillPaymentOut(many=True)
    credit_notes = BillCreditOut(source="credits", many=True)
    history = BillStepOut(many=True)

    class Meta:
        model = Bill
        fields = [
            "id", "number", "kind", "status", "quote", "client", "vehicle", "issued_at", "due_on", "overdue",
            "total_excl_vat", "vat", "amount", "paid", "credited", "due", "to_return", "currency", "pdf_ready",
            "lines", "deposits", "payments", "credit_notes", "history",
        ]

    def get_currency(self, bill: Bill) -> str:
        return settings.CURRENCY


class StaffBillOut(BillOut):
    pay_url = serializers.SerializerMethodField(help_text=_("the link that pays it without an account"))

    class Meta(BillOut.Meta):
        fields = [*BillOut.Meta.fields, "pay_url"]

    def get_pay_url(self, bill: Bill) -> str:
        return queries.public_url(bill)


class BillPage(PageOut):
    results = BillOut(many=True)


class BillPaidOut(serializers.Serializer):
    payment = OrderPaymentOut()
    invoice = BillOut()


# --- Input ----------------------------------------------------------------------------------------------------
class PartDoneIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, help_text=_("id of a line of the quote"))
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)


class InvoiceIn(serializers.Serializer):
    deposit_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, required=False, allow_null=True,
        help_text=_("a deposit of so much of the total; without both, the invoice of the work"),
    )
    deposit_amount = Money(required=False, allow_null=True, help_text=_("or of so many euros"))
    due_on = serializers.DateField(required=False, allow_null=True)
    buyer_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    done = PartDoneIn(
        many=True, required=False, allow_null=True, max_length=300,
        help_text=_("after a withdrawal, which 409 `withdrawn` tells: what was done until then"),
    )


class PayBillIn(serializers.Serializer):
    method = serializers.ChoiceField(choices=Method.choices)
    payment_token = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    amount = Money(required=False, allow_null=True, help_text=_("left out: all that is due"))


class TakeIn(serializers.Serializer):
    method = serializers.ChoiceField(choices=COUNTER_CHOICES)
    amount = Money()
    received_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class GiveBackIn(serializers.Serializer):
    method = serializers.ChoiceField(choices=COUNTER_CHOICES)
    amount = Money()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class BillReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class CreditLineIn(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=BIGGEST_LINE, help_text=_("rank on the invoice, from 1"))
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)


class CreditIn(BillReasonIn):
    amount = Money(required=False, allow_null=True, help_text=_("without amount and lines: all that is left"))
    lines = CreditLineIn(many=True, required=False, allow_null=True, max_length=300)


def shown(user: Any, pk: int, status: int = 200) -> Response:
    """One bill as this person may read it."""
    return Response(shape_for(user)(_detail(user, pk)).data, status=status)


def _detail(user: Any, pk: int) -> Bill:
    return queries.detailed(queries.visible_to(user)).get(pk=queries.get_for(user, pk).pk)


def shape_for(user: Any) -> type[BillOut]:
    """Staff get the link to hand on too."""
    return StaffBillOut if queries.clients.works_here(user) else BillOut


# --- Doors ----------------------------------------------------------------------------------------------------
class QuoteInvoiceView(ApiView):
    idempotent = True

    @extend_schema(operation_id="garage_quote_invoice", request=InvoiceIn, responses={201: StaffBillOut})
    def post(self, request: Request, pk: int) -> Response:
        """Invoice an accepted quote with its accepted supplements, or a deposit on it; staff. 409 `nothing_to_bill`;
        `withdrawn` when the client withdrew after work had begun and `done` does not say what is due."""
        quotes.get_for(request.user, pk, "write")
        data = self.read(InvoiceIn)
        percent, amount = data.get("deposit_percent"), data.get("deposit_amount")
        if percent is not None or amount is not None:
            bill = services.issue_deposit(
                actor=request.user, quote_id=pk, percent=percent, amount=amount, due_on=data.get("due_on"),
                key=self.idempotency_key,
            )
        else:
            done = data.get("done")
            bill = services.issue_invoice(
                actor=request.user, quote_id=pk, due_on=data.get("due_on"),
                buyer_reference=data.get("buyer_reference", ""),
                done=None if done is None else {row["line"]: row["quantity"] for row in done},
            )
        return shown(request.user, bill.pk, 201)


class NothingDueView(ApiView):
    @extend_schema(operation_id="garage_quote_nothing_due", request=None, responses=StaffQuoteOut)
    def post(self, request: Request, pk: int) -> Response:
        """After a withdrawal from work that had begun: nothing is due, the quote ends; staff. 409 `not_withdrawn`."""
        quotes.get_for(request.user, pk, "write")
        services.close_withdrawn(actor=request.user, quote_id=pk)
        return shown_quote(request.user, pk)


class BillsView(ApiView):
    @extend_schema(
        operation_id="garage_invoices", responses=BillPage,
        parameters=[
            *PAGES, OpenApiParameter("ordering", str), OpenApiParameter("status", str, enum=Bill.Status.values),
            OpenApiParameter("kind", str, enum=BillKind.values), OpenApiParameter("overdue", bool),
        ],
    )
    def get(self, request: Request) -> Response:
        """Invoices of garage work, newest first: all for staff, one's own for a client."""
        rows = queries.detailed(queries.visible_to(request.user))
        if words := words_of(request):
            rows = queries.search(rows, words)
        for name, allowed in (("status", Bill.Status.values), ("kind", BillKind.values)):
            if (wish := request.query_params.get(name, "")) in allowed:
                rows = rows.filter(**{name: wish})
        if request.query_params.get("overdue", "").lower() in ("1", "true"):
            rows = queries.overdue(rows)
        return self.paged(ordered(request, rows, ORDERINGS), shape_for(request.user))


class BillView(ApiView):
    @extend_schema(operation_id="garage_invoice", responses=BillOut)
    def get(self, request: Request, pk: int) -> Response:
        """One invoice."""
        return shown(request.user, pk)


class BillPdfView(PdfView):
    @extend_schema(operation_id="garage_invoice_pdf", responses=PAPER)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The invoice as PDF; 202 with Retry-After while it is being made."""
        return paper_response(queries.paper_of(queries.get_for(request.user, pk)))


class BillCreditPdfView(PdfView):
    @extend_schema(operation_id="garage_credit_note_pdf", responses=PAPER)
    def get(self, request: Request, pk: int, credit: int) -> HttpResponse:
        """A credit note of the invoice as PDF; 202 with Retry-After while it is being made."""
        return paper_response(queries.paper_of(queries.get_for(request.user, pk), min(credit, BIGGEST_ID)))


class BillPayView(ApiView):
    idempotent = True

    @extend_schema(
        operation_id="garage_invoice_pay", request=PayBillIn, responses={200: BillPaidOut, 202: BillPaidOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Pay an invoice, or a part of it; its client. 202 while the provider decides; 402 `payment_declined`."""
        queries.get_for(request.user, pk, "pay")
        data = self.read(PayBillIn)
        payment, bill = services.pay_bill(
            actor=request.user, bill_id=pk, method=data["method"], amount=data.get("amount"),
            token=data["payment_token"], key=self.idempotency_key,
        )
        body = {"payment": OrderPaymentOut(payment).data, "invoice": BillOut(_detail(request.user, bill.pk)).data}
        return Response(body, status=202 if payment.status == Payment.Status.EN_COURS else 200)


class BillPaymentsView(ApiView):
    idempotent = True

    @extend_schema(operation_id="garage_invoice_take", request=TakeIn, responses={201: StaffBillOut})
    def post(self, request: Request, pk: int) -> Response:
        """Note what was paid at the counter; staff. 409 `amount_above_due`, `cash_limit`."""
        queries.get_for(request.user, pk, "write")
        data = self.read(TakeIn)
        services.take_payment(
            actor=request.user, bill_id=pk, means=data["method"], amount=data["amount"],
            received_on=data.get("received_on"), remark=data["note"], key=self.idempotency_key or uuid4().hex,
        )
        return shown(request.user, pk, 201)


class BillReversalView(ApiView):
    @extend_schema(operation_id="garage_invoice_reverse_payment", request=BillReasonIn, responses=StaffBillOut)
    def post(self, request: Request, pk: int, payment: int) -> Response:
        """Correct a payment of the counter that was mistyped; staff."""
        queries.get_for(request.user, pk, "write")
        services.reverse_payment(
            actor=request.user, bill_id=pk, row_id=min(payment, BIGGEST_ID), reason=self.read(BillReasonIn)["reason"]
        )
        return shown(request.user, pk)


class BillGiveBackView(ApiView):
    idempotent = True

    @extend_schema(operation_id="garage_invoice_give_back", request=GiveBackIn, responses={201: StaffBillOut})
    def post(self, request: Request, pk: int) -> Response:
        """Give back over the counter what a credit note left too much; staff. 409 `nothing_to_return`."""
        queries.get_for(request.user, pk, "write")
        data = self.read(GiveBackIn)
        services.give_back(
            actor=request.user, bill_id=pk, means=data["method"], amount=data["amount"], reason=data["reason"],
            key=self.idempotency_key or uuid4().hex,
        )
        return shown(request.user, pk, 201)


class BillCreditsView(ApiView):
    idempotent = True

    @extend_schema(operation_id="garage_invoice_credit", request=CreditIn, responses={201: StaffBillOut})
    def post(self, request: Request, pk: int) -> Response:
        """Take back lines, an amount, or all that is left by a credit note; staff. 409 `credit_too_large`."""
        queries.get_for(request.user, pk, "write")
        services.credit_bill(actor=request.user, bill_id=pk, **self.read(CreditIn))
        return shown(request.user, pk, 201)
