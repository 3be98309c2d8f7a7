"""REST doors of the finances: figures, CSV, accounting export. For managers."""

from datetime import date
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users.queries import is_staff_of
from config.finances import fec, report
from config.finances.figures import BALANCES, FLOWS
from config.lib.api import ApiView, Money

BY = ("day", "week", "month")
SPAN = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="first accounting day; default: first of the month"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="last accounting day; default: today"),
]
PERIOD = OpenApiParameter("by", str, enum=list(BY), default="day")


class IsManager(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return is_staff_of(request.user, "MANAGER")


class SpanIn(serializers.Serializer):
    to = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=BY, default="day")

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(required=False), **super().get_fields()}


FlowsOut = type("FlowsOut", (serializers.Serializer,), {figure.name: Money() for figure in FLOWS})


class PeriodOut(FlowsOut):  # type: ignore[misc, valid-type]
    period = serializers.DateField()


class VatRateOut(serializers.Serializer):
    rate = serializers.CharField(allow_null=True, help_text="percent; null: no rate was noted")
    base = Money(help_text="sales excl. VAT at this rate")
    vat = Money()


class BalanceOut(serializers.Serializer):
    name = serializers.ChoiceField(choices=[figure.name for figure in BALANCES])
    opening = Money()
    closing = Money()


class AccountLineOut(serializers.Serializer):
    number = serializers.CharField(help_text="account number of the French plan (PCG)")
    label = serializers.CharField()  # type: ignore[assignment]
    opening = Money()
    debit = Money()
    credit = Money()
    closing = Money(help_text="opening + credit - debit: positive is a credit")


class FinancesOut(serializers.Serializer):
    last = serializers.DateField()
    by = serializers.ChoiceField(choices=BY)
    currency = serializers.CharField()
    totals = FlowsOut()
    vat_by_rate = VatRateOut(many=True)
    series = PeriodOut(many=True)
    balances = BalanceOut(many=True)
    accounts = AccountLineOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields.pop("last")
        return {"from": serializers.DateField(source="first"), "to": serializers.DateField(source="last"), **fields}


class ManagerView(ApiView):
    permission_classes = [IsManager]
    pagination_class = None

    def span(self) -> tuple[date | None, date | None, str]:
        """`from`, `to` and `by` of the address; 422 on the right field."""
        asked = SpanIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        return data.get("from"), data.get("to"), data["by"]


class FinancesView(ManagerView):
    @extend_schema(operation_id="manager_finances", parameters=[*SPAN, PERIOD], responses=FinancesOut)
    def get(self, request: Request) -> Response:
        """Revenue, VAT by rate, fees, refunds and debts, straight from the ledger, by accounting day."""
        first, last, by = self.span()
        found = report.finances(actor=request.user, first=first, last=last, by=by)
        return Response(FinancesOut(found).data)


class FinancesCsvView(ManagerView):
    @extend_schema(
        operation_id="manager_finances_csv", parameters=[*SPAN, PERIOD],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Each account of each period: opening, debit, credit, closing."""
        first, last, by = self.span()
        found = report.finances(actor=request.user, first=first, last=last, by=by)
        name = f"finances-{found.first}-{found.last}.csv"
        return download(name, report.accounts_csv(found), "text/csv; charset=utf-8")


class FecView(ManagerView):
    @extend_schema(
        operation_id="manager_finances_fec", parameters=SPAN, responses={(200, "text/plain"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The French accounting export (FEC, article A47 A-1 LPF) of some days."""
        first, last, _by = self.span()
        name, lines = report.fec_file(actor=request.user, first=first, last=last)
        return download(name, lines, f"text/plain; charset={fec.ENCODING}")


def download(name: str, content: Any, content_type: str) -> StreamingHttpResponse:
    """A file made while it is sent."""
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
