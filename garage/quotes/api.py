"""`/api/garage/quotes`: staff see and write all, a client reads and answers his own. Amounts in euros incl. VAT."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import ApiView, Money, PageOut
from config.lib.money import CENT
from config.lib.visitors import address_of
from garage.clients import queries as clients
from garage.clients.api import PAGES, ordered, words_of
from garage.quotes import queries, rules, services
from garage.quotes.models import LineKind, Quote, QuotePaper, Skill

ORDERINGS = {"number", "-number", "valid_until", "-valid_until", "total", "-total"}


class QuoteLineOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    description = serializers.CharField()
    product_id = serializers.IntegerField(allow_null=True)
    package_id = serializers.IntegerField(allow_null=True)
    skill = serializers.CharField(help_text="T1, T2, T3, CARROSSERIE or empty.")
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)
    unit_price = Money(help_text="Euros incl. VAT.")
    discount_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    vat_rate = serializers.DecimalField(max_digits=4, decimal_places=2)
    total = Money(help_text="Euros incl. VAT.")
    accepted = serializers.BooleanField(allow_null=True, help_text="Empty until the client has answered.")


class QuoteOut(serializers.ModelSerializer):
    lines = QuoteLineOut(many=True)
    currency = serializers.SerializerMethodField()
    pdf_ready = serializers.SerializerMethodField()
    accept_url = serializers.SerializerMethodField()

    class Meta:
        model = Quote
        fields = [
            "id", "number", "status", "version", "client", "vehicle", "supplements", "valid_until", "odometer_km",
            "discount_percent", "choice_by_line", "fee", "message", "lines", "total_excl_vat", "vat", "total",
            "currency", "reused_parts", "pdf_ready", "accept_url", "sent_at", "accepted_at", "created_at", "updated_at",
        ]

    def get_currency(self, quote: Quote) -> str:
        return "EUR"

    def get_pdf_ready(self, quote: Quote) -> bool:
        return any(paper.version == quote.version and paper.ready for paper in quote.papers.all())

    def get_accept_url(self, quote: Quote) -> str:
        """The client's page; empty unless the quote waits for his answer."""
        return queries.public_url(quote) if quote.status == Quote.Status.ENVOYE else ""


class StaffQuoteOut(QuoteOut):
    class Meta(QuoteOut.Meta):
        fields = [*QuoteOut.Meta.fields, "notes", "author"]


class QuotePage(PageOut):
    results = QuoteOut(many=True)


class QuoteLineIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=LineKind.choices)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    product_id = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True)
    package_id = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True)
    skill = serializers.ChoiceField(choices=Skill.choices, required=False, allow_blank=True)
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=CENT, required=False)
    unit_price = Money(required=False, allow_null=True, min_value=0)
    discount_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False
    )
    vat_rate = serializers.DecimalField(max_digits=4, decimal_places=2, min_value=0, required=False, allow_null=True)


class QuotePatch(serializers.Serializer):
    client = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    vehicle = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    lines = QuoteLineIn(many=True, required=False, max_length=rules.MAX_LINES)
    valid_until = serializers.DateField(required=False)
    odometer_km = serializers.IntegerField(min_value=0, max_value=9_999_999, required=False, allow_null=True)
    discount_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False
    )
    choice_by_line = serializers.BooleanField(required=False)
    fee = Money(required=False, min_value=0)
    message = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class QuoteIn(QuotePatch):
    client = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    vehicle = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    lines = QuoteLineIn(many=True, max_length=rules.MAX_LINES)


class QuoteAcceptIn(serializers.Serializer):
    signed_by = serializers.CharField(max_length=120)
    reused_parts = serializers.BooleanField(help_text="Whether reused parts are wanted: the client's own choice.")
    lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), required=False, allow_null=True,
        max_length=rules.MAX_LINES, help_text="Ids of the lines accepted; left out: all.",
    )
    signature = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(
                child=serializers.IntegerField(min_value=0, max_value=1000), min_length=2, max_length=2
            ),
            max_length=500,
        ),
        required=False, max_length=100, help_text="Strokes of points [x, y], each from 0 to 1000.",
    )
    start_now = serializers.BooleanField(
        required=False, help_text="The wish that work begins before the 14 days of withdrawal are over."
    )
    version = serializers.IntegerField(required=False, min_value=1, max_value=32767, help_text="The one that was read.")


class QuoteRefuseIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


def shape_for(user: Any) -> type[QuoteOut]:
    """Staff get the notes too."""
    return StaffQuoteOut if clients.works_here(user) else QuoteOut


def shown(user: Any, pk: int) -> Response:
    """One quote as this person may read it."""
    queries.get_for(user, pk)
    quote = rows_for(user).get(pk=pk)
    return Response(shape_for(user)(quote).data)


def rows_for(user: Any) -> Any:
    """What a list or a page of API shows, in a fixed number of queries."""
    papers = QuotePaper.objects.filter(kind=QuotePaper.Kind.DEVIS).defer("pdf", "content")
    return queries.with_lines(queries.visible_to(user)).prefetch_related(queries.Prefetch("papers", papers))


def _values(data: dict[str, Any]) -> dict[str, Any]:
    """`client` and `vehicle` are ids, and called so by the services."""
    for name in ("client", "vehicle"):
        if name in data:
            data[f"{name}_id"] = data.pop(name)
    return data


class QuotesView(ApiView):
    @extend_schema(
        operation_id="garage_quotes", responses=QuotePage,
        parameters=[
            *PAGES, OpenApiParameter("ordering", str), OpenApiParameter("status", str, enum=Quote.Status.values),
            OpenApiParameter("client", int), OpenApiParameter("vehicle", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """Quotes, newest first: all for staff, one's own for a client."""
        rows = rows_for(request.user)
        if words := words_of(request):
            rows = queries.search(rows, words)
        if (status := request.query_params.get("status", "")) in Quote.Status.values:
            rows = rows.filter(status=status)
        for name in ("client", "vehicle"):
            if (pk := request.query_params.get(name, "")).isascii() and pk.isdigit():
                rows = rows.filter(**{name: min(int(pk), 2**31 - 1)})
        return self.paged(ordered(request, rows, ORDERINGS), shape_for(request.user))

    @extend_schema(operation_id="garage_quote_create", request=QuoteIn, responses={201: StaffQuoteOut})
    def post(self, request: Request) -> Response:
        """Draft a quote; staff. The totals are computed by the server."""
        clients.require_staff(request.user)
        quote = services.create_quote(actor=request.user, **_values(self.read(QuoteIn)))
        answer = shown(request.user, quote.pk)
        answer.status_code = 201
        return answer


class QuoteView(ApiView):
    @extend_schema(operation_id="garage_quote", responses=QuoteOut)
    def get(self, request: Request, pk: int) -> Response:
        """One quote."""
        return shown(request.user, pk)

    @extend_schema(operation_id="garage_quote_change", request=QuotePatch, responses=StaffQuoteOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a quote that is not accepted; staff. One that was sent becomes a draft again."""
        queries.get_for(request.user, pk, "write")
        services.update_quote(actor=request.user, quote_id=pk, **_values(self.read(QuotePatch)))
        return shown(request.user, pk)


class AcceptView(ApiView):
    @extend_schema(operation_id="garage_quote_accept", request=QuoteAcceptIn, responses=QuoteOut)
    def post(self, request: Request, pk: int) -> Response:
        """Accept: the client for himself, staff for him at the counter. Opens the repair order."""
        queries.get_for(request.user, pk, "answer")
        values = self.read(QuoteAcceptIn)
        services.accept_quote(
            actor=request.user, quote_id=pk, ip=address_of(request),
            user_agent=request.META.get("HTTP_USER_AGENT", ""), **values,
        )
        return shown(request.user, pk)


class RefuseView(ApiView):
    @extend_schema(operation_id="garage_quote_refuse", request=QuoteRefuseIn, responses=QuoteOut)
    def post(self, request: Request, pk: int) -> Response:
        """Decline: the client, or staff for him."""
        queries.get_for(request.user, pk, "answer")
        services.refuse_quote(actor=request.user, quote_id=pk, **self.read(QuoteRefuseIn))
        return shown(request.user, pk)
